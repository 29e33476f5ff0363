/** The snapshots and marks of two stores of different keys, matched by the ids of their first headers. */
import type { SnapshotId } from '../format/ids.ts';
import type { Header } from '../format/snapshot-header.ts';
import type { ListedHeader } from '../snapshots/listed-header.ts';
import { firstIdOf } from '../snapshots/listed-header.ts';

interface Copy {
  readonly id: SnapshotId;
  readonly header: Header;
}

export class FirstIds {
  /** Headers of the source, those that are not trusted too. */
  readonly source: readonly ListedHeader[];
  readonly #byId: ReadonlyMap<SnapshotId, ListedHeader>;
  /** Parents of what the source removed. */
  readonly #removedParents = new Map<SnapshotId, readonly SnapshotId[]>();
  /** Headers of the target by first id. */
  readonly #copies = new Map<SnapshotId, Copy>();
  readonly #removed = new Set<SnapshotId>();

  /** Only trusted headers of the target count: a forged one must not stand in the way of the real one. */
  constructor(source: readonly ListedHeader[], target: readonly ListedHeader[]) {
    this.source = source;
    this.#byId = new Map(source.map((listed) => [listed.id, listed]));
    for (const listed of [...source, ...target]) {
      const { header, problem } = listed;
      if (header?.kind !== 'removal' || problem !== undefined) continue;
      for (const id of [...header.removed, ...(header.removedOrigins ?? [])]) this.#removed.add(id);
    }
    for (const { header, problem } of source) {
      if (header?.kind !== 'removal' || problem !== undefined) continue;
      header.removed.forEach(
        (id, at) => void this.#removedParents.set(id, header.removedParents?.[at] ?? []),
      );
    }
    for (const { id, header, problem } of target)
      if (header !== undefined && problem === undefined && !this.#removed.has(id))
        this.#copies.set(firstIdOf({ id, header }), { id, header });
  }

  /** True when one of the stores removed the snapshot of the source: that is final. */
  isRemoved(id: SnapshotId): boolean {
    return this.#removed.has(id) || this.#removed.has(this.#firstId(id));
  }

  /** Id at the target of a header of the source; undefined when it is not there. */
  atTarget(id: SnapshotId): SnapshotId | undefined {
    return this.#copies.get(this.#firstId(id))?.id;
  }

  targetHeader(id: SnapshotId): Header | undefined {
    return this.#copies.get(this.#firstId(id))?.header;
  }

  /** Notes that `copy`, of the id `copyId`, now stands at the target for `id` of the source. */
  add(id: SnapshotId, copyId: SnapshotId, copy: Header): void {
    this.#copies.set(this.#firstId(id), { id: copyId, header: copy });
  }

  /** The nearest headers at the target for what stands before `id` at the source. */
  parentsAtTarget(id: SnapshotId): SnapshotId[] {
    const found = new Set<SnapshotId>();
    const seen = new Set<SnapshotId>();
    const open = [...this.#parents(id)];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const copy = this.atTarget(next);
      if (copy === undefined) open.push(...this.#parents(next));
      else found.add(copy);
    }
    return [...found].sort();
  }

  #parents(id: SnapshotId): readonly SnapshotId[] {
    const header = this.#byId.get(id)?.header;
    if (header === undefined) return this.#removedParents.get(id) ?? [];
    if (header.kind !== 'removal') return header.parents;
    return [...header.parents, ...(header.removedParents ?? []).flat()];
  }

  #firstId(id: SnapshotId): SnapshotId {
    const listed = this.#byId.get(id);
    return listed?.problem === undefined && listed !== undefined ? firstIdOf(listed) : id;
  }
}
