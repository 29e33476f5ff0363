/** Compares a copy with its original, object by object, and counts what came back exact, approximated or not at all. */
import type { Finding, Verdict } from '../../document/compare/block-diff.ts';
import type { Destination } from '../../document/compare/context.ts';
import { compareDatabases } from '../../document/compare/databases.ts';
import { comparePages } from '../../document/compare/pages.ts';
import type { OriginalId } from '../../document/compare/references.ts';
import { originalIds } from '../../document/compare/references.ts';
import type { SnapshotReader, WalkedEntry } from '../../document/content.ts';
import type { BlockNode } from '../../document/documents.ts';
import { arrayAt, stringAt } from '../../document/json.ts';
import { compactId } from '../../document/notion-id.ts';
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
}

export interface CompareOptions {
  readonly original: SnapshotReader;
  readonly copy: SnapshotReader;
  /** Compare what stands at and below this path of the original. */
  readonly path: string;
  /** Ids of the originals with the ids of their copies, blocks included. */
  readonly ids: ReadonlyMap<string, string>;
  readonly limit?: number;
  /** True when the originals were restored in place rather than copied. */
  readonly keptIds?: boolean;
}

/** Walks the original and compares each object with its copy. */
export async function compareSnapshots(options: CompareOptions): Promise<Comparison> {
  const { original, copy, path, ids, limit = 1000, keptIds = false } = options;
  const tally = new Tally(limit);
  const copies = await directoriesById(copy);
  const people = await peopleOf(copy);
  const destination: Destination = { isRestored: (id) => ids.has(id), isPerson: (id) => people.has(id) };
  const originalOf = originalIds(ids);
  for await (const entry of original.walk(path)) {
    if (entry.type !== 'directory' || entry.object === undefined) continue;
    tally.objects += 1;
    const copied = copies.get(compactId(ids.get(entry.object.id) ?? ''));
    if (copied === undefined) tally.add(entry.path, { verdict: 'lost', what: entry.object.kind, at: '' });
    else
      for (const finding of await compareObject({
        original,
        entry,
        copy,
        copied,
        originalOf,
        destination,
        keptIds,
      }))
        tally.add(entry.path, finding);
  }
  for (const extra of extraObjects(
    copies,
    ids,
    path === '/' ? undefined : await objectsBelow(original, path),
  ))
    tally.add(extra.path, { verdict: 'extra', what: extra.object?.kind ?? 'page', at: '' });
  return tally.result();
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
): Directory[] {
  const made = new Set<string>([...ids.values()].map(compactId));
  const homes = new Set<string>();
  for (const [old, fresh] of ids) {
    const copy = copies.get(compactId(fresh));
    if (copy?.object?.kind === 'database' && (within === undefined || within.has(compactId(old))))
      homes.add(copy.path);
  }
  return [...copies].flatMap(([id, directory]) =>
    !made.has(id) && homes.has(directory.path.slice(0, directory.path.lastIndexOf('/'))) ? [directory] : [],
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
}

async function compareObject({
  original,
  entry,
  copy,
  copied,
  originalOf,
  destination,
  keptIds,
}: Pair): Promise<Finding[]> {
  const [path, copyPath] = [documentPath(entry), documentPath(copied)];
  const [document, copyDocument] = [await readJson(original, path), await readJson(copy, copyPath)];
  if (document.kind === 'database') {
    return compareDatabases(asDatabase(document, path), asDatabase(copyDocument, copyPath), { originalOf });
  }
  const page = asPage(document, path);
  const unshown = await unshownObjects(original, entry, page.blocks);
  return comparePages(page, asPage(copyDocument, copyPath), { originalOf, destination, unshown, keptIds });
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

const noCounts = { exact: 0, approximated: 0, lost: 0, impossible: 0, extra: 0 };

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
