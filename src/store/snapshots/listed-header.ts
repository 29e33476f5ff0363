/** One header file of a store as a listing finds it, and questions to all of them together. */
import type { SeenHeader } from '../access/pins/header-loss.ts';
import type { SnapshotId } from '../format/ids.ts';
import type { Header } from '../format/snapshot-header.ts';

export interface ListedHeader {
  readonly id: SnapshotId;
  readonly sizeBytes: number;
  /** Undefined when the file cannot be read as a header. */
  readonly header?: Header;
  /** The reason not to trust this one; undefined when it is trusted. */
  readonly problem?: string;
  /** The file is of another version of this program, not damaged. */
  readonly isIncompatible?: true;
  /** True when it is whole and its signer was revoked before it: it does not count, but it is not damaged. */
  readonly isRevoked?: boolean;
}

/** Tag of the snapshot that a restore takes before it changes anything. */
export const automaticTag = 'before-restore';

/** Ids that the trusted removals among `headers` name. */
export function removedIn(headers: readonly ListedHeader[]): SnapshotId[] {
  return headers.flatMap(({ header, problem }) =>
    header?.kind === 'removal' && problem === undefined ? header.removed : [],
  );
}

/**
 * The id by which every store knows a snapshot or mark, under whatever key it was sealed: that of the header which was
 * written first.
 */
export function firstIdOf({ id, header }: Pick<ListedHeader, 'id' | 'header'>): SnapshotId {
  return header?.origin?.id ?? id;
}

/**
 * The readable headers as far as trust is concerned. A removal stands in for what it removed: it names the parents of
 * those too, so that what they stood on is neither a head nor able to vanish unseen.
 */
export function seenHeaders(headers: readonly ListedHeader[]): SeenHeader[] {
  return headers.flatMap(({ id, header, problem }) => {
    if (header === undefined) return [];
    const { time, signer, parents } = header;
    const isBackup = header.kind === 'snapshot' && !header.tags.includes(automaticTag);
    const common = { id, time, signer, isBackup, counts: problem === undefined };
    if (header.kind !== 'removal') return [{ ...common, parents }];
    const { removed, removedParents = [] } = header;
    return [{ ...common, parents: [...new Set([...parents, ...removedParents.flat()])], removed }];
  });
}

/** Ids of the headers that are there but cannot be read. */
export function unreadableIds(headers: readonly ListedHeader[]): SnapshotId[] {
  return headers.filter(({ header }) => header === undefined).map(({ id }) => id);
}
