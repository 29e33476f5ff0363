import { describe, expect, test } from 'vitest';
import { packsOf } from '../../../src/store/check/check-subset.ts';
import type { PackId } from '../../../src/store/format/ids.ts';
import { packIdOf } from '../../../src/store/format/packfile.ts';

const idsOf = (count: number): PackId[] =>
  Array.from({ length: count }, (_, number) => packIdOf(Buffer.from(`${count} ${number}`)));
const sharesOf = (ids: readonly PackId[], of: number) =>
  Array.from({ length: of }, (_, at) => [...packsOf({ part: at + 1, of }, ids)]);

describe('the equal shares of a store', () => {
  test('have no packfile in common, are all of them together, and differ by one at most', () => {
    for (let count = 1; count <= 20; count++) {
      for (let of = 1; of <= count; of++) {
        const shares = sharesOf(idsOf(count), of);
        expect(shares.flat().sort()).toEqual(idsOf(count).sort());
        const sizes = shares.map((share) => share.length);
        expect(Math.min(...sizes)).toBe(Math.floor(count / of));
        expect(Math.max(...sizes)).toBe(Math.ceil(count / of));
      }
    }
  });

  test('each have one packfile where there are fewer of these than shares, and leave none out', () => {
    for (let count = 1; count <= 5; count++) {
      const shares = sharesOf(idsOf(count), 7);
      expect(shares.map((share) => share.length)).toEqual(Array(7).fill(1));
      expect([...new Set(shares.flat())].sort()).toEqual(idsOf(count).sort());
    }
  });

  test('are the same whatever the order in which a place lists its files', () => {
    const ids = idsOf(9);
    expect(sharesOf([...ids].reverse(), 4)).toEqual(sharesOf(ids, 4));
  });

  test('of an empty store have nothing', () => {
    expect(packsOf({ part: 2, of: 3 }, []).size).toBe(0);
  });
});
