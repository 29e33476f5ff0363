/** Lists what lies at a place of a snapshot, in the order of the tree or sorted. Each directory is read once. */
import type { WalkedEntry } from '../../document/content.ts';
import { isKlosetError } from '../../errors.ts';
import type { TreeReader } from '../../store/open-store.ts';
import { exactTitle, titleOfPath } from '../documents/titles.ts';
import type { DirectoryEntry, EntryKind, ListedEntry } from './listed-entry.ts';
import { entryKinds, listedDirectory, listedFile, listedViews } from './listed-entry.ts';
import type { Place } from './open-place.ts';

export const sortKeys = ['title', 'edited', 'size', 'kind'] as const;

export type SortKey = (typeof sortKeys)[number];

export interface ListOptions {
  /** Levels below the place: 1 for what lies directly in it, `Infinity` for everything. */
  readonly depth: number;
  /** Kinds to list; all when absent. */
  readonly kinds?: readonly EntryKind[] | undefined;
  /** Keep also what leads to the entries of `kinds`. */
  readonly withAncestors?: boolean | undefined;
  /** Sorts each directory; the order of the store when absent. */
  readonly sort?: SortKey | undefined;
  /** Leave out what a folder holds besides objects: documents, media and views. */
  readonly objectsOnly?: boolean | undefined;
}

/** The entries below a place, parents before children; a file stands for itself. */
export async function listPlace(place: Place, options: ListOptions): Promise<ListedEntry[]> {
  const { snapshot, entry } = place;
  if (entry.type === 'file')
    return [listedFile(entry, { isDocument: /\/(page|database)\.json$/.test(entry.path), depth: 0 })];
  const found = await new Listing(snapshot, options).below(entry, await entriesIn(snapshot, entry), 0);
  return chosen(found, options);
}

/** `entries` by `key`; equal ones keep their order. Times and sizes come with the newest and the largest first. */
export function sortEntries(entries: readonly ListedEntry[], key: SortKey): ListedEntry[] {
  return [...entries].sort(comparisons[key]);
}

/** Made when something is first sorted by it: the rules of the language take as long to load as many modules. */
let titles: Intl.Collator | undefined;

function byTitle(left: ListedEntry, right: ListedEntry): number {
  titles ??= new Intl.Collator('en', { numeric: true });
  return titles.compare(left.title, right.title);
}

const comparisons: { readonly [key in SortKey]: (left: ListedEntry, right: ListedEntry) => number } = {
  title: byTitle,
  edited: (left, right) => (left.edited < right.edited ? 1 : left.edited > right.edited ? -1 : 0),
  size: (left, right) => (right.size ?? -1) - (left.size ?? -1),
  kind: (left, right) => entryKinds.indexOf(left.kind) - entryKinds.indexOf(right.kind),
};

/** An entry with what lies in it, as far as it was read. */
interface Node {
  readonly listed: ListedEntry;
  readonly inside: readonly WalkedEntry[];
}

class Listing {
  readonly #snapshot: TreeReader;
  readonly #options: ListOptions;

  constructor(snapshot: TreeReader, options: ListOptions) {
    this.#snapshot = snapshot;
    this.#options = options;
  }

  async below(
    directory: DirectoryEntry,
    inside: readonly WalkedEntry[],
    depth: number,
  ): Promise<ListedEntry[]> {
    const nodes: Node[] = [];
    const views =
      directory.object?.kind === 'database' && this.#options.objectsOnly !== true
        ? await listedViews(this.#snapshot, directory, inside, depth)
        : [];
    for (const view of views) nodes.push({ listed: view, inside: [] });
    for (const entry of inside) {
      const node = await this.#node(entry, directory, depth);
      if (node !== undefined) nodes.push(node);
    }
    const entries: ListedEntry[] = [];
    for (const { listed, inside: deeper } of this.#sorted(nodes)) {
      entries.push(listed);
      const { entry } = listed;
      if (listed.kind === 'view' || entry.type === 'file' || depth + 1 >= this.#options.depth) continue;
      for (const each of await this.below(entry, deeper, depth + 1)) entries.push(each);
    }
    return entries;
  }

  async #node(entry: WalkedEntry, above: DirectoryEntry, depth: number): Promise<Node | undefined> {
    const { objectsOnly = false } = this.#options;
    if (entry.type === 'file') {
      const isDocument = entry.path === `${above.path}/${above.object?.kind}.json`;
      return objectsOnly ? undefined : { listed: listedFile(entry, { isDocument, depth }), inside: [] };
    }
    const inside = await entriesIn(this.#snapshot, entry);
    const media =
      entry.object === undefined ? undefined : inside.find(({ path }) => path === `${entry.path}/files`);
    const files = media?.type === 'directory' ? await entriesIn(this.#snapshot, media) : [];
    const isRow = above.object?.kind === 'database' && entry.object?.kind === 'page';
    const listed = listedDirectory(entry, { isRow, depth }, inside, files);
    return objectsOnly && listed.kind === 'folder' && listed.children === 0 ? undefined : { listed, inside };
  }

  #sorted(nodes: readonly Node[]): readonly Node[] {
    const { sort } = this.#options;
    if (sort === undefined) return nodes;
    return [...nodes].sort((left, right) => comparisons[sort](left.listed, right.listed));
  }
}

/** The entries of the kinds asked for, and, where wanted, those above them. */
function chosen(
  entries: readonly ListedEntry[],
  { kinds, withAncestors = false }: ListOptions,
): ListedEntry[] {
  if (kinds === undefined) return [...entries];
  const kept: ListedEntry[] = [];
  let wanted = 0;
  // From the last one back: what stands above a kept entry has a smaller depth and comes before it.
  for (const entry of [...entries].reverse()) {
    const isAncestor = withAncestors && entry.depth < wanted;
    if (!kinds.includes(entry.kind) && !isAncestor) continue;
    kept.push(entry);
    wanted = entry.depth;
  }
  return kept.reverse();
}

async function entriesIn(snapshot: TreeReader, directory: DirectoryEntry): Promise<WalkedEntry[]> {
  const entries: WalkedEntry[] = [];
  for await (const entry of snapshot.list(directory.path, directory.listing)) entries.push(entry);
  return entries;
}

/** The entries with the titles that Notion has, where a path cannot show them. */
export async function titledEntries(place: Place, entries: readonly ListedEntry[]): Promise<ListedEntry[]> {
  const titled: ListedEntry[] = [];
  for (const listed of entries) {
    const { kind, entry, path, document: content } = listed;
    const isObject = kind === 'page' || kind === 'row' || kind === 'database';
    if (!isObject || entry.type !== 'directory' || entry.object === undefined) titled.push(listed);
    else titled.push({ ...listed, title: await titleOf(place, { info: entry.object, path, content }) });
  }
  return titled;
}

/** As the path shows it where the document cannot be read: what is damaged, `check` names. */
async function titleOf(place: Place, object: Parameters<typeof exactTitle>[1]): Promise<string> {
  try {
    return await exactTitle(place.snapshot, object);
  } catch (error) {
    if (isKlosetError(error, 'integrity')) return titleOfPath(object.path);
    throw error;
  }
}
