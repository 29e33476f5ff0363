/** Finds words in every version of every page and database of a store. */
import { createHash } from 'node:crypto';
import type { ObjectInfo, SnapshotReader } from '../../document/content.ts';
import { compactId } from '../../document/notion-id.ts';
import { searchedText } from '../../document/search/searched-text.ts';
import { KlosetError } from '../../errors.ts';
import type { Store } from '../../store/open-store.ts';
import { readObject } from '../documents/read-document.ts';
import type { KnownSnapshot } from '../look/known-snapshots.ts';
import { isBackup, knownSnapshots } from '../look/known-snapshots.ts';
import type { Excerpt } from './excerpts.ts';
import { excerptsOf } from './excerpts.ts';
import type { IndexedSnapshot, IndexedVersion } from './word-index.ts';
import { WordIndex } from './word-index.ts';
import { ftsQuery, termsOf } from './words.ts';

export interface SearchOptions {
  /** Words, "phrases", beginnings*; all must be there. */
  readonly query: string;
  /** Every backup, not only the newest of each source. */
  readonly all?: boolean;
  /** This backup alone. */
  readonly snapshot?: string | undefined;
  /** Backups made at or after this moment, in ms. */
  readonly sinceMs?: number | undefined;
  readonly kind?: 'page' | 'database' | undefined;
  /** Only at and below this path. */
  readonly within?: string | undefined;
  /** At most this many hits. */
  readonly limit: number;
}

/** One version of an object that has the words. */
export interface Hit {
  readonly id: string;
  readonly kind: 'page' | 'database';
  readonly title: string;
  readonly path: string;
  readonly url: string;
  readonly excerpts: readonly Excerpt[];
  /** The snapshots that have it so, oldest first. */
  readonly snapshots: readonly IndexedSnapshot[];
}

export interface SearchResult {
  /** The number of versions that match, also beyond the limit. */
  readonly total: number;
  readonly hits: readonly Hit[];
}

/** @throws KlosetError `usage` for a query without words */
export async function search(store: Store, options: SearchOptions): Promise<SearchResult> {
  const terms = termsOf(options.query);
  if (terms.length === 0)
    throw new KlosetError('usage', `There is no word to search for in "${options.query}".`, {
      hint: 'Give words, "a phrase" or the beginning of a word with *.',
    });
  const snapshots = (await knownSnapshots(store)).filter(isBackup);
  const index = await upToDate(store, snapshots);
  try {
    const shown = new Set<string>(chosen(snapshots, options).map(({ id }) => id));
    const found = index.matches(ftsQuery(terms)).flatMap((version) => {
      const inSnapshots = index.snapshotsOf(version.number).filter(({ id }) => shown.has(id));
      return inSnapshots.length > 0 && isMeant(version, options) ? [{ version, snapshots: inSnapshots }] : [];
    });
    const hits: Hit[] = [];
    const readers = new Map<string, SnapshotReader>();
    for (const { version, snapshots: having } of found.slice(0, options.limit)) {
      const newest = having.at(-1);
      if (newest === undefined) continue;
      const reader = readers.get(newest.id) ?? (await store.openSnapshot(newest.id));
      readers.set(newest.id, reader);
      hits.push(await hitOf(reader, version, having, terms));
    }
    return { total: found.length, hits };
  } finally {
    index.close();
  }
}

async function hitOf(
  reader: SnapshotReader,
  { object: id, kind, path, title }: IndexedVersion,
  snapshots: readonly IndexedSnapshot[],
  terms: ReturnType<typeof termsOf>,
): Promise<Hit> {
  const document = await readObject(reader, { info: { kind }, path });
  const excerpts = excerptsOf(searchedText(document), terms);
  return { id, kind, title, path, url: `https://www.notion.so/${compactId(id)}`, excerpts, snapshots };
}

function chosen(
  snapshots: readonly KnownSnapshot[],
  { all, sinceMs, snapshot }: SearchOptions,
): KnownSnapshot[] {
  if (snapshot !== undefined) return snapshots.filter(({ id }) => id === snapshot);
  const newer = snapshots.filter(
    ({ header }) => sinceMs === undefined || Date.parse(header?.time ?? '') >= sinceMs,
  );
  if (all === true || sinceMs !== undefined) return newer;
  // Newest first: the first of each source is its latest.
  const seen = new Set<string>();
  return newer.filter(({ header }) => {
    const source = header?.source ?? '';
    if (seen.has(source)) return false;
    seen.add(source);
    return true;
  });
}

function isMeant({ kind, path }: IndexedVersion, options: SearchOptions): boolean {
  if (options.kind !== undefined && options.kind !== kind) return false;
  const { within } = options;
  return within === undefined || within === '/' || path === within || path.startsWith(`${within}/`);
}

/** The index with every snapshot of the store; what is new is added and saved. When snapshots were removed it is built from the start. */
async function upToDate(store: Store, snapshots: readonly KnownSnapshot[]): Promise<WordIndex> {
  const file = store.derivedFile('search');
  let index = new WordIndex(file.read());
  const present = new Set(snapshots.map(({ id }) => id as string));
  if ([...index.snapshots()].some((id) => !present.has(id))) {
    index.close();
    index = new WordIndex();
  }
  const known = index.snapshots();
  const missing = snapshots.filter(({ id }) => !known.has(id)).reverse();
  for (const { id, header } of missing) {
    if (header === undefined) continue;
    const reader = await store.openSnapshot(id);
    await index.addSnapshot(header.source, { id, time: header.time }, (present) => readInto(reader, present));
  }
  if (missing.length > 0) file.write(index.save());
  return index;
}

type Present = Parameters<Parameters<WordIndex['addSnapshot']>[2]>[0];

/** Names every object of a snapshot. A directory may be listed before or after those inside it. */
async function readInto(reader: SnapshotReader, present: Present): Promise<void> {
  const directories = new Map<string, ObjectInfo>();
  for await (const entry of reader.walk('/')) {
    if (entry.type === 'directory') {
      if (entry.object !== undefined) directories.set(entry.path, entry.object);
      continue;
    }
    const path = entry.path.slice(0, entry.path.lastIndexOf('/'));
    const info = directories.get(path);
    if (info === undefined || entry.path !== `${path}/${info.kind}.json`) continue;
    directories.delete(path);
    await present({
      object: info.id,
      kind: info.kind,
      content: createHash('sha256').update(entry.content.chunks.join()).digest('base64'),
      path,
      read: async () => searchedText(await readObject(reader, { info, path })),
    });
  }
}
