import { describe, expect, it } from 'vitest';
import { arrayAt, objectAt } from '../../../src/document/json.ts';
import { parseSelection } from '../../../src/document/selection/selection.ts';
import { generateWorkspace } from '../../../src/simulator/sample/generated/generate.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { Random } from '../../../src/simulator/workspace/random.ts';
import { seededRandom } from '../../../src/simulator/workspace/random.ts';
import type { State } from '../../../src/simulator/workspace/state.ts';
import { compact } from './expected-workspace.ts';
import type { MemorySnapshot, SnapshotObject } from './memory-snapshot.ts';
import { MemorySink } from './memory-snapshot.ts';
import type { Patterns } from './selection-oracle.ts';
import { chosenOf } from './selection-oracle.ts';
import type { Outcome, SimulatedCrawl } from './simulated-crawl.ts';
import { withSimulatedCrawl } from './simulated-crawl.ts';

function idsOf(snapshot: MemorySnapshot): string[] {
  return [...snapshot.all.keys()].sort();
}

/** A crawl with nothing before it. */
async function fresh(crawls: SimulatedCrawl, patterns?: Patterns): Promise<Outcome> {
  crawls.previous = null;
  crawls.sink = new MemorySink();
  return await run(crawls, patterns);
}

function run(crawls: SimulatedCrawl, patterns?: Patterns): Promise<Outcome> {
  const selection = patterns === undefined ? undefined : parseSelection(patterns);
  if (process.env.DBG) console.log(JSON.stringify(patterns));
  return crawls.run({ media: false, ...(selection === undefined ? {} : { selection }) });
}

function named(snapshot: MemorySnapshot, title: string): SnapshotObject {
  const found = [...snapshot.all.values()].find(({ path }) => path.includes(`/${title}~`) && !path.split(`/${title}~`)[1]?.includes('/'));
  if (found === undefined) throw new Error(`no object ${title}`);
  return found;
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
  const some = (most: number) => Array.from({ length: random.below(most + 1) }, () => patternFor(everything, random));
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
  it.each(Array.from({ length: 10 }, (_, seed) => seed + 1))(
    'holds what the documented rule chooses of a snapshot of everything, document for document (seed %i)',
    async (seed) => {
      const random = seededRandom(seed * 7919);
      await withSimulatedCrawl({ state: world(seed) }, async (crawls) => {
        const everything = (await fresh(crawls)).snapshot;
        const rounds = Array.from({ length: 3 }, () => patternsFrom(everything, random));
        for (const [round, patterns] of rounds.entries()) {
          const expected = chosenOf(everything, patterns);
          if (expected.length === 0) continue;
          // The first stands alone, the others follow a run with another selection.
          const { snapshot } = round === 0 ? await fresh(crawls, patterns) : await run(crawls, patterns);
          expect(idsOf(snapshot), JSON.stringify(patterns)).toEqual(expected);
          for (const id of expected)
            expect(snapshot.document(id), JSON.stringify(patterns)).toEqual(everything.document(id));
        }
        const after = (await run(crawls)).snapshot;
        expect(after.listing()).toEqual(everything.listing());
      });
    },
    120_000,
  );
});
