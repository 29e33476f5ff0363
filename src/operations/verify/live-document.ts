/** Documents as the API gives them now, in the form a snapshot stores them: hosted files by the digest of their bytes. */
import { createHash } from 'node:crypto';
import { isOwnObjectBlockType } from '../../document/block-types.ts';
import type { Gap } from '../../document/documents.ts';
import type { Json, JsonObject } from '../../document/json.ts';
import { isObject, stringAt } from '../../document/json.ts';
import { compactId } from '../../document/notion-id.ts';
import { stripVolatile, withoutSignature } from '../../document/volatile.ts';
import { messageOf } from '../../errors.ts';
import { apiFailureOf } from '../../notion/api/api.ts';
import type { NotionConnection } from '../../notion/api/client.ts';
import { list } from '../../notion/api/listing.ts';
import { databaseNow, pageNow } from '../../notion/restore/in-place/present-state.ts';
import { mediaOf } from '../backup/notion-source.ts';
import type { JobContext } from '../job-context.ts';

export interface LiveOptions {
  readonly api: NotionConnection;
  /** Documents whose files need not be fetched again. */
  readonly known: readonly JsonObject[];
  /** Read the comments of the page and of its blocks too. */
  readonly comments: boolean;
}

/** The page with this id. */
export async function livePage(job: JobContext, id: string, options: LiveOptions): Promise<JsonObject> {
  const { page, blocks } = await pageNow(options.api, id);
  const comments: JsonObject[] = [];
  const gaps: Gap[] = [];
  if (options.comments)
    for (const owner of [id, ...blockIdsOf(blocks)]) {
      try {
        const query = { block_id: owner };
        for await (const comment of list(options.api, {
          method: 'get',
          path: 'comments',
          query,
          effect: 'read',
        }))
          comments.push(comment);
      } catch (error) {
        const status = apiFailureOf(error)?.status;
        if (status === undefined || status === 401) throw error;
        gaps.push({ what: 'comments', id: compactId(owner), reason: messageOf(error) });
      }
    }
  const unread = gaps.length === 0 ? {} : { gaps: gaps.map((gap) => ({ ...gap })) };
  return storedForm(
    job,
    { kind: 'page', format: 1, page, blocks: [...blocks], comments, ...unread },
    options,
  );
}

/** The database with this id and these data sources. */
export async function liveDatabase(
  job: JobContext,
  id: string,
  sources: readonly string[],
  options: LiveOptions,
): Promise<JsonObject> {
  const { database, data_sources, views } = await databaseNow(options.api, id, sources);
  return storedForm(job, { kind: 'database', format: 1, database, data_sources, views }, options);
}

/** Ids of the blocks of a page. Pages and databases in it have comments of their own. */
function blockIdsOf(blocks: readonly JsonObject[]): string[] {
  return blocks.flatMap((block) => {
    if (isOwnObjectBlockType(stringAt(block, 'type') ?? '')) return [];
    const children = Array.isArray(block.children) ? block.children.filter(isObject) : [];
    return [stringAt(block, 'id') ?? '', ...blockIdsOf(children)];
  });
}

/** A document as a snapshot stores it: without what differs in every answer, and with the digests of its files. */
export async function storedForm(
  job: JobContext,
  document: JsonObject,
  options: Pick<LiveOptions, 'api' | 'known'>,
): Promise<JsonObject> {
  const digests = new Map<string, string>();
  for (const known of options.known) collectDigests(known, digests);
  await fillDigests(job, document, digests, options.api);
  const stripped = stripVolatile(document);
  return isObject(stripped) ? stripped : document;
}

function collectDigests(value: Json, digests: Map<string, string>): void {
  if (Array.isArray(value)) for (const item of value) collectDigests(item, digests);
  if (!isObject(value)) return;
  const [url, digest] = [stringAt(value, 'url'), stringAt(value, 'sha256')];
  if (url !== undefined && digest !== undefined) digests.set(url, digest);
  for (const member of Object.values(value)) collectDigests(member, digests);
}

async function fillDigests(
  job: JobContext,
  value: Json,
  digests: ReadonlyMap<string, string>,
  api: NotionConnection,
): Promise<void> {
  if (Array.isArray(value)) for (const item of value) await fillDigests(job, item, digests, api);
  if (!isObject(value)) return;
  const url = stringAt(value, 'url');
  if (url !== undefined && 'expiry_time' in value) {
    const plain = withoutSignature(url).replace(/[?#].*$/s, '');
    const digest = digests.get(plain) ?? (await digestOf(job, url, api));
    // A file that could not be fetched is not known, as in a snapshot.
    if (digest !== undefined) {
      value.sha256 = digest;
      value.path = digest;
    }
  }
  for (const member of Object.values(value)) await fillDigests(job, member, digests, api);
}

async function digestOf(job: JobContext, url: string, api: NotionConnection): Promise<string | undefined> {
  const download = mediaOf({ api, clock: job.clock });
  const hash = createHash('sha256');
  try {
    for await (const part of download({
      url,
      external: false,
      refresh: async () => undefined,
      signal: job.signal,
    }))
      hash.update(part);
    return hash.digest('hex');
  } catch {
    job.signal.throwIfAborted();
    return undefined;
  }
}
