import { describe, expect, it } from 'vitest';
import { placeObjects } from '../../../../src/notion/crawl/place/place-objects.ts';
import { treeSteps } from '../../../../src/notion/crawl/place/tree-steps.ts';
import type { ObjectKind } from '../../../../src/notion/crawl/state/objects.ts';
import type { Parent } from '../../../../src/notion/crawl/state/parent.ts';
import { fakeContext, numberId } from '../fake-context.ts';
import { MemorySink, MemorySnapshot } from '../memory-snapshot.ts';

interface Placed {
  readonly id: string;
  readonly parent: Parent;
  readonly kind?: ObjectKind;
  readonly stem?: string;
  readonly container?: string;
  readonly isTrashed?: boolean;
}

/** Paths of objects by id. */
function place(objects: readonly Placed[]): Map<string, string> {
  const context = fakeContext(() => ({}));
  for (const { id, parent, kind = 'page', stem = 'Page', container, isTrashed = false } of objects) {
    context.state.objects.add({ id, kind, state: 'read', ...(container === undefined ? {} : { container }) });
    context.state.objects.keepListed(
      id,
      {},
      { fetchedAt: 0, newestEdit: '', nameStem: stem, parent, isTrashed },
    );
  }
  placeObjects(context);
  const snapshot = new MemorySnapshot(new MemorySink(), treeSteps(context, []), {});
  return new Map([...snapshot.all.values()].map(({ id, path }) => [id, path]));
}

const root: Parent = { type: 'workspace', id: '' };
const inPage = (n: number): Parent => ({ type: 'page', id: numberId(n) });

describe('placing objects', () => {
  it('nests pages and databases in their parents and hangs the rest under /_orphans', () => {
    const paths = place([
      { id: numberId(1), parent: root, stem: 'Home' },
      { id: numberId(2), parent: inPage(1), stem: 'Child' },
      { id: numberId(3), parent: { type: 'page', id: numberId(99) }, stem: 'Lost' },
      { id: numberId(4), parent: { type: 'database', id: numberId(5) }, stem: 'Row' },
      { id: numberId(5), parent: inPage(2), kind: 'database', stem: 'Table' },
      {
        id: numberId(6),
        parent: { type: 'block', id: numberId(50) },
        container: numberId(2),
        stem: 'Column',
      },
      { id: numberId(7), parent: { type: 'unknown', id: '' }, stem: 'Strange' },
    ]);
    expect(paths.get(numberId(4))).toBe('/Home~00000001/Child~00000002/Table~00000005/Row~00000004');
    expect(paths.get(numberId(6))).toBe('/Home~00000001/Child~00000002/Column~00000006');
    expect(paths.get(numberId(3))).toBe('/_orphans/Lost~00000003');
    expect(paths.get(numberId(7))).toBe('/_orphans/Strange~00000007');
  });

  it('tells siblings of one name and one ending apart by more digits', () => {
    const ids = ['a', 'b', 'c'].map((digit) => `${digit.repeat(16)}0000000012345678`);
    const paths = place(ids.map((id) => ({ id, parent: root, stem: 'Same' })));
    expect(new Set(paths.values()).size).toBe(3);
    expect(paths.get(ids[0] ?? '')).toBe(`/Same~${ids[0]}`);
  });

  it('breaks circles of parents, always at the same place, and loses nothing', () => {
    const circle = [1, 2, 3].map((n) => ({ id: numberId(n), parent: inPage((n % 3) + 1) }));
    const self = { id: numberId(9), parent: inPage(9) };
    const paths = place([...circle, self, { id: numberId(4), parent: inPage(3) }]);
    expect(paths.size).toBe(5);
    expect(paths.get(numberId(1))).toBe('/_orphans/Page~00000001');
    expect(paths).toEqual(place([self, { id: numberId(4), parent: inPage(3) }, ...[...circle].reverse()]));
  });

  it('keeps chains of pages shallower than a tree may be', () => {
    const chain = Array.from({ length: 900 }, (_, n) => ({
      id: numberId(n + 1),
      parent: n === 0 ? root : inPage(n),
      stem: 'P',
    }));
    const paths = place(chain);
    expect(paths.size).toBe(900);
    const depths = [...paths.values()].map((path) => path.split('/').length);
    expect(Math.max(...depths)).toBeLessThan(450);
    expect([...paths.values()].filter((path) => path.startsWith('/_orphans/')).length).toBeGreaterThan(450);
    expect([...paths.values()].filter((path) => /^\/_orphans\/[^/]+$/.test(path)).length).toBeLessThan(5);
  });

  it('puts trash apart, nested as it was', () => {
    const paths = place([
      { id: numberId(1), parent: root, stem: 'Home' },
      { id: numberId(2), parent: inPage(1), stem: 'Bin', isTrashed: true },
      { id: numberId(3), parent: inPage(2), stem: 'Below', isTrashed: true },
    ]);
    expect(paths.get(numberId(3))).toBe('/_trash/Bin~00000002/Below~00000003');
  });
});
