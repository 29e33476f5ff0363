/**
 * `npm run bench:memory`: one backup of a big simulated workspace, the simulator in a process of its own. Peak memory
 * is bounded; that the cost of a page stays the same from the first tenth to the last is for the reader to see.
 */
import { parseArgs } from 'node:util';
import { product } from './product.js';
import { runStep, startStep } from './step.js';
import { Bounds, say } from './table.js';
import { makeStore, storeBackend, withFolder } from './workplace.js';

/** Most resident memory of the process that crawls and stores, in megabytes. */
const mostMegabytes = 300;
const databases = 20;

const { values } = parseArgs({
  options: {
    pages: { type: 'string', default: '100000' },
    blocks: { type: 'string', default: '20' },
    comments: { type: 'string', default: 'none' },
  },
});
const pages = Number(values.pages);
const rowsPerDatabase = Math.floor(pages / 2 / databases);
const workspace = {
  ...{ seed: 5, pages: pages - databases * rowsPerDatabase, databases, rowsPerDatabase },
  ...{ containersPerPage: 3, blocksPerPage: Number(values.blocks), variety: 'plain' },
};
const bounds = new Bounds();

await withFolder(async (folder) => {
  await makeStore(product, folder, storeBackend(product, folder));
  const simulator = startStep('simulator', workspace);
  try {
    const server = await simulator.result;
    for (const name of ['first run', 'second run, nothing changed']) await run(name, folder, server);
  } finally {
    simulator.end();
  }
});
bounds.conclude();

async function run(name, folder, server) {
  say(
    `${pages} pages, ${values.blocks} blocks and 3 containers a page, comments: ${values.comments}; ${name}`,
  );
  const tenth = Math.max(10, Math.floor(pages / 100) * 10);
  const input = { folder, ...server, comments: values.comments, tellEvery: tenth };
  let last;
  const show = (mark) => {
    say(lineOf(mark, last));
    last = mark;
  };
  say(
    columns(['', 'objects read', 'requests', 'requests a page', 'ms a page', 'processor ms', 'MB resident']),
  );
  const done = await runStep('backup-notion', input, show);
  show({
    phase: 'end',
    requests: done.requests,
    atMs: done.ms,
    cpuMs: done.cpuMs,
    megabytes: done.peakMegabytes,
  });
  const { counts, requests, bytes, bytesAdded, ms, cpuMs, peakMegabytes, errors, complete } = done;
  say(
    `\n${counts.pages + counts.rows} pages, ${requests} requests, ${Math.round(bytes / 1e6)} MB of documents and ` +
      `media, ${Math.round(bytesAdded / 1e6)} MB added; ${Math.round(ms / 1000)} s (${Math.round(cpuMs / 1000)} s of processor time); ` +
      `peak ${Math.round(peakMegabytes)} MB resident (bound ${mostMegabytes})\n`,
  );
  bounds.expect(`${name}: ${Math.round(peakMegabytes)} MB resident`, peakMegabytes < mostMegabytes);
  bounds.expect(`${name}: complete, without errors`, complete && errors === 0);
  bounds.expect(`${name}: ${counts.pages + counts.rows} pages`, counts.pages + counts.rows === pages);
}

/** One line: what the stretch between two marks cost. Lines appear as the run goes on: a big one takes long. */
function lineOf(mark, before) {
  const { phase, done, requests, megabytes } = mark;
  const read = done === undefined ? 0 : done - (before?.done ?? 0);
  const cost = ['requests', 'atMs', 'cpuMs'].map((what) =>
    read === 0 ? '' : ((mark[what] - (before?.[what] ?? 0)) / read).toFixed(3),
  );
  return columns([phase, done ?? '', requests, ...cost, Math.round(megabytes)]);
}

function columns([first, ...rest]) {
  return `${first.padEnd(22)}${rest.map((cell) => String(cell).padStart(17)).join('')}`;
}
