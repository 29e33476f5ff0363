/** The differences between two snapshots, object by object. */
import type { SnapshotReader } from '../../document/content.ts';
import type { Change } from '../../document/diff/change.ts';
import { diffDatabases, diffPages } from '../../document/diff/documents.ts';
import type { DatabaseDocument, PageDocument } from '../../document/documents.ts';
import { documentTitle } from '../../document/title.ts';
import { readObject } from '../documents/read-document.ts';
import { reasonsOfAbsence } from './absence.ts';
import type { PairedObject, PlacedObject } from './diff-trees.ts';
import { diffTrees } from './diff-trees.ts';

/** A side of a comparison: a snapshot and the directory in it. */
export interface Side {
  readonly snapshot: SnapshotReader;
  readonly path: string;
}

/** One page or database that differs. */
export interface ObjectDifference {
  /**
   * `removed` and `added` objects are in one snapshot alone; `unknown` ones are missing from one of them, which could
   * not read them or left them out by choice. `trashed` is told only of the workspace as it is now: a snapshot does not know where an object went.
   */
  readonly kind: 'added' | 'removed' | 'trashed' | 'unknown' | 'moved' | 'changed';
  readonly id: string;
  readonly object: 'page' | 'database';
  readonly title: string;
  /** Path of its directory: the later one. */
  readonly path: string;
  /** The earlier path, of an object that lies elsewhere now. */
  readonly movedFrom?: string;
  /** The reason why it is `unknown`. */
  readonly reason?: string;
  readonly changes: readonly Change[];
}

/** The objects that differ, in the order of their paths; one document of each snapshot is in memory at a time. */
export async function* diffSnapshots(before: Side, after: Side): AsyncGenerator<ObjectDifference> {
  const trees = await diffTrees(before, after);
  const lost = await reasonsOfAbsence(after.snapshot, trees.removed);
  const unborn = await reasonsOfAbsence(before.snapshot, trees.added);
  const steps: (readonly [path: string, make: () => Promise<ObjectDifference | undefined>])[] = [
    ...trees.removed.map(
      (object) =>
        [object.path, () => oneSided('removed', object, before.snapshot, lost.get(object.info.id))] as const,
    ),
    ...trees.added.map(
      (object) =>
        [object.path, () => oneSided('added', object, after.snapshot, unborn.get(object.info.id))] as const,
    ),
    ...trees.paired.map(
      (pair) => [pair.after.path, () => both(before.snapshot, after.snapshot, pair)] as const,
    ),
  ];
  steps.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  for (const [, make] of steps) {
    const difference = await make();
    if (difference !== undefined) yield difference;
  }
}

async function oneSided(
  kind: 'added' | 'removed',
  placed: PlacedObject,
  snapshot: SnapshotReader,
  reason: string | undefined,
): Promise<ObjectDifference> {
  const { info, path } = placed;
  const title = documentTitle(await readObject(snapshot, placed));
  const common = { id: info.id, object: info.kind, title, path, changes: [] };
  return reason === undefined ? { kind, ...common } : { kind: 'unknown', ...common, reason };
}

/** An object of both snapshots; undefined when only what Notion counts by itself differs. */
async function both(
  before: SnapshotReader,
  after: SnapshotReader,
  pair: PairedObject,
): Promise<ObjectDifference | undefined> {
  const hasMoved = pair.before.parent !== pair.after.parent;
  // Below a renamed page every path differs, and nothing else.
  if (!hasMoved && !pair.hasOtherFiles) return undefined;
  const now = await readObject(after, pair.after);
  const changes = pair.hasOtherFiles ? diffDocuments(await readObject(before, pair.before), now) : [];
  if (!hasMoved && changes.length === 0) return undefined;
  const { id, kind: object } = pair.after.info;
  const common = { id, object, title: documentTitle(now), path: pair.after.path, changes };
  return hasMoved
    ? { kind: 'moved', ...common, movedFrom: pair.before.path }
    : { kind: 'changed', ...common };
}

/** The differences of an object's own document. */
export async function ownChanges(
  before: SnapshotReader,
  after: SnapshotReader,
  pair: PairedObject,
): Promise<Change[]> {
  return diffDocuments(await readObject(before, pair.before), await readObject(after, pair.after));
}

/** The differences between two versions of one object. */
export function diffDocuments(
  before: PageDocument | DatabaseDocument,
  after: PageDocument | DatabaseDocument,
): Change[] {
  if (before.kind === 'page' && after.kind === 'page') return diffPages(before, after);
  if (before.kind === 'database' && after.kind === 'database') return diffDatabases(before, after);
  return [];
}
