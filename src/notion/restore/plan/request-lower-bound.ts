/**
 * A lower bound of the number of requests of a restore. It follows from the limits of one request (§9 and §10 of the API's
 * rules), not from the order this program chose. Two parts are this program's all the same: the cost of blocks beyond the
 * first request is computed by the code that spreads them over requests (`request-batches.ts`), and for schemas, locks,
 * cycles and links to comments the planned steps are counted. A better algorithm for those would lower this number too; the
 * bound shows what is spent beyond that.
 *
 * - 2: reading the destination, and its children (without which a lost answer could not be cleared up)
 * - each page, row, database and further data source: 1
 * - properties that name others: 1 for each level of naming in each data source, since one can only name existing ones
 * - each view 1, of databases whose views are not just the one Notion creates: 1 more to find the id of that one, and 1 to
 *   remove it where it is of no use; 1 per data source whose property ids views name, where no answer held them
 * - each comment 1, each lock 1, each link to a comment 1 more, since comments are written last
 * - each upload: 2, or 2 and its parts; each content and name once
 * - questions about the target: 1 for size limits, 1 for people, 1 for custom emoji, 1 for each other object that is
 *   referred to and not restored
 * - blocks: a page is created with its first 100, two levels of nesting included; for the rest, `appendCost`, the writer's
 *   own way through the same limits; a segment between child objects costs at least one request more, unless all objects
 *   between are pages, which can be put between existing blocks, for one listing
 * - a cycle of references: 1, since one page in it must be completed later. Cycles that share a page count once
 */

import type { SnapshotReader } from '../../../document/content.ts';
import type { BlockNode } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { stringAt } from '../../../document/json.ts';
import { convertBlocks } from '../blocks/block-payload.ts';
import { appendCost, nextBatch, outline, withPlaceholders } from '../blocks/request-batches.ts';
import type { WriteNode } from '../blocks/write-node.ts';
import { namesProperties } from '../databases/view-payload.ts';
import type { Journal } from '../journal/journal.ts';
import type { PageItem } from '../journal/tables/page-items.ts';
import type { PendingFile } from '../requests/conversion.ts';
import { uploadKey, uploadRequests } from '../requests/uploads.ts';
import { readDatabase, readPage } from '../snapshot/snapshot-documents.ts';
import { dryConversion } from './dry-conversion.ts';

export interface LowerBoundOptions {
  /** A journal whose steps are planned. */
  readonly journal: Journal;
  readonly snapshot: SnapshotReader;
  readonly comments: boolean;
}

/** The lower bound and its parts. */
export interface RequestLowerBound {
  readonly total: number;
  readonly parts: { readonly [part: string]: number };
}

/** Computes the lower bound. Reads every document once. */
export async function requestLowerBound({
  journal,
  snapshot,
  comments,
}: LowerBoundOptions): Promise<RequestLowerBound> {
  const parts = new Map<string, number>();
  const add = (part: string, by: number): void => void parts.set(part, (parts.get(part) ?? 0) + by);
  add('destination', 2);
  add('limits', 1);
  const uploads = new Set<string>();
  const upload = (file: PendingFile): void => {
    if (uploads.has(uploadKey(file))) return;
    uploads.add(uploadKey(file));
    add('uploads', uploadRequests(file.size));
  };
  for (const object of journal.objects.all()) {
    if (object.kind === 'database') {
      const document = await readDatabase(snapshot, object.path);
      if (object.isLinked) add('views', document.views.length);
      else {
        add('databases', Math.max(1, document.data_sources.length));
        add(
          'views',
          viewRequests(
            document.views,
            document.data_sources.length,
            journal.steps.schemaSourceCount(object.id),
          ),
        );
      }
      continue;
    }
    const document = await readPage(snapshot, object.path);
    add(object.source === null ? 'pages' : 'rows', 1);
    add('blocks', blockRequests(journal, journal.items.of(object.id), document.blocks, upload));
    if (comments) add('comments', document.comments.length);
  }
  add('schemas', journal.steps.count('schema'));
  add('locks', journal.steps.count('lock'));
  add('links', journal.comments.linkCount());
  add('cycles', Number(journal.meta('cycles') ?? 0));
  const total = [...parts.values()].reduce((sum, part) => sum + part, 0);
  return { total, parts: Object.fromEntries(parts) };
}

function viewRequests(views: readonly JsonObject[], sources: number, known: number): number {
  const tabs = views.filter((view) => stringAt(view, 'dashboard_view_id') === undefined);
  if (tabs.length === 0) return 0;
  const first = tabs[0];
  const isDefault =
    tabs.length === 1 &&
    first?.type === 'table' &&
    first.configuration === null &&
    stringAt(first, 'name') === 'Default view';
  if (isDefault && sources === 1) return 0;
  const tables = tabs.filter((view) => view.type === 'table').length;
  const removed = Math.max(0, sources - Math.min(tables, sources));
  const asked = views.some(namesProperties) ? Math.max(0, sources - known) : 0;
  return views.length + 1 + removed + asked + (sources > 1 ? sources : 0);
}

/** Requests for the blocks of a page beyond the one that creates the page. */
function blockRequests(
  journal: Journal,
  items: readonly PageItem[],
  blocks: readonly BlockNode[],
  upload: (file: PendingFile) => void,
): number {
  const conversion = { ...dryConversion(journal), attach: upload };
  const segments = items
    .filter((item) => item.kind === 'segment' && item.past > item.first)
    .map((item) => ({
      item,
      nodes: withPlaceholders(convertBlocks(blocks.slice(item.first, item.past), conversion)),
    }))
    .filter(({ nodes }) => nodes.length > 0);
  for (const { nodes } of segments) uploadAll(nodes, upload);
  let requests = 0;
  for (const { item, nodes } of segments)
    requests += item.place === 0 ? firstSegmentRequests(nodes) : appendCost(nodes);
  const later = segments.filter(({ item }) => item.place > 0).length;
  const onlyPages = items.every(
    (item) => item.kind !== 'child' || journal.objects.get(item.child ?? '')?.kind === 'page',
  );
  const all = segments.flatMap(({ nodes }) => nodes);
  if (later < 2 || !onlyPages) return requests;
  return Math.min(requests, firstSegmentRequests(all) + Math.ceil(all.length / 100));
}

function uploadAll(nodes: readonly WriteNode[], upload: (file: PendingFile) => void): void {
  for (const node of nodes) {
    for (const file of node.files) upload(file);
    uploadAll(node.children, upload);
  }
}

/** The page is created with one batch; the ids of those blocks take a listing. */
function firstSegmentRequests(nodes: readonly WriteNode[]): number {
  const { count } = nextBatch(nodes, 0);
  const carried = nodes.slice(0, count).map((node) => outline(node, 1));
  const listing = carried.some((each) => each.needsId) ? 1 : 0;
  const below = carried.reduce((sum, each) => sum + each.cost, 0);
  return listing + below + appendCost(nodes.slice(count));
}
