/** The snapshots and marks that a copy between replicas takes along. */
import { KlosetError } from '../../errors.ts';
import type { SnapshotId } from '../format/ids.ts';
import type { MarkHeader, SnapshotHeader } from '../format/snapshot-header.ts';
import { removedIn } from '../snapshots/all-headers.ts';
import { chainOf } from '../snapshots/chain.ts';
import type { ListedHeader } from '../snapshots/snapshot-list.ts';
import type { SyncOptions } from './sync-options.ts';

/** A header to copy. */
export interface Chosen {
  readonly id: SnapshotId;
  readonly header: SnapshotHeader | MarkHeader;
}

/** The snapshots to copy, parents before children. A removal at the target is final. */
export function choose(
  source: readonly ListedHeader[],
  target: readonly ListedHeader[],
  { snapshots, alone }: SyncOptions,
): Chosen[] {
  const present = new Set(target.flatMap(({ id, header }) => (header === undefined ? [] : [id])));
  const removed = new Set([...removedIn(target), ...removedIn(source)]);
  for (const id of snapshots ?? []) requireChosen(source, removed.has(id), id);
  const wanted = new Set(snapshots === undefined || alone ? snapshots : withPast(source, snapshots));
  const comesAlong = (mark: MarkHeader) =>
    alone ? wanted.has(mark.snapshot) : mark.parents.every((id) => wanted.has(id) || present.has(id));
  const chosen = chainOf(source, Number.POSITIVE_INFINITY).flatMap(({ listed: { id, header, problem } }) => {
    if (snapshots !== undefined && header.kind === 'mark' && comesAlong(header)) wanted.add(id);
    if (snapshots !== undefined && !wanted.has(id)) return [];
    if (present.has(id) || removed.has(id) || problem !== undefined || header.kind === 'removal') return [];
    if (header.kind === 'mark' && removed.has(header.snapshot)) return [];
    return [{ id, header }];
  });
  return chosen;
}

/** `ids` and everything they stand on. */
function withPast(headers: readonly ListedHeader[], ids: readonly SnapshotId[]): Set<SnapshotId> {
  const byId = new Map(headers.map(({ id, header }) => [id, header]));
  const found = new Set<SnapshotId>();
  const open = [...ids];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(byId.get(next)?.parents ?? []));
  }
  return found;
}

/**
 * Makes sure that a snapshot which a person named can be copied.
 * @throws KlosetError not-found, integrity when it is not trusted, usage when one of the sides removed it
 */
export function requireChosen(source: readonly ListedHeader[], isRemoved: boolean, id: SnapshotId): void {
  const found = source.find((listed) => listed.id === id);
  if (found === undefined) throw new KlosetError('not-found', `The source has no snapshot ${id}.`);
  if (found.problem !== undefined) throw new KlosetError('integrity', found.problem);
  if (isRemoved) {
    throw new KlosetError(
      'usage',
      `Snapshot ${id.slice(0, 12)}… was removed on one of the sides, and that is final.`,
      {
        hint: 'Restore it to a folder, or export it.',
      },
    );
  }
}
