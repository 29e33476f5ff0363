/** Compares a copy with its original, object by object, and counts what came back exact, approximated or not at all. */
import type { Finding, Verdict } from '../../document/compare/block-diff.ts';
import type { Destination } from '../../document/compare/context.ts';
import { compareDatabases } from '../../document/compare/databases.ts';
import { comparePages } from '../../document/compare/pages.ts';
import type { OriginalId } from '../../document/compare/references.ts';
import { originalIds } from '../../document/compare/references.ts';
import type { SnapshotReader, WalkedEntry } from '../../document/content.ts';
import type { BlockNode, PageDocument } from '../../document/documents.ts';
import { Gaps } from '../../document/gaps.ts';
import { arrayAt, objectAt, stringAt } from '../../document/json.ts';
import { parentPath } from '../../document/names.ts';
import { compactId } from '../../document/notion-id.ts';
import type { SchemaNames } from '../../document/schema-names.ts';
import { noSchema, schemaNames } from '../../document/schema-names.ts';
import type { Outside } from '../../notion/restore/journal/restore-result.ts';
import type { UnreadObjects } from '../documents/not-in-snapshot.ts';
import { absentObjects, missingFrom } from '../documents/not-in-snapshot.ts';
import { asDatabase, asPage, documentPath, readJson } from '../documents/read-document.ts';

/** A finding with the path of its object in the original snapshot. */
export interface PlacedFinding extends Finding {
  readonly path: string;
}

export interface Comparison {
  readonly objects: number;
  readonly counts: { readonly [verdict in Verdict]: number };
  /** Per kind of thing (`block toggle`, `property date`): how often each verdict was given. */
  readonly kinds: { readonly [what: string]: { readonly [verdict in Verdict]: number } };
  /** The findings that are not exact, at most `limit` of them; `counts` has them all. */
  readonly findings: readonly PlacedFinding[];
  /** Lists of blocks inside blocks that were not read back, where that was limited. */
  readonly unread_lists?: number;
}

export interface CompareOptions {
  readonly original: SnapshotReader;
  readonly copy: SnapshotReader;
  /** Compare what stands at and below this path of the original. */
  readonly path: string;
  /** Ids of the originals with the ids of their copies, blocks included. */
  readonly ids: ReadonlyMap<string, string>;
  /** Things outside the restore, as it found them. */
  readonly outside?: Outside;
  readonly limit?: number;
  /** True when the originals were restored in place rather than copied. */
  readonly keptIds?: boolean;
}

/** Walks the original and compares each object with its copy. */
export async function compareSnapshots(options: CompareOptions): Promise<Comparison> {
  const { original, copy, path, ids, outside, limit = 1000, keptIds = false } = options;
  const tally = new Tally(limit);
  const copies = await directoriesById(copy);
  const people = await peopleOf(copy);
  const unread = { original: await absentObjects(original), copy: await absentObjects(copy) };
  const destination: Destination = {
    isRestored: (id) => ids.has(id),
    // The same person may have another id in another workspace.
    isPerson: (id) => people.has(compactId(ids.get(id) ?? id)),
    isThere: (id) => outside?.objects.has(compactId(id)) === true,
    isEmoji: (id) => outside?.absentEmoji.has(compactId(id)) !== true,
    isUnread: (id) => unread.original.has(id),
  };
  const originalOf = originalIds(ids);
  const comments = await comparableComments(original, copy);
  const notRead = new Set<string>();
  for await (const entry of original.walk(path)) {
    if (entry.type !== 'directory' || entry.object === undefined) continue;
    tally.objects += 1;
    const copied = copies.get(compactId(ids.get(entry.object.id) ?? ''));
    if (copied === undefined) {
      const fresh = compactId(ids.get(entry.object.id) ?? '');
      const parent = parentPath(entry.path);
      const isUnknown =
        notRead.has(parent) ||
        unread.copy.has(fresh) ||
        (await isCutCopy(original, copy, copies, ids, parent));
      if (isUnknown) notRead.add(entry.path);
      tally.add(entry.path, { verdict: isUnknown ? 'unknown' : 'lost', what: entry.object.kind, at: '' });
      continue;
    }
    const pair = { original, entry, copy, copied, originalOf, destination, keptIds, comments };
    for (const finding of await compareObject(pair, unread.original)) tally.add(entry.path, finding);
  }
  const within = path === '/' ? undefined : await objectsBelow(original, path);
  const cut = await databasesWithUnreadRows(original, path);
  for (const extra of extraObjects(copies, ids, within, cut))
    tally.add(extra.path, { verdict: 'extra', what: extra.object?.kind ?? 'page', at: '' });
  return tally.result();
}

