/** Finds words in every version of every page and database of a store. */
import type { SnapshotReader } from '../../document/content.ts';
import { compactId } from '../../document/notion-id.ts';
import { searchedText } from '../../document/search/searched-text.ts';
import { KlosetError } from '../../errors.ts';
import type { Store } from '../../store/open-store.ts';
import { readObject } from '../documents/read-document.ts';
import type { SnapshotFilter } from '../look/filter.ts';
import { filterSnapshots, newestOfEach, noFilter } from '../look/filter.ts';
import type { KnownSnapshot } from '../look/known-snapshots.ts';
import { isBackup, knownSnapshots } from '../look/known-snapshots.ts';
import type { Excerpt } from './excerpts.ts';
import { excerptsOf } from './excerpts.ts';
import { indexOf } from './indexed-snapshots.ts';
import type { IndexedSnapshot, IndexedVersion, WordIndex } from './word-index.ts';
import type { Term } from './words.ts';
import { ftsQuery, termsOf } from './words.ts';

export interface SearchOptions {
  /** Words, "phrases", beginnings*; all must be there. */
  readonly query: string;
  /** Every backup, not only the newest of each source. */
  readonly all?: boolean;
  /** This backup alone. */
  readonly snapshot?: string | undefined;
  /** Backups that it leaves: all of them where it says which, the newest of each source where it names sources alone. */
  readonly filter?: SnapshotFilter | undefined;
  readonly kind?: 'page' | 'database' | undefined;
  /** Only at and below this path; its names may be titles alone. */
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
  /** The number of backups that were searched. */
  readonly searched: number;
  readonly hits: readonly Hit[];
}

/** The words of a store's backups, in memory until they are closed. */
export class OpenSearch {
  readonly #store: Store;
  readonly #snapshots: readonly KnownSnapshot[];
  readonly #index: WordIndex;

  /** @param snapshots the backups, newest first, all of which `index` has */
  constructor(store: Store, snapshots: readonly KnownSnapshot[], index: WordIndex) {
    this.#store = store;
    this.#snapshots = snapshots;
    this.#index = index;
  }

  /** @throws KlosetError `usage` for a query without words */
  async find(options: SearchOptions): Promise<SearchResult> {
    const terms = askedTerms(options.query);
    const shown = chosen(this.#snapshots, options).map(({ id }) => id);
    const { kind } = options;
    const within = options.within === undefined ? undefined : absolutePath(options.within);
    const found = this.#index.matches(ftsQuery(terms), { snapshots: shown, kind, within });
    if (
      found.length === 0 &&
      within !== undefined &&
      shown.length > 0 &&
      !this.#index.hasPlace(within, shown)
    )
      throw new KlosetError('not-found', `Nothing lies at ${within} in what is searched.`, {
        hint: 'Give a path from the top, as `notion-kloset locate TITLE` prints it after the colon.',
      });
    const readers = new Map<string, SnapshotReader>();
    const hits: Hit[] = [];
    for (const number of found.slice(0, options.limit)) {
      const version = this.#index.version(number);
      const snapshots = this.#index.snapshotsOf(number).filter(({ id }) => shown.some((one) => one === id));
      const newest = snapshots.at(-1);
      if (version === undefined || newest === undefined) continue;
      const reader = readers.get(newest.id) ?? (await this.#store.openSnapshot(newest.id));
      readers.set(newest.id, reader);
      hits.push(await hitOf(reader, version, snapshots, terms));
    }
    return { total: found.length, searched: shown.length, hits };
  }

  close(): void {
    this.#index.close();
  }
}

/** Opens the index of words; what it does not have yet is added. To be closed. */
export async function openSearch(store: Store): Promise<OpenSearch> {
  const snapshots = (await knownSnapshots(store)).filter(isBackup);
  return new OpenSearch(store, snapshots, await indexOf(store, snapshots));
}

/** One search. @throws KlosetError `usage` for a query without words */
export async function search(store: Store, options: SearchOptions): Promise<SearchResult> {
  askedTerms(options.query);
  const open = await openSearch(store);
  try {
    return await open.find(options);
  } finally {
    open.close();
  }
}

/** A path from the top, without a slash at its end. @throws KlosetError `usage` for a place in one snapshot */
function absolutePath(text: string): string {
  if (/^[^/]*:\//.test(text))
    throw new KlosetError('usage', `--in takes a path, not "${text}": it is looked for in each backup.`, {
      hint: 'Leave out the snapshot; --all searches every backup.',
    });
  return `/${text.replace(/^\/+|\/+$/g, '')}`;
}

function askedTerms(query: string): Term[] {
  const terms = termsOf(query);
  if (terms.length > 0) return terms;
  throw new KlosetError('usage', `There is no word to search for in "${query}".`, {
    hint: 'Give words, "a phrase" or the beginning of a word with *.',
  });
}

async function hitOf(
  reader: SnapshotReader,
  { object: id, kind, path, title, content }: IndexedVersion,
  snapshots: readonly IndexedSnapshot[],
  terms: readonly Term[],
): Promise<Hit> {
  const document = await readObject(reader, { info: { kind }, path, content });
  const excerpts = excerptsOf(searchedText(document), terms);
  return { id, kind, title, path, url: `https://www.notion.so/${compactId(id)}`, excerpts, snapshots };
}

function chosen(
  snapshots: readonly KnownSnapshot[],
  { all, filter = noFilter, snapshot }: SearchOptions,
): KnownSnapshot[] {
  if (snapshot !== undefined) return snapshots.filter(({ id }) => id === snapshot);
  const left = filterSnapshots(snapshots, filter);
  const { beforeMs, sinceMs, tags, withoutTags, name } = filter;
  const saysWhich = [beforeMs, sinceMs, tags, withoutTags, name].some((condition) => condition !== undefined);
  return all === true || saysWhich ? left : newestOfEach(left);
}
