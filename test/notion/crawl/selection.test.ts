import { describe, expect, it } from 'vitest';
import { arrayAt, objectAt } from '../../../src/document/json.ts';
import { parseSelection } from '../../../src/document/selection/selection.ts';
import { KlosetError } from '../../../src/errors.ts';
import type { NotionApi } from '../../../src/notion/api/api.ts';
import { isChosenId } from '../../../src/simulator/conditions/faults.ts';
import { generateWorkspace, mutateWorkspace } from '../../../src/simulator/sample/generated/generate.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { Random } from '../../../src/simulator/workspace/random.ts';
import { seededRandom } from '../../../src/simulator/workspace/random.ts';
import type { State } from '../../../src/simulator/workspace/state.ts';
import { addBlock, moveTo, touch } from '../../../src/simulator/workspace/state.ts';
import { compact } from './expected-workspace.ts';
import type { MemorySnapshot } from './memory-snapshot.ts';
import { MemorySink } from './memory-snapshot.ts';
import type { Patterns } from './selection-oracle.ts';
import { chosenOf } from './selection-oracle.ts';
import type { Outcome, SimulatedCrawl } from './simulated-crawl.ts';
import { withSimulatedCrawl } from './simulated-crawl.ts';

function idsOf(snapshot: MemorySnapshot): string[] {
  return [...snapshot.all.keys()].sort();
}

/** A crawl with nothing before it. */
async function fresh(
  crawls: SimulatedCrawl,
  patterns?: Patterns,
  comments: 'changed' | 'none' = 'changed',
): Promise<Outcome> {
  crawls.previous = null;
  crawls.sink = new MemorySink();
  return await run(crawls, patterns, comments);
}

function run(
  crawls: SimulatedCrawl,
  patterns?: Patterns,
  comments: 'changed' | 'none' = 'changed',
): Promise<Outcome> {
  const selection = patterns === undefined ? undefined : parseSelection(patterns);
  return crawls.run({ media: false, comments, ...(selection === undefined ? {} : { selection }) });
}

/** Requests for what lies in objects that are not chosen: their blocks, rows, views, templates and comments. */
function askedBelow(
  everything: MemorySnapshot,
  chosen: readonly string[],
  log: readonly { readonly path: string; readonly query: string }[],
): string[] {
  const left = [...everything.all.values()].filter(({ id }) => !chosen.includes(id));
  const sources = left
    .filter(({ kind }) => kind === 'database')
    .flatMap(({ id }) => arrayAt(everything.document(id), 'data_sources'))
    .map((source) => compact(String(objectAt({ source }, 'source')?.id)));
  const ids = new Set([...left.map(({ id }) => id), ...sources]);
  const inside = /\/(?:children|query|templates)\b|\/comments\?|\/views\?/;
  return log
    .map(({ path, query }) => `${path}?${query.replace(/^\?/, '')}`)
    .filter(
      (path) => inside.test(path) && (compact(path).match(/[0-9a-f]{32}/g) ?? []).some((id) => ids.has(id)),
    );
}

/** One pattern that names an object of the snapshot in one of the ways there are. */
function patternFor(everything: MemorySnapshot, random: Random): string {
  const objects = [...everything.all.values()];
  const object = objects[random.below(objects.length)];
  if (object === undefined) throw new Error('no objects');
  const plain = object.path.replace(/~[0-9a-f]+(?=\/|$)/g, '');
  const own = plain.slice(plain.lastIndexOf('/') + 1);
  const above = plain.slice(0, plain.lastIndexOf('/'));
  const ways = [
    object.id,
    `https://www.notion.so/x-${object.id}`,
    own,
    `title:${own}`,
    plain,
    `**/${own}`,
    `${above}/*`,
    `${plain}/**`,
    `${object.kind}:${own}`,
    `${own.slice(0, 2)}*`,
    `${object.kind}:${own.slice(0, 1)}*`,
  ];
  const sources = object.kind === 'database' ? arrayAt(everything.document(object.id), 'data_sources') : [];
  for (const source of sources) ways.push(compact(String(objectAt({ source }, 'source')?.id)));
  return ways[random.below(ways.length)] ?? own;
}

