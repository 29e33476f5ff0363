/** Backs up a simulated workspace into the store of `folder`, as the command does, and tells how it goes. */
import { join } from 'node:path';
import { product } from '../product.js';
import { measureStep, stepInput, tellProgress } from '../step.js';
import { openStoreWriter, storeBackend } from '../workplace.js';

const { folder, url, token, comments, tellEvery } = stepInput();
const { systemClock: clock, silentMonitor } = product;

// As the program does it.
product.keepHeapSmall();
await measureStep(async () => {
  const api = product.connectNotion({ token, apiUrl: url, clock, monitor: silentMonitor });
  const monitor = { report: (event) => follow(event, api) };
  const source = product.notionSource(
    {
      ...{ api, comments, clock, monitor, rereadWithin: 0, roots: [], full: false, trash: false },
      ...{ commentShare: 20, emails: false, lockWaitMs: 0 },
      ...{ externalMedia: false, media: true, signal: new AbortController().signal },
      checkpointFolder: join(folder, 'crawls'),
    },
    { id: 'bench', name: 'Bench' },
  );
  const report = await openStoreWriter(product, folder, storeBackend(product, folder), (store) =>
    product.backup({
      ...{ store, source, monitor, name: 'bench', tags: [], tool: 'bench', host: 'bench' },
      startedMs: clock.now(),
      now: () => clock.now(),
    }),
  );
  const requests = api.requestsSpent;
  api.close();
  const { contentBytes } = report.snapshot.header ?? { contentBytes: 0 };
  const { bytesAdded, counts, errors, complete } = report;
  return { requests, bytes: contentBytes, bytesAdded, counts, errors, complete };
});

/** Tells time, requests and memory at the begin of each phase and each `tellEvery` objects read. */
function follow(event, api) {
  const isMilestone = event.type === 'progress' && event.phase === 'reading' && event.done % tellEvery === 0;
  if (event.type !== 'phase' && !isMilestone) return;
  const { user, system } = process.cpuUsage();
  tellProgress({
    ...event,
    atMs: performance.now(),
    cpuMs: (user + system) / 1_000,
    requests: api.requestsSpent,
    megabytes: process.memoryUsage.rss() / 1_000_000,
  });
}
