/** Stores the document of an object, and records in the checkpoint what its content points at, lacks and counts. */
import { canonicalBytes, sortKeys } from '../../../document/canonical.ts';
import type { Gap } from '../../../document/documents.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { stripVolatile } from '../../../document/volatile.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { recordDataSourceReference } from '../context/record-data-source.ts';
import { recordReference } from '../context/record-discovery.ts';
import type { References } from '../context/references.ts';
import type { CounterName } from '../state/counters.ts';
import { gapKindOf } from '../state/crawl-errors.ts';
import type { FinishedObject } from '../state/entries.ts';
import type { ObjectFiles } from './object-files.ts';

/** Turns a document into its bytes and stores them; media get their names here. */
export async function writeDocument(
  context: CrawlContext,
  id: string,
  name: string,
  document: JsonObject,
  files: ObjectFiles,
  modified: string,
): Promise<FinishedObject> {
  const stable = stripVolatile(document);
  // Media are named in the order in which they stand in the finished document.
  const ordered: Json = files.isEmpty ? stable : sortKeys(stable);
  const media = files.finish(ordered, modified);
  const documentBytes = canonicalBytes(ordered);
  const content = await context.sink.writeDocument(documentBytes);
  return { id, entries: [{ type: 'file', name, modified, content }, ...media], documentBytes };
}

/** Records what an object's content points at. */
export function saveReferences(context: CrawlContext, { objects, users, emojis }: References): void {
  for (const { kind, id, path } of objects.values()) {
    if (kind === 'data_source') recordDataSourceReference(context, id, path);
    else recordReference(context, id, kind, path);
  }
  for (const id of users) context.state.users.mention(id);
  for (const [id, emoji] of emojis) context.state.emojis.add(id, emoji);
}

/** Records the gaps of a document as errors of the crawl. */
export function saveGaps(context: CrawlContext, owner: string, gaps: readonly Gap[]): void {
  for (const { what, id, reason } of gaps) {
    context.state.errors.add({ owner, kind: gapKindOf(what), what, id, reason });
  }
}

/** Adds up what was counted while an object was read, requests included. */
export function saveTallies(context: CrawlContext, tallies: ReadonlyMap<CounterName, number>): void {
  const { counters } = context.state;
  for (const [name, n] of tallies) counters.add(name, n);
  for (const [endpoint, n] of context.api.takeCounts()) counters.add(`requests:${endpoint}`, n);
}

/** Writes a `change` of an object together with the requests it took. */
export function saveChange(context: CrawlContext, change: () => void): void {
  context.state.transaction(() => {
    change();
    saveTallies(context, new Map());
  });
}
