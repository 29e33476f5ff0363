import { describe, expect, it } from 'vitest';
import type { PreviousSnapshot } from '../../../../src/document/content.ts';
import type { JsonObject } from '../../../../src/document/json.ts';
import { createPlan } from '../../../../src/notion/crawl/context/plan.ts';
import type { CrawlOptions } from '../../../../src/notion/crawl/crawl.ts';
import { importPrevious } from '../../../../src/notion/crawl/discover/discover-previous.ts';
import { fakeContext, numberId } from '../fake-context.ts';

const settings = { roots: [], comments: 'changed', trash: false, external_media: false, media: true };

/** A snapshot of a large workspace with this manifest. */
function previous(manifest: JsonObject = {}): PreviousSnapshot {
  return {
    id: 'before',
    time: '2026-01-01T00:00:00.000Z',
    manifest: {
      run: 4,
      started: '2026-01-01T10:00:00.000Z',
      newest_edit: '2026-01-01T11:00:00.000Z',
      counts: { pages: 5_000, rows: 100, data_sources: 3 },
      listing: { runs_since_full: 2 },
      settings,
      ...manifest,
    },
    object: () => undefined,
    objects: () => [],
  };
}

function plan(manifest: JsonObject = {}, options: Partial<CrawlOptions> = {}) {
  return createPlan(
    fakeContext(() => ({}), { previous: previous(manifest), comments: 'changed', ...options }).options,
  );
}

describe('the plan of a run', () => {
  it('lists from half an hour before the previous run, by the earlier of two clocks', () => {
    expect(plan().sinceMs).toBe(Date.UTC(2026, 0, 1, 9, 30));
    // This machine's clock ran an hour ahead of Notion's.
    expect(plan({ newest_edit: '2026-01-01T09:00:00.000Z' }).sinceMs).toBe(Date.UTC(2026, 0, 1, 8, 30));
  });

  it('lists everything on a first run, in a small workspace, each seventh run, and when the last run says so', () => {
    expect(createPlan(fakeContext(() => ({})).options).sinceMs).toBeNull();
    expect(plan({ counts: { pages: 200, rows: 50, data_sources: 3 } }).sinceMs).toBeNull();
    expect(plan({ listing: { runs_since_full: 6 } }).sinceMs).toBeNull();
    expect(plan({ listing: { runs_since_full: 5 } }).runsSinceFullListing).toBe(6);
    expect(plan({ relist: true }).sinceMs).toBeNull();
    expect(plan({ started: 'yesterday' }).sinceMs).toBeNull();
    expect(plan({}, { rereadWithin: 3 }).sinceMs).toBeNull();
  });

  it('reads everything when more has to be read again than the last run could list', () => {
    expect(plan({ reread: { gaps: [numberId(1)], all: false } }).force).toBe(false);
    expect(plan({ reread: { gaps: [numberId(1)], all: true } }).force).toBe(true);
  });

  it('reads everything when told to, and when more is to be kept than before', () => {
    expect(plan().force).toBe(false);
    expect(plan({}, { full: true })).toMatchObject({ force: true, sinceMs: null });
    expect(plan({ settings: { ...settings, emails: false } }, { emails: true }).force).toBe(true);
    for (const less of [
      { media: false },
      { external_media: false },
      { comments: 'none' },
      { comments: 'pages' },
    ]) {
      expect(plan({ settings: { ...settings, ...less } }, { externalMedia: true }).force).toBe(true);
    }
    expect(plan({}, { comments: 'none', media: false }).force).toBe(false);
  });

  it('expects nothing of a snapshot of other roots', () => {
    expect(plan({}, { roots: [numberId(1)] })).toMatchObject({
      coversSame: false,
      isWhole: false,
      sinceMs: null,
    });
    const same = { settings: { ...settings, roots: [numberId(1), numberId(2)] } };
    expect(plan(same, { roots: [numberId(2), numberId(1)] }).coversSame).toBe(true);
  });

  it('reads each page in its turn, exactly once in so many runs', () => {
    const ids = Array.from({ length: 200 }, (_, n) => numberId(n * 7_919));
    const turns = Array.from({ length: 5 }, (_, run) => plan({ run }, { rereadWithin: 5 }));
    for (const id of ids) expect(turns.filter(({ isDue }) => isDue(id))).toHaveLength(1);
    const never = plan();
    expect(ids.filter((id) => never.isDue(id))).toEqual([]);
  });

  it('takes up again what the previous run could not read at all', () => {
    const reread = { hot: [], torn: [], gaps: [numberId(5)], databases: [numberId(6)] };
    const context = fakeContext(() => ({}), { previous: previous({ reread }), comments: 'changed' });
    importPrevious(context);
    expect(context.state.objects.get(numberId(5))).toMatchObject({ kind: 'page', state: 'pending' });
    expect(context.state.objects.get(numberId(6))).toMatchObject({ kind: 'database', state: 'pending' });
  });
});
