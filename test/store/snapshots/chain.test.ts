import { describe, expect, it } from 'vitest';
import type { SnapshotId } from '../../../src/store/format/ids.ts';
import { chainOf } from '../../../src/store/snapshots/chain.ts';
import type { ListedHeader } from '../../../src/store/snapshots/listed-header.ts';
import { anyId } from '../context.ts';

const now = Date.parse('2026-06-01T00:00:00.000Z');
const id = (digit: string): SnapshotId => anyId(digit);
const base = { host: 'here', tool: 'test', signer: 'f'.repeat(64) };

function snapshot(digit: string, time: string, ...parents: string[]): ListedHeader {
  const header = {
    ...base,
    kind: 'snapshot' as const,
    time,
    parents: parents.map(id),
    durationMs: 0,
    source: '',
    name: '',
    description: '',
    tags: [],
    complete: true,
    errors: 0,
    counts: {},
    contentBytes: 0,
    addedBytes: 0,
    manifest: null,
    root: { size: 0, chunks: [] },
  };
  return { id: id(digit), sizeBytes: 1, header };
}

const order = (headers: readonly ListedHeader[]) =>
  chainOf(headers, now)
    .map(({ listed }) => listed.id.slice(0, 1))
    .join('');
const times = (headers: readonly ListedHeader[]) => chainOf(headers, now).map(({ time }) => time);

const [march, april, may] = ['2026-03-01', '2026-04-01', '2026-05-01'].map((day) => `${day}T00:00:00.000Z`);
const future = '2036-01-01T00:00:00.000Z';
const past = '2001-01-01T00:00:00.000Z';

describe('the order of headers', () => {
  it('follows the parents, whatever the times say', () => {
    const headers = [
      snapshot('a', march ?? ''),
      snapshot('b', future, 'a'),
      snapshot('c', april ?? '', 'b'),
      snapshot('d', past, 'c'),
      snapshot('e', may ?? '', 'd'),
    ];
    expect(order(headers)).toBe('abcde');
    expect(order([...headers].reverse())).toBe('abcde');
    expect(times(headers)).toEqual([march, april, april, april, may]);
  });

  it('takes the time where the parents leave it open', () => {
    expect(
      order([snapshot('b', april ?? '', 'c'), snapshot('a', may ?? '', 'c'), snapshot('c', march ?? '')]),
    ).toBe('cba');
  });

  it('shows nothing in the future, and of two times that contradict each other believes the first', () => {
    const lone = snapshot('a', future);
    expect(times([lone])).toEqual([new Date(now).toISOString()]);
    expect(times([snapshot('a', may ?? ''), snapshot('b', past, 'a')])).toEqual([may, may]);
  });

  it('is known across a snapshot that was removed', () => {
    const removal: ListedHeader = {
      id: id('e'),
      sizeBytes: 1,
      header: {
        ...base,
        kind: 'removal',
        time: may ?? '',
        parents: [id('c')],
        removed: [id('b')],
        removedParents: [[id('a')]],
      },
    };
    expect(order([snapshot('a', future), removal, snapshot('c', march ?? '', 'b')])).toBe('ace');
  });

  it('ends for a removal that lies about what it removed', () => {
    const removal: ListedHeader = {
      id: id('e'),
      sizeBytes: 1,
      header: {
        ...base,
        kind: 'removal',
        time: may ?? '',
        parents: [],
        removed: [id('b'), id('c')],
        removedParents: [[id('c')], [id('b')]],
      },
    };
    expect(order([removal, snapshot('a', march ?? '', 'b')])).toBe('ae');
  });
});
