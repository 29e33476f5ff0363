/** The state of snapshots as marks left it: headers never change, so what is said of a snapshot later stands in marks. */
import type { SnapshotId } from '../format/ids.ts';
import type { MarkHeader, SnapshotHeader } from '../format/snapshot-header.ts';
import type { ChainLink } from './chain.ts';
import { automaticTag } from './listed-header.ts';

/** Somebody looked at a snapshot's alarm and accepts it. */
export interface Acknowledgement {
  readonly note: string;
  /** ISO time. */
  readonly time: string;
  /** Public key, 64 hex digits. */
  readonly signer: string;
}

export interface MarkedState {
  /** Tags of the header, with those that were added later and without those that were removed. */
  readonly tags: readonly string[];
  readonly isPinned: boolean;
  readonly acknowledged: Acknowledgement | undefined;
  /** True when the program took the snapshot for itself, not somebody with `backup`. */
  readonly automatic: boolean;
}

/** The state of a snapshot whose header cannot be read. */
export const unmarked: MarkedState = { tags: [], isPinned: false, acknowledged: undefined, automatic: false };

/** The trusted marks of each snapshot in the order of the chain. */
export function marksIn(chain: readonly ChainLink[]): Map<SnapshotId, MarkHeader[]> {
  const marks = new Map<SnapshotId, MarkHeader[]>();
  for (const { listed, time } of chain) {
    if (listed.header.kind !== 'mark' || listed.problem !== undefined) continue;
    const { snapshot } = listed.header;
    marks.set(snapshot, [...(marks.get(snapshot) ?? []), { ...listed.header, time }]);
  }
  return marks;
}

/** The state that `marks`, oldest first, give the snapshot. */
export function markedState(header: SnapshotHeader, marks: readonly MarkHeader[] = []): MarkedState {
  const tags = new Set(header.tags);
  let isPinned = false;
  let acknowledged: Acknowledgement | undefined;
  for (const { addTags, removeTags, pin, acknowledged: isAccepted, note, time, signer } of marks) {
    for (const tag of addTags) tags.add(tag);
    for (const tag of removeTags) tags.delete(tag);
    isPinned = pin ?? isPinned;
    if (isAccepted !== null) acknowledged = isAccepted ? { note, time, signer } : undefined;
  }
  return { tags: [...tags], isPinned, acknowledged, automatic: header.tags.includes(automaticTag) };
}
