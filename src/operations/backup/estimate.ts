/**
 * An estimate of a backup before it is taken: its requests and minutes, from a listing and a sample of the pages that would be read.
 * It spends one request for each hundred objects, and a few for the sample.
 */
import type { JsonObject } from '../../document/json.ts';
import { stringAt } from '../../document/json.ts';
import { compactId } from '../../document/notion-id.ts';
import type { Selection } from '../../document/selection/selection.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import type { NotionConnection } from '../../notion/api/client.ts';
import { list, listPages } from '../../notion/api/listing.ts';
import type { CommentSetting } from '../../notion/crawl/crawl.ts';
import type { Store } from '../../store/open-store.ts';
import { estimateComments } from './estimated-comments.ts';
import { EstimatedPart } from './estimated-part.ts';

export interface BackupEstimate {
  /** Pages and rows that Notion lists; what only links lead to is not among them. */
  readonly pages: number;
  readonly dataSources: number;
  /** Of the pages, new or edited since the previous backup: read in full. */
  readonly changed: number;
  /** Requests in all, with comments as they are set. */
  readonly requests: number;
  /** Of these, for comments. */
  readonly commentRequests: number;
  /** Fewer requests with `--comments pages`. */
  readonly savedByPages: number;
  /** Pages and data sources that Notion lists and that would not be read, by choice. */
  readonly leftOut: number;
  /** At the requests a minute that are sent. */
  readonly minutes: number;
  /** Requests that this estimate spent. */
  readonly spent: number;
}

/** Pages whose blocks are counted. */
const sampledPages = 8;
/** Requests for one of them: the rest of a long page is estimated. */
const maxRequestsPerPage = 12;
/** Database, templates, list of views, two views, and first rows, twice, of a data source. */
const requestsPerDataSource = 7;
/** People, emoji, and the ends of lists, of a run that finds nothing to read. */
const requestsPerRun = 7;
const perListing = 100;
/** Notion documents so many a minute; taken where nothing is known of the server. */
const documentedPerMinute = 180;

export interface EstimateOptions {
  readonly api: NotionConnection;
  readonly comments: CommentSetting;
  /** Percent of the requests that may look for first comments. */
  readonly commentShare: number;
  /** Every page is read again. */
  readonly full: boolean;
  /** The store with the previous backup of one of these sources, the first that has any; undefined before the first. */
  readonly previous?: { readonly store: Store; readonly keys: readonly string[] } | undefined;
  /** Ids of the objects to start from; the whole workspace by default. */
  readonly roots?: readonly string[] | undefined;
  /** The objects to read among them; everything by default. */
  readonly selection?: Selection | undefined;
  /** At most so many are sent in an hour. */
  readonly requestsPerHour?: number | undefined;
}

/** @throws KlosetError when nothing can be listed */
export async function estimateBackup({
  api,
  comments,
  commentShare,
  full,
  previous,
  roots = [],
  selection,
  requestsPerHour,
}: EstimateOptions): Promise<BackupEstimate> {
  const before = api.requestsSpent;
  const known = previous === undefined ? null : await previousOf(previous);
  const part = new EstimatedPart(roots, selection);
  const listed: JsonObject[] = [];
  const changed: string[] = [];
  for await (const { items } of listPages(api, {
    method: 'post',
    path: 'search',
    body: {},
    effect: 'read',
  })) {
    for (const item of items) {
      part.add(item);
      listed.push({
        object: item.object ?? null,
        id: item.id ?? null,
        parent: item.parent ?? null,
        last_edited_time: item.last_edited_time ?? null,
      });
    }
  }
  const held = listed.filter((item) => part.holds(item));
  if (held.length === 0 && listed.length > 0)
    throw new KlosetError('not-found', 'Notion lists nothing of what is chosen.', {
      hint: 'Check the roots and the patterns.',
    });
  const dataSources = held.filter(({ object }) => object === 'data_source').length;
  const leftOut = listed.length - held.length;
  let pages = 0;
  for (const item of held) {
    if (item.object !== 'page') continue;
    pages += 1;
    const id = stringAt(item, 'id') ?? '';
    const edited = known?.object(compactId(id))?.edited;
    if (full || edited === undefined || edited !== item.last_edited_time) changed.push(id);
  }
  const { requests: perPage, blocks } = await sample(api, changed);
  const forPages =
    Math.ceil(changed.length * perPage) +
    dataSources * requestsPerDataSource +
    requestsPerRun +
    Math.ceil(listed.length / perListing);
  const asked = (setting: CommentSetting) =>
    estimateComments({
      ...{ comments: setting, commentShare, read: changed.length, blocks },
      ...{ kept: pages - changed.length, others: forPages, known },
    });
  const forComments = asked(comments);
  const requests = forPages + forComments;
  const perMinute = Number.isFinite(api.requestsPerMinute) ? api.requestsPerMinute : documentedPerMinute;
  return {
    pages,
    dataSources,
    changed: changed.length,
    requests,
    commentRequests: forComments,
    savedByPages: comments === 'none' ? 0 : forComments - asked('pages'),
    minutes: Math.ceil(requests / Math.min(perMinute, (requestsPerHour ?? Number.POSITIVE_INFINITY) / 60)),
    leftOut,
    spent: api.requestsSpent - before,
  };
}

async function previousOf({ store, keys }: { readonly store: Store; readonly keys: readonly string[] }) {
  for (const key of keys) {
    const found = await store.previous(key);
    if (found !== null) return found;
  }
  return null;
}

/** The mean requests for the blocks of a page, and the mean number of its blocks. */
async function sample(
  api: NotionConnection,
  ids: readonly string[],
): Promise<{ requests: number; blocks: number }> {
  const step = Math.max(1, Math.floor(ids.length / sampledPages));
  const chosen = ids.filter((_, at) => at % step === 0).slice(0, sampledPages);
  let [requests, blocks] = [0, 0];
  for (const id of chosen) {
    const counted = await countBlocks(api, id);
    requests += counted.requests;
    blocks += counted.blocks;
  }
  const of = Math.max(1, chosen.length);
  return { requests: Math.max(1, requests / of), blocks: blocks / of };
}

async function countBlocks(
  api: NotionConnection,
  page: string,
): Promise<{ requests: number; blocks: number }> {
  const waiting = [page];
  let [requests, blocks] = [0, 0];
  for (let id = waiting.shift(); id !== undefined && requests < maxRequestsPerPage; id = waiting.shift()) {
    const children = await childrenOf(api, id);
    requests += Math.max(1, Math.ceil(children.length / perListing));
    blocks += children.length;
    waiting.push(...children.filter(hasOwnChildren).map((block) => stringAt(block, 'id') ?? ''));
  }
  // Each list that was not read is one request more.
  return { requests: requests + waiting.length, blocks };
}

/** Pages and databases inside a page are objects of their own. */
function hasOwnChildren({ has_children: hasChildren, type }: JsonObject): boolean {
  return hasChildren === true && type !== 'child_page' && type !== 'child_database';
}

async function childrenOf(api: NotionConnection, id: string): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  try {
    for await (const block of list(api, { method: 'get', path: `blocks/${id}/children`, effect: 'read' }))
      found.push(block);
  } catch (error) {
    // One page that cannot be read leaves the rest of the estimate.
    if (!isKlosetError(error) || error.code === 'internal') throw error;
  }
  return found;
}
