/** A store with more snapshots than anybody wants to wait for: one tree, many headers. */
import { expect } from 'vitest';
import type { SnapshotId } from '../../src/store/format/ids.ts';
import { encodeHeader, headerIdOf, headerName } from '../../src/store/format/snapshot-header.ts';
import type { TestStore } from './fixture.ts';
import { pagesOf } from './life-cycle.ts';

/** Writes `count` snapshots of one tree, a minute apart, each on the one before. Returns their ids, oldest first. */
export async function manySnapshots(machine: TestStore, count: number): Promise<SnapshotId[]> {
  const { id, header } = await machine.snapshot(pagesOf([1]));
  const { context } = await machine.secrets();
  const identity = await machine.identity();
  const made: SnapshotId[] = [id];
  for (let number = 2; number <= count; number++) {
    machine.nowMs += 60_000;
    const time = new Date(machine.nowMs).toISOString();
    const parents = made.slice(-1);
    const file = encodeHeader(context, { ...(header ?? expect.fail()), time, parents }, identity);
    made.push(headerIdOf(file));
    await machine.backend.create(headerName(headerIdOf(file)), file);
  }
  return made;
}
