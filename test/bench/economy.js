/** Backups of a simulated workspace with every request counted. */
import { join } from 'node:path';
import { requestFloor, total } from './floor.js';
import { makeStore, openStoreWriter } from './workplace.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const longAgo = Date.UTC(2024, 0, 31);
const seed = 3;

/** Databases, in every benchmark of requests. */
const databases = 20;
const viewsPerDatabase = 2;

/** Half of the pages are rows; every page has exactly three blocks with children, and 20 blocks unless said otherwise. */
export function benchWorkspace(product, pages, blocksPerPage = 20) {
  const rowsPerDatabase = Math.floor(pages / 2 / databases);
  const state = product.generateWorkspace({
    seed,
    pages: pages - databases * rowsPerDatabase,
    databases,
    rowsPerDatabase,
    viewsPerDatabase,
    containersPerPage: 3,
    blocksPerPage,
    variety: 'plain',
  });
  // As in life, schemas are older than most pages: a search of what was edited lately does not show them.
  for (const source of state.dataSources.values()) source.editedTime = longAgo;
  return state;
}

/**
 * A first run, an unchanged run and a run after 1 % of the pages were edited, a day between them.
 * @returns the requests of each beside its floor
 */
export function measureRuns(product, folder, { pages, blocksPerPage, comments }) {
  const state = benchWorkspace(product, pages, blocksPerPage);
  return withBench(product, folder, { state }, (bench) => runThrice(product, bench, state, comments));
}

/**
 * The same, and then unchanged runs that do more than what changed asks for: one that reads a thirtieth of the pages
 * again, as the command does by default, and the one that lists everything, as every seventh does.
 */
export function measureMoreRuns(product, folder, { pages, comments }) {
  const state = benchWorkspace(product, pages);
  return withBench(product, folder, { state }, async (bench) => {
    const runs = await runThrice(product, bench, state, comments);
    const reread = await nextDay(bench, { comments, rereadWithin: 30, kind: { listing: 'edited' } });
    for (let run = 5; run < 8; run += 1)
      await nextDay(bench, { comments, kind: { listing: 'edited', pages: [] } });
    const relisted = await nextDay(bench, { comments, kind: { listing: 'everything', pages: [] } });
    return { ...runs, reread, relisted };
  });
}

async function runThrice(product, bench, state, comments) {
  const everything = [...state.pages.keys()];
  const first = await bench.run({
    comments,
    kind: { isFirst: true, listing: 'everything', pages: everything },
  });
  const unchanged = await nextDay(bench, { comments, kind: { listing: 'edited', pages: [] } });
  const edited = product.mutateWorkspace(state, { seed, share: 0.01, clock: bench.simulator.clock });
  const changed = await nextDay(bench, { comments, kind: { listing: 'edited', pages: edited } });
  return { first, unchanged, changed };
}

/** So long after the last edits no page is hot: one read within two minutes of its edit is read again by the next run. */
function nextDay(bench, run) {
  bench.simulator.clock.advance(dayMs);
  return bench.run(run);
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
    await run({ comments: 'none', kind: { isFirst: true, listing: 'everything', pages: [] }, connection });
    const { admittedPerWindow, rejected } = simulator.budget;
    // The last window ends with the run, not with the minute.
    const full = admittedPerWindow.slice(0, -1);
    return {
      windows: full,
      share: full.reduce((sum, count) => sum + count, 0) / (perMinute * full.length),
      rejected,
      impatient: simulator.log.filter(({ ignoredRetryAfter }) => ignoredRetryAfter).length,
    };
  });
}

/**
 * A first run of a workspace with media, against a budget and a line of its file host, in virtual time.
 * @returns the time it took and the time on paper: the longer of requests / budget and bytes / bandwidth
 */
export async function measureOverlap(
  product,
  folder,
  { pages, media, mediaBytes, mediaPages = pages, perMinute, bytesPerSecond, latencyMs },
) {
  const state = product.generateWorkspace({
    ...{ seed, pages, media, mediaBytes, mediaPages },
    ...{ containersPerPage: 3, blocksPerPage: 6, variety: 'plain' },
  });
  const options = {
    ...{ state, requestsPerMinute: perMinute, latencyMs },
    mediaBytesPerSecond: bytesPerSecond,
  };
  return withBench(product, folder, options, async ({ simulator, run }) => {
    const { clock, log } = simulator;
    const startedMs = clock.now();
    const kind = { isFirst: true, listing: 'everything', pages: [] };
    await run({ comments: 'none', kind, connection: { requestsPerMinute: perMinute } });
    const requests = log.filter(({ path }) => path.startsWith('/v1/')).length;
    const downloads = log.filter(({ path }) => path.startsWith('/files/')).length;
    const bytes = [...state.files.values()].reduce((sum, { size }) => sum + size, 0);
    const requestsMs = (requests / perMinute) * minuteMs;
    const bytesMs = (bytes / bytesPerSecond) * 1_000;
    const tookMs = clock.now() - startedMs;
    return {
      requests,
      downloads,
      bytes,
      requestsMs,
      bytesMs,
      paperMs: Math.max(requestsMs, bytesMs),
      tookMs,
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

/** One backup. Its floor counts the pages that `kind` names, or those it chose to read when none are named. */
async function backUp(
  product,
  folder,
  backend,
  simulator,
  { comments, rereadWithin = 0, kind, connection = {} },
) {
  const before = simulator.log.length;
  const startedAt = performance.now();
  const { url: apiUrl, token, clock } = simulator;
  const { silentMonitor: monitor } = product;
  const api = product.connectNotion({ token, apiUrl, clock, monitor, ...connection });
  try {
    const source = product.notionSource(
      {
        ...{ api, comments, rereadWithin, clock, monitor, roots: [], full: false, trash: false },
        ...{ commentShare: 20, emails: false, lockWaitMs: 0 },
        ...{ externalMedia: false, media: true, signal: new AbortController().signal },
        checkpointFolder: join(folder, 'crawls'),
      },
      { id: 'bench', name: 'Bench' },
    );
    const report = await openStoreWriter(product, folder, backend, (store) =>
      product.backup({
        ...{ store, source, monitor, name: 'bench', tags: [], tool: 'bench', host: 'bench' },
        startedMs: clock.now(),
        now: () => clock.now(),
      }),
    );
    const log = simulator.log.slice(before);
    const used = requestsByKind(log);
    const { state } = simulator;
    const floor = requestFloor(state, { isFirst: false, pages: pagesRead(state, log), ...kind, comments });
    return { floor, used, ratio: total(used) / total(floor), ms: performance.now() - startedAt, report };
  } finally {
    api.close();
  }
}

/** Ids of the pages whose blocks were listed. */
function pagesRead(state, log) {
  const ids = log.map(({ path }) => /^\/v1\/blocks\/([^/]+)\/children$/.exec(path)?.[1] ?? '');
  return [...new Set(ids.filter((id) => state.pages.has(id)))];
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