function patternsFrom(everything: MemorySnapshot, random: Random): Patterns {
  const some = (most: number) =>
    Array.from({ length: random.below(most + 1) }, () => patternFor(everything, random));
  const include = random.below(3) === 0 ? some(2) : [];
  const exclude = some(3).map((text) => (random.below(6) === 0 ? `!${text}` : text));
  return { include, exclude: exclude.filter((text) => !include.includes(text)) };
}

function world(seed: number): State {
  if (seed % 2 === 0) return sampleWorkspace({ small: true });
  return generateWorkspace({
    seed,
    pages: 25,
    roots: 3,
    depth: 4,
    databases: 3,
    rowsPerDatabase: 5,
    blocksPerPage: 4,
    containersPerPage: 1,
    comments: 5,
  });
}

describe('a crawl with a selection', () => {
  it.each(Array.from({ length: 6 }, (_, seed) => seed + 1))(
    'holds what the documented rule chooses of a snapshot of everything, document for document (seed %i)',
    async (seed) => {
      const random = seededRandom(seed * 7919);
      await withSimulatedCrawl({ state: world(seed) }, async (crawls) => {
        const everything = (await fresh(crawls)).snapshot;
        const rounds = Array.from({ length: 3 }, () => patternsFrom(everything, random));
        for (const [round, patterns] of rounds.entries()) {
          const expected = chosenOf(everything, patterns);
          if (expected.length === 0) continue;
          const before = crawls.simulator.log.length;
          // The first stands alone, the others follow a run with another selection.
          const { snapshot } = round === 0 ? await fresh(crawls, patterns) : await run(crawls, patterns);
          expect(idsOf(snapshot), JSON.stringify(patterns)).toEqual(expected);
          expect(askedBelow(everything, expected, crawls.simulator.log.slice(before))).toEqual([]);
          for (const id of expected)
            expect(snapshot.document(id), JSON.stringify(patterns)).toEqual(everything.document(id));
        }
        const after = (await run(crawls)).snapshot;
        expect(after.listing()).toEqual(everything.listing());
      });
    },
    120_000,
  );

  it('that lists only what was edited asks for nothing that was left out before, and finds what moved', async () => {
    const state = generateWorkspace({
      ...{ seed: 5, pages: 320, roots: 4, depth: 4 },
      ...{ variety: 'plain', blocksPerPage: 1, containersPerPage: 0 },
    });
    await withSimulatedCrawl({ state }, async (crawls) => {
      const everything = (await fresh(crawls, undefined, 'none')).snapshot;
      const [, second] = [...everything.all.values()].filter(({ parentId }) => parentId === null);
      if (second === undefined) throw new Error('no second top page');
      const patterns = { include: [], exclude: [second.id] };
      await fresh(crawls, patterns, 'none');
      crawls.simulator.clock.advance(3_600_000);
      mutateWorkspace(state, { seed: 3, share: 0.02, clock: crawls.simulator.clock });
      // A page of the chosen part points at one that is left out, and another one moves there.
      const below = [...everything.all.values()].filter(({ path }) => path.startsWith(`${second.path}/`));
      const chosen = [...everything.all.values()].filter(
        ({ path, parentId }) => parentId !== null && !path.startsWith(second.path),
      );
      const [pointed, target] = [below.at(-1), below[0]];
      const [pointing, moving] = [chosen[0], chosen.at(-1)];
      if (pointed === undefined || target === undefined || pointing === undefined || moving === undefined)
        throw new Error('too small a world');
      const page = (id: string) => {
        const found = [...state.pages.values()].find((each) => compact(each.id) === id);
        if (found === undefined) throw new Error(`no page ${id}`);
        return found;
      };
      const now = crawls.simulator.clock.now();
      addBlock(state, {
        parent: { type: 'page_id', id: page(pointing.id).id },
        type: 'link_to_page',
        payload: { type: 'page_id', page_id: page(pointed.id).id },
        createdTime: now,
      });
      moveTo(state, page(moving.id), { type: 'page_id', id: page(target.id).id });
      for (const each of [pointing, moving]) touch(page(each.id), now, page(each.id).createdBy);
      crawls.simulator.clock.advance(3_600_000);
      const before = crawls.simulator.log.length;
      const since = (await run(crawls, patterns, 'none')).snapshot;
      const asked = crawls.simulator.log.slice(before).map(({ path }) => compact(path));
      expect(objectAt(since.manifest, 'listing')?.depth).toBe('since');
      for (const { id } of [...below, second]) expect(asked.filter((path) => path.includes(id))).toEqual([]);
      expect(objectAt(objectAt(since.manifest, 'left_out'), 'moved')?.count).toBeGreaterThan(0);
      expect(idsOf(since)).toEqual(chosenOf((await fresh(crawls, undefined, 'none')).snapshot, patterns));
    });
  }, 120_000);

  it('asks for none of the rows of a database left out that chosen rows relate to, and search does not show', async () => {
    const state = generateWorkspace({
      ...{ seed: 2, pages: 12, roots: 2, depth: 2, databases: 6, rowsPerDatabase: 15 },
      ...{ variety: 'plain', blocksPerPage: 1, containersPerPage: 0 },
    });
    await withSimulatedCrawl({ state, faults: { searchHides: 0.5 } }, async (crawls) => {
      const everything = (await fresh(crawls)).snapshot;
      // Nobody can tell of a database that is only met after the rows.
      const { rates } = crawls.simulator.faults;
      const related = relatedDatabases(state).filter(
        ({ source }) => !isChosenId(rates, 'searchHides', source),
      );
      expect(related.length).toBeGreaterThan(1);
      for (const { from, to } of related) {
        const before = crawls.simulator.log.length;
        const patterns = { include: [], exclude: [to] };
        const { snapshot } = await fresh(crawls, patterns);
        const rows = [...everything.all.values()].filter(({ parentId }) => parentId === to);
        const asked = crawls.simulator.log.slice(before).map(({ path }) => compact(path));
        const counted = asked.filter((path) => rows.some(({ id }) => path.includes(`pages/${id}`)));
        expect([from, to, counted]).toEqual([from, to, []]);
        expect(idsOf(snapshot)).toEqual(chosenOf(everything, patterns));
      }
    });
  });

  it('resumes after it was killed with the decisions it had made, and equals one that was not', async () => {
    await withSimulatedCrawl({ state: sampleWorkspace({ small: true }) }, async (crawls) => {
      const patterns = { include: [], exclude: ['Journal', 'database:*'] };
      const selection = parseSelection(patterns);
      const expected = (await fresh(crawls, patterns)).snapshot;
      crawls.previous = null;
      crawls.sink = new MemorySink();
      let left = 9;
      const wrap = (api: NotionApi): NotionApi => ({
        ...api,
        clock: api.clock,
        requestsSpent: 0,
        sendFilePart: (id, part) => api.sendFilePart(id, part),
        request: (request) => {
          left -= 1;
          if (left < 0) throw new KlosetError('temporary', 'killed');
          return api.request(request);
        },
      });
      await expect(crawls.start({ media: false, selection, wrap })).rejects.toThrow('killed');
      const { snapshot } = await run(crawls, patterns);
      expect(snapshot.listing()).toEqual(expected.listing());
    });
  });
});

/** Databases with rows that relate to rows of another one. */
function relatedDatabases(state: State): { from: string; to: string; source: string }[] {
  return [...state.dataSources.values()].flatMap(({ databaseId, schema }) =>
    schema.flatMap(({ config }) => {
      const target = state.dataSources.get(String(config.data_source_id ?? ''));
      if (target === undefined || target.databaseId === databaseId) return [];
      return [{ from: compact(databaseId), to: compact(target.databaseId), source: target.id }];
    }),
  );
}
