/**
 * `npm run bench:restore`: how many requests restores into Notion spend beside the least that could do
 * (computed by src/notion/restore/plan/request-lower-bound.ts). Counts only: it fails when a bound is broken.
 */
import { parseArgs } from 'node:util';
import { generateWorkspace, sampleWorkspace } from './restore-product.js';
import { measureRestore } from './restore-run.js';
import { Bounds, printTable, say } from './table.js';

/** Most requests beside the floor, and most by which a plan may be wrong. */
const most = 1.15;
const planBound = 2;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3' },
    pages: { type: 'string', default: '25,200' },
  },
});
const bounds = new Bounds();
const rows = [];

await measure('sample workspace', sampleWorkspace());
for (const pages of values.pages.split(',').map(Number)) {
  for (const seed of values.seeds.split(',').map(Number)) {
    await measure(`${pages} pages, seed ${seed}`, generateWorkspace(generated(seed, pages)));
  }
}
say('Restores under an empty page; generated workspaces have two databases, files and comments\n');
printTable(
  ['', 'pages and rows', 'blocks', 'requests', 'planned', 'floor', '× floor', 'minutes at 180'],
  rows,
);
bounds.conclude();

function generated(seed, pages) {
  const rowsPerDatabase = Math.ceil(pages / 3);
  const few = Math.ceil(pages / 5);
  return {
    ...{ seed, pages, databases: 2, rowsPerDatabase, viewsPerDatabase: 4, depth: 5, variety: 'every' },
    ...{ media: few, mediaBytes: 4_000, comments: few },
  };
}

async function measure(what, state) {
  const { used, planned, floor, objects, refused, errors, minutes } = await measureRestore(state);
  const ratio = used / floor;
  bounds.expect(`${what}: ${ratio.toFixed(3)} × floor`, ratio <= most);
  bounds.expect(`${what}: ${planned} requests planned, ${used} used`, Math.abs(used - planned) <= planBound);
  bounds.expect(`${what}: ${refused} writes refused`, refused === 0);
  bounds.expect(`${what}: ${errors} things could not be written`, errors === 0);
  const count = objects.pages + objects.rows;
  rows.push([what, count, objects.blocks, used, planned, floor, ratio.toFixed(3), minutes]);
}
