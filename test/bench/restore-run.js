/** One restore of a simulated workspace under a page of its own, with every request counted. */
import { join } from 'node:path';
import * as product from './restore-product.js';
import { MemorySnapshot } from './restore-snapshot.js';
import { withFolder } from './workplace.js';

/**
 * Backs `state` up, plans, restores.
 * @returns requests used, those of the plan, the floor, writes refused, errors, bytes sent and the virtual minutes at a
 * budget of 180 requests a minute
 */
export function measureRestore(state) {
  return withFolder(async (folder) => {
    const simulator = await product.startSimulator({ state });
    const { clock, token, url } = simulator;
    const connection = { token, apiUrl: url, clock, timeoutClock: clock, random: () => 0.5 };
    const api = product.connectNotion({ ...connection, monitor: product.silentMonitor });
    try {
      const snapshot = await takeSnapshot(api, clock, folder);
      const destination = { type: 'page', id: addTarget(state, clock) };
      const plan = await product.planRestore({ snapshot, path: '/', destination, api });
      const from = simulator.log.length;
      const result = await product.restoreToNotion({
        api,
        snapshot,
        path: '/',
        destination,
        journalFile: join(folder, 'journal.sqlite'),
        markers: false,
        comments: true,
        monitor: product.silentMonitor,
      });
      const requests = simulator.log.slice(from).filter(({ path }) => path.startsWith('/v1/'));
      const refused = requests.filter(({ method, status }) => method !== 'GET' && status !== 200);
      return {
        used: requests.length,
        planned: plan.requests,
        floor: plan.requestsFloor,
        objects: plan.objects,
        refused: refused.length,
        errors: result.errors.length,
        bytes: result.bytesUploaded,
        minutes: plan.minutes,
      };
    } finally {
      api.close();
      await simulator.close();
    }
  });
}

async function takeSnapshot(api, clock, folder) {
  const snapshot = new MemorySnapshot();
  const crawled = await product.crawl({
    api,
    sink: snapshot,
    previous: null,
    monitor: product.silentMonitor,
    stateFile: join(folder, 'crawl.sqlite'),
    roots: [],
    full: true,
    rereadWithin: 0,
    comments: 'all',
    trash: false,
    externalMedia: false,
    media: true,
    downloadMedia: product.mediaOf({ api, clock }),
    sourceKey: 'bench',
  });
  snapshot.fill(crawled.steps());
  crawled.discard();
  return snapshot;
}

/** An empty page the connection may write below. */
function addTarget(state, clock) {
  const parent = { type: 'workspace', id: '' };
  const { id } = product.addPage(state, { parent, values: { title: [] }, createdTime: clock.now() });
  state.shared.add(id);
  return id;
}
