/** Backups of a simulated workspace with every request counted. */
import { join } from 'node:path';
import { requestFloor, total } from './floor.js';
import { makeStore, openStore } from './workplace.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const seed = 3;

/** Databases, in every benchmark of requests. */
const databases = 20;
const viewsPerDatabase = 2;

/** Half of the pages are rows; every page has exactly three blocks with children, and 20 blocks unless said otherwise. */
export function benchWorkspace(product, pages, blocksPerPage = 20) {
  const rowsPerDatabase = Math.floor(pages / 2 / databases);
  return product.generateWorkspace({
    seed,
    pages: pages - databases * rowsPerDatabase,
    databases,
    rowsPerDatabase,
    viewsPerDatabase,
    containersPerPage: 3,
    blocksPerPage,
    variety: 'plain',
  });
}

/**
 * A first run, an unchanged run and a run after 1 % of the pages were edited, a day between them.
 * @returns the requests of each beside its floor
 */
export async function measureRuns(product, folder, { pages, blocksPerPage, comments, rereadWithin = 0 }) {
  const state = benchWorkspace(product, pages, blocksPerPage);
  return withBench(product, folder, { state }, async (bench) => {
    const everything = [...state.pages.keys()];
    const first = await bench.run({
      comments,
      rereadWithin,
      kind: { listing: 'everything', pages: everything },
    });
    bench.simulator.clock.advance(dayMs);
    const unchanged = await bench.run({ comments, rereadWithin, kind: { listing: 'edited', pages: [] } });
    bench.simulator.clock.advance(dayMs);
    const edited = product.mutateWorkspace(state, { seed, share: 0.01, clock: bench.simulator.clock });
    // Long enough ago that no page is hot: one read within two minutes of its edit is read again by the next run.
    bench.simulator.clock.advance(10 * minuteMs);
    const changed = await bench.run({ comments, rereadWithin, kind: { listing: 'edited', pages: edited } });
    return { first, unchanged, changed };
  });
}

/**
 * A first run against a limit of `perMinute` in windows of a minute.
 * @returns how much of each full window was used, and what was sent too early
 */
export async function measureLimiter(
  product,
  folder,
  { pages, blocksPerPage, perMinute, latencyMs, isDocumented },
) {
  const state = benchWorkspace(product, pages, blocksPerPage);
  const options = { state, requestsPerMinute: perMinute, latencyMs };
  return withBench(product, folder, options, async ({ simulator, run }) => {
    const connection = { assumeDocumentedBudget: isDocumented };
    await run({ comments: 'none', rereadWithin: 0, kind: { listing: 'everything', pages: [] }, connection });
    const { admittedPerWindow, rejected } = simulator.budget;
    // The last window ends with the run, not with the minute.
    const full = admittedPerWindow.slice(0, -1);
    return {
      windows: full,
      share: full.reduce((sum, count) => sum + count, 0) / (perMinute * full.length),
      rejected,
      impatient: simulator.log.filter(({ isImpatient }) => isImpatient).length,
    };
  });
}

async function withBench(product, folder, options, use) {
  const simulator = await product.startSimulator(options);
  const backend = new product.MemoryBackend();
  await makeStore(product, folder, backend);
  try {
    const result = await use({ simulator, run: (run) => backUp(product, folder, backend, simulator, run) });
    if (simulator.bugs.length > 0) throw new Error('the simulator failed', { cause: simulator.bugs[0] });
    return result;
  } finally {
    await simulator.close();
  }
}

async function backUp(
  product,
  folder,
  backend,
  simulator,
  { comments, rereadWithin, kind, connection = {} },
) {
  const floor = requestFloor(simulator.state, { ...kind, comments });
  const before = simulator.log.length;
  const startedAt = performance.now();
  const { url: apiUrl, token, clock } = simulator;
  const { silentMonitor: monitor } = product;
  const api = product.connectNotion({ token, apiUrl, clock, monitor, ...connection });
  try {
    const source = product.notionSource(
      {
        ...{ api, comments, rereadWithin, clock, monitor, roots: [], full: false, trash: false },
        ...{ externalMedia: false, media: true, signal: new AbortController().signal },
        checkpointFolder: join(folder, 'crawls'),
      },
      { id: 'bench', name: 'Bench' },
    );
    const report = await openStore(product, folder, backend, (store) =>
      product.backup({
        ...{ store, source, monitor, name: 'bench', tags: [], tool: 'bench', host: 'bench' },
        startedMs: clock.now(),
        now: () => clock.now(),
      }),
    );
    const used = requestsByKind(simulator.log.slice(before));
    return { floor, used, ratio: total(used) / total(floor), ms: performance.now() - startedAt, report };
  } finally {
    api.close();
  }
}

/** API requests by kind, ids left out: `GET blocks/{id}/children`. Media downloads spend no budget. */
export function requestsByKind(log) {
  const counts = new Map();
  for (const { method, path } of log) {
    if (!path.startsWith('/v1/')) continue;
    const [collection, id, ...rest] = path.slice('/v1/'.length).split('/');
    const isId = id !== undefined && id !== 'me';
    const tail = rest[0] === 'properties' ? ['properties', '{id}'] : rest;
    const kind = `${method} ${[collection, ...(id === undefined ? [] : [isId ? '{id}' : id]), ...tail].join('/')}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}
