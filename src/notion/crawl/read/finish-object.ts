/** Writes what became of one object into the checkpoint, all of it at once. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { canonicalBytes, sortKeys } from '../../../document/canonical.ts';
import type { FileEntry, StoredContent } from '../../../document/content.ts';
import type { Gap } from '../../../document/documents.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { stripVolatile } from '../../../document/volatile.ts';
import type { Run } from '../state/context.ts';
import { sightSourceReference } from '../state/data-sources.ts';
import { fatal } from '../state/end-of-run.ts';
import { sightReference } from '../state/record-discovery.ts';
import type { References } from '../state/references.ts';
import type { ObjectFiles } from './object-files.ts';

export interface FinishedObject {
  readonly id: string;
  /** The finished document, ready to be stored, and its media. */
  readonly entries: readonly FileEntry[];
  readonly documentBytes: Uint8Array;
}

/** Turns a document into its bytes and stores them; media get their names here. */
export async function writeDocument(
  run: Run,
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
  const content = await putDocument(run, documentBytes);
  return { id, entries: [{ type: 'file', name, modified, content }, ...media], documentBytes };
}

/** Stores document bytes. A sink that fails ends the run: the next object would fare no better. */
export async function putDocument(run: Run, bytes: Uint8Array): Promise<StoredContent> {
  try {
    return await run.options.sink.writeDocument(bytes);
  } catch (error) {
    throw fatal(error);
  }
}

/**
 * Replaces the entries of an object. Its document's bytes are kept too until the crawl ends: after a kill the store
 * may have lost what it had not written out, and they are then given to it again instead of being read anew.
 */
export function saveEntries(run: Run, { id, entries, documentBytes }: FinishedObject): void {
  const { prepare } = run.state;
  prepare('DELETE FROM entries WHERE owner = ?').run(id);
  const put = prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)');
  for (const { name, modified, content, source } of entries) {
    put.run(id, name, modified, content.size, JSON.stringify(content.chunks), source ?? null);
  }
  prepare('INSERT OR REPLACE INTO documents VALUES (?, ?)').run(
    id,
    deflateRawSync(documentBytes, { level: 1 }),
  );
}

/** The entries of an object read in this crawl. */
export function loadEntries(run: Run, id: string): FileEntry[] {
  return run.state
    .prepare<
      [string],
      { name: string; modified: string; size: number; chunks: string; source: string | null }
    >('SELECT name, modified, size, chunks, source FROM entries WHERE owner = ? ORDER BY name')
    .all(id)
    .map(({ name, modified, size, chunks, source }) => ({
      type: 'file',
      name,
      modified,
      content: { size, chunks: JSON.parse(chunks) },
      ...(source === null ? {} : { source }),
    }));
}

/** The bytes of a document written in this crawl. */
export function loadDocument(run: Run, id: string): Uint8Array | undefined {
  const row = run.state
    .prepare<[string], { bytes: Buffer }>('SELECT bytes FROM documents WHERE owner = ?')
    .get(id);
  return row === undefined ? undefined : inflateRawSync(row.bytes);
}

/** Notes what an object's content points at. */
export function saveReferences(run: Run, { objects, users, emojis }: References): void {
  for (const { kind, id, way } of objects.values()) {
    if (kind === 'data_source') sightSourceReference(run, id, way);
    else sightReference(run, id, kind, way);
  }
  const { prepare } = run.state;
  const addUser = prepare('INSERT OR IGNORE INTO users VALUES (?, NULL)');
  for (const id of users) addUser.run(id);
  const addEmoji = prepare('INSERT OR IGNORE INTO emojis VALUES (?, ?)');
  for (const [id, emoji] of emojis) addEmoji.run(id, JSON.stringify(emoji));
}

/** Notes the gaps of a document as errors of the run. */
export function saveGaps(run: Run, owner: string, gaps: readonly Gap[]): void {
  for (const { what, id, reason } of gaps) {
    const kind = what.split(' ')[0] ?? what;
    run.state.addError({ owner, kind, what, id, reason });
  }
}

/** Adds up what was counted while an object was read, requests included. */
export function saveTallies(run: Run, tallies: ReadonlyMap<string, number>): void {
  for (const [name, n] of tallies) run.state.count(name, n);
  for (const [endpoint, n] of run.ask.takeCounts()) run.state.count(`requests:${endpoint}`, n);
}