/** Databases at and below `path` of which not all rows were read: rows of theirs are in addition to nothing. */
async function databasesWithUnreadRows(snapshot: SnapshotReader, path: string): Promise<Set<string>> {
  const cut = new Set<string>();
  for await (const entry of snapshot.walk(path)) {
    if (entry.type !== 'directory' || entry.object?.kind !== 'database') continue;
    const gaps = new Gaps(await readJson(snapshot, documentPath(entry)));
    if (gaps.of('rows', 'data source', 'database').length > 0) cut.add(compactId(entry.object.id));
  }
  return cut;
}

/** True when the copy of the object at `parent` was not read in full: what lies below it may be there all the same. */
async function isCutCopy(
  original: SnapshotReader,
  copy: SnapshotReader,
  copies: ReadonlyMap<string, Directory>,
  ids: ReadonlyMap<string, string>,
  parent: string,
): Promise<boolean> {
  const above = await original.entry(parent === '' ? '/' : parent);
  const id = above?.type === 'directory' ? above.object?.id : undefined;
  const copied = id === undefined ? undefined : copies.get(compactId(ids.get(id) ?? ''));
  if (copied === undefined) return false;
  const { all } = new Gaps(await readJson(copy, documentPath(copied)));
  return all.some(({ what }) => ['blocks', 'rows', 'data source', 'database'].includes(what));
}

/** The comments that both crawls read, as their manifests tell. */
async function comparableComments(
  original: SnapshotReader,
  copy: SnapshotReader,
): Promise<'all' | 'pages' | 'none'> {
  const settings = await Promise.all([original, copy].map(commentSetting));
  if (settings.includes('none')) return 'none';
  return settings.includes('pages') ? 'pages' : 'all';
}

async function commentSetting(snapshot: SnapshotReader): Promise<string> {
  if ((await snapshot.entry('/manifest.json')) === undefined) return 'all';
  const manifest = await readJson(snapshot, '/manifest.json');
  const refused = objectAt(objectAt(manifest, 'blind_spots'), 'refused') ?? {};
  return 'comments' in refused ? 'none' : (stringAt(objectAt(manifest, 'comments'), 'setting') ?? 'all');
}

async function objectsBelow(snapshot: SnapshotReader, path: string): Promise<Set<string>> {
  const below = new Set<string>();
  for await (const entry of snapshot.walk(path))
    if (entry.type === 'directory' && entry.object !== undefined) below.add(entry.object.id);
  return below;
}

/** Rows that are not copies, in databases that are; `within`, when given, limits the databases. Extra pages show as blocks of their page. */
function extraObjects(
  copies: ReadonlyMap<string, Directory>,
  ids: ReadonlyMap<string, string>,
  within: ReadonlySet<string> | undefined,
  cut: ReadonlySet<string>,
): Directory[] {
  const made = new Set<string>([...ids.values()].map(compactId));
  const homes = new Set<string>();
  for (const [old, fresh] of ids) {
    const copy = copies.get(compactId(fresh));
    if (cut.has(compactId(old))) continue;
    if (copy?.object?.kind === 'database' && (within === undefined || within.has(compactId(old))))
      homes.add(copy.path);
  }
  return [...copies].flatMap(([id, directory]) =>
    !made.has(id) && homes.has(parentPath(directory.path)) ? [directory] : [],
  );
}

type Directory = WalkedEntry & { type: 'directory' };

async function directoriesById(snapshot: SnapshotReader): Promise<Map<string, Directory>> {
  const directories = new Map<string, Directory>();
  for await (const entry of snapshot.walk('/')) {
    if (entry.type === 'directory' && entry.object !== undefined)
      directories.set(compactId(entry.object.id), entry);
  }
  return directories;
}

