/** The parts of a copy that are read back: objects with their copies' ids, and the lists and comments each was given. */
import type { SnapshotReader, WalkedEntry } from '../../document/content.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../document/json.ts';
import { compactId } from '../../document/notion-id.ts';
import { documentPath, readJson } from '../documents/read-document.ts';

type Directory = WalkedEntry & { readonly type: 'directory' };

/** One object of the original and what its copy was given. */
export interface CopiedObject {
  /** Compact id of the copy. */
  readonly id: string;
  readonly kind: 'page' | 'database';
  /** The original's document. */
  readonly path: string;
  readonly edited: string;
  /** True for a page on which nothing was written: no list of it is asked for. */
  readonly isBlank: boolean;
  readonly blocks: number;
  /** Number of its blocks with blocks in them. */
  readonly nestedLists: number;
  /** Ids of the copies of the page and of those of its blocks that comments were written on. */
  readonly commented: readonly string[];
  /** Compact ids of the copies of a database's data sources and views. */
  readonly sources: readonly string[];
  readonly views: readonly string[];
}

export interface CopyPlan {
  readonly objects: readonly CopiedObject[];
  /** Lists of blocks inside blocks, in all. */
  readonly nestedLists: number;
  /** Compact ids of people whom the originals name. */
  readonly people: ReadonlySet<string>;
}

export interface CopyPlanOptions {
  readonly snapshot: SnapshotReader;
  readonly path: string;
  /** Compact ids of the originals with those of their copies. */
  readonly ids: ReadonlyMap<string, string>;
  readonly comments: boolean;
  /** True when each page begins with a marker. */
  readonly markers: boolean;
}

/** Reads the originals once. Objects that have no copy are left out: they are missing whatever is read. */
export async function planCopy(options: CopyPlanOptions): Promise<CopyPlan> {
  const objects: CopiedObject[] = [];
  const people = new Set<string>();
  for await (const entry of options.snapshot.walk(options.path)) {
    if (entry.type !== 'directory' || entry.object === undefined) continue;
    const id = options.ids.get(compactId(entry.object.id));
    if (id !== undefined) objects.push(await copiedObject(options, entry, compactId(id), people));
  }
  return { objects, people, nestedLists: objects.reduce((sum, { nestedLists }) => sum + nestedLists, 0) };
}

async function copiedObject(
  { snapshot, ids, comments, markers }: CopyPlanOptions,
  entry: Directory,
  id: string,
  people: Set<string>,
): Promise<CopiedObject> {
  const path = documentPath(entry);
  const document = await readJson(snapshot, path);
  const blocks = arrayAt(document, 'blocks');
  const copiesOf = (list: readonly unknown[]) =>
    list.flatMap((each) => {
      const copy = ids.get(compactId(stringAt(each, 'id') ?? ''));
      return copy === undefined ? [] : [compactId(copy)];
    });
  collectPeople(document, people);
  return {
    id,
    kind: entry.object?.kind ?? 'page',
    path,
    edited: entry.object?.edited ?? '',
    isBlank: blocks.length === 0 && !markers && !(await holdsObjects(snapshot, entry.path)),
    blocks: countBlocks(blocks, () => true),
    nestedLists: countBlocks(blocks, (block) => arrayAt(block, 'children').length > 0),
    commented: comments ? commentedIn(arrayAt(document, 'comments'), id, ids) : [],
    sources: copiesOf(arrayAt(document, 'data_sources')),
    views: copiesOf(arrayAt(document, 'views')),
  };
}

async function holdsObjects(snapshot: SnapshotReader, path: string): Promise<boolean> {
  for await (const child of snapshot.list(path))
    if (child.type === 'directory' && child.object !== undefined) return true;
  return false;
}

function countBlocks(blocks: readonly unknown[], is: (block: unknown) => boolean): number {
  return blocks.reduce<number>(
    (sum, block) => sum + (is(block) ? 1 : 0) + countBlocks(arrayAt(block, 'children'), is),
    0,
  );
}

/** A comment whose block has no copy was written on the page. */
function commentedIn(comments: readonly unknown[], page: string, ids: ReadonlyMap<string, string>): string[] {
  const parents = comments.map((comment) => {
    const block = stringAt(objectAt(comment, 'parent'), 'block_id');
    const copy = block === undefined ? undefined : ids.get(compactId(block));
    return copy === undefined ? page : compactId(copy);
  });
  return [...new Set(parents)];
}

/** People stand in mentions and in values, as `{object: "user", id}`; authors and editors, which a copy does not keep, too. */
function collectPeople(value: unknown, people: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collectPeople(item, people);
  if (!isObject(value)) return;
  if (value.object === 'user') people.add(compactId(stringAt(value, 'id') ?? ''));
  for (const [key, member] of Object.entries(value)) if (!key.endsWith('_by')) collectPeople(member, people);
}

/** Requests that reading a copy takes besides lists of blocks inside blocks, about. */
function requestsBesideLists({ objects }: CopyPlan): number {
  const databases = objects.filter(({ kind }) => kind === 'database');
  const pages = objects.filter(({ kind }) => kind === 'page');
  const ofDatabases = databases.map(({ sources, views }) => 2 + 2 * sources.length + views.length);
  const ofPages = pages.map(({ isBlank, commented }) => (isBlank ? 0 : 1) + commented.length);
  const searches = 1 + Math.ceil(pages.length / 100);
  return [...ofDatabases, ...ofPages].reduce((sum, each) => sum + each, 1 + searches);
}

/** The requests of a verification for each one of its restore, at most. */
const verifyShare = 1.5;

/** Max number of requests for lists inside blocks after a restore of so many requests. */
export function maxNestedLists(plan: CopyPlan, restoreRequests: number): number {
  return Math.max(0, Math.floor(verifyShare * restoreRequests) - requestsBesideLists(plan));
}

/** Requests that verifying a restore of so many requests takes, about. A crawl asks each page and block for comments. */
export function verifyRequests(
  plan: CopyPlan,
  restoreRequests: number,
  { isFull, comments }: { readonly isFull: boolean; readonly comments: boolean },
): number {
  const beside = requestsBesideLists(plan);
  if (!isFull) return beside + Math.min(plan.nestedLists, maxNestedLists(plan, restoreRequests));
  const asked = plan.objects.reduce((sum, { kind, blocks }) => sum + (kind === 'page' ? 1 + blocks : 0), 0);
  return beside + plan.nestedLists + (comments ? asked : 0);
}