/** People a request may name: those of the copy's workspace, without bots and without ids that cannot be resolved. */
async function peopleOf(snapshot: SnapshotReader): Promise<Set<string>> {
  const workspace = await readJson(snapshot, '/workspace.json');
  const people = arrayAt(workspace, 'users').filter((user) => stringAt(user, 'type') === 'person');
  return new Set(people.map((user) => compactId(stringAt(user, 'id') ?? '')));
}

interface Pair {
  readonly original: SnapshotReader;
  readonly entry: Directory;
  readonly copy: SnapshotReader;
  readonly copied: Directory;
  readonly originalOf: OriginalId;
  readonly destination: Destination;
  readonly keptIds: boolean;
  readonly comments: 'all' | 'pages' | 'none';
}

async function compareObject(pair: Pair, unread: UnreadObjects): Promise<Finding[]> {
  const { original, entry, copy, copied, originalOf, destination, keptIds, comments } = pair;
  const [path, copyPath] = [documentPath(entry), documentPath(copied)];
  const [document, copyDocument] = [await readJson(original, path), await readJson(copy, copyPath)];
  if (document.kind === 'database') {
    return compareDatabases(asDatabase(document, path), asDatabase(copyDocument, copyPath), { originalOf });
  }
  const page = asPage(document, path);
  const unshown = await unshownObjects(original, entry, page.blocks);
  const schema = await schemaOf(original, entry, page);
  const context = { originalOf, destination, unshown, keptIds, schema, comments };
  const gaps = new Set(new Gaps(document).all.map(({ id }) => id));
  const objects = missingFrom(document, entry.path, unread).filter(({ id }) => !gaps.has(id));
  return [
    ...comparePages(page, asPage(copyDocument, copyPath), context),
    ...objects.map(
      ({ what, id, reason }): Finding => ({
        verdict: 'unknown',
        what: `block child_${what}`,
        at: id,
        reason,
      }),
    ),
  ];
}

/** The schema that a row's values follow: that of the database whose directory it lies in. */
async function schemaOf(
  snapshot: SnapshotReader,
  { path }: Directory,
  { page }: PageDocument,
): Promise<SchemaNames> {
  const above = `${parentPath(path)}/database.json`;
  if (stringAt(objectAt(page, 'parent'), 'type') === 'page_id') return noSchema;
  if ((await snapshot.entry(above)) === undefined) return noSchema;
  return schemaNames(asDatabase(await readJson(snapshot, above), above), page);
}

/** Objects in the page's directory that no block of the page shows. */
async function unshownObjects(snapshot: SnapshotReader, directory: Directory, blocks: readonly BlockNode[]) {
  const shown = new Set<string>();
  const visit = (list: readonly BlockNode[]): void => {
    for (const block of list) {
      if (typeof block.id === 'string') shown.add(compactId(block.id));
      visit(block.children ?? []);
    }
  };
  visit(blocks);
  const unshown = new Set<string>();
  const collect = async (path: string): Promise<void> => {
    for await (const entry of snapshot.list(path)) {
      if (entry.type !== 'directory' || entry.object === undefined) continue;
      if (!shown.has(entry.object.id)) unshown.add(entry.object.id);
      // A database may hold databases (a wiki does); a copy of those lies on the page above.
      if (entry.object.kind === 'database') await collect(entry.path);
    }
  };
  await collect(directory.path);
  return unshown;
}

const noCounts = { exact: 0, approximated: 0, lost: 0, impossible: 0, extra: 0, unknown: 0 };

class Tally {
  objects = 0;
  readonly #limit: number;
  readonly #counts = { ...noCounts };
  readonly #kinds = new Map<string, { [verdict in Verdict]: number }>();
  readonly #findings: PlacedFinding[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(path: string, finding: Finding): void {
    this.#counts[finding.verdict] += 1;
    const kind = this.#kinds.get(finding.what) ?? { ...noCounts };
    kind[finding.verdict] += 1;
    this.#kinds.set(finding.what, kind);
    if (finding.verdict !== 'exact' && this.#findings.length < this.#limit)
      this.#findings.push({ path, ...finding });
  }

  result(): Comparison {
    const kinds = Object.fromEntries([...this.#kinds].sort(([a], [b]) => (a < b ? -1 : 1)));
    return { objects: this.objects, counts: this.#counts, kinds, findings: this.#findings };
  }
}
