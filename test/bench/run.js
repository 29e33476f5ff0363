/**
 * `npm run bench`: how many megabytes a second a backup, a check and a restore to a folder move, and the memory each
 * takes in a process of its own, beside a plain SHA-256 pass over the same bytes as this machine's yardstick. Times
 * vary with the machine, so none is a bound; what comes out must be what went in.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { product } from './product.js';
import { megabyte, runStep, startStep } from './step.js';
import { Bounds, printTable, say } from './table.js';
import { makeStore, storeBackend, withFolder } from './workplace.js';

const { values } = parseArgs({
  options: {
    pages: { type: 'string', default: '1000' },
    blocks: { type: 'string', default: '40' },
    media: { type: 'string', default: '150' },
    'media-bytes': { type: 'string', default: '1000000' },
  },
});
const pages = Number(values.pages);
const databases = 5;
const rowsPerDatabase = Math.floor(pages / 2 / databases);
const workspace = {
  ...{ seed: 9, pages: pages - databases * rowsPerDatabase, databases, rowsPerDatabase },
  ...{ blocksPerPage: Number(values.blocks), media: Number(values.media) },
  mediaBytes: Number(values['media-bytes']),
};
const bounds = new Bounds();
const rows = [];

await withFolder(async (folder) => {
  const crawled = await backUpNotion(folder);
  await measure('check', 'check', { folder }, 'every byte of the store');
  const restoredFolder = join(folder, 'restored');
  const restored = await measure(
    'restore to a folder',
    'restore',
    { folder, to: restoredFolder },
    'the same bytes',
  );
  const hashed = await measure(
    'SHA-256 of the same bytes',
    'sha256',
    { from: restoredFolder },
    'the yardstick',
  );
  const direct = join(folder, 'direct');
  await makeStore(product, direct, storeBackend(product, direct));
  const stored = await measure(
    'backup of that folder',
    'backup-folder',
    { folder: direct, from: restoredFolder },
    'no API, a new store',
  );
  const again = await measure(
    'the same once more',
    'backup-folder',
    { folder: direct, from: restoredFolder },
    'all chunks known',
  );
  bounds.expect('the restored bytes are those of the snapshot', restored.bytes === crawled.bytes);
  bounds.expect(
    'all steps saw the same bytes',
    [hashed, stored, again].every(({ bytes }) => bytes === restored.bytes),
  );
  show(crawled, hashed, stored);
});
bounds.conclude();

async function backUpNotion(folder) {
  await makeStore(product, folder, storeBackend(product, folder));
  const simulator = startStep('simulator', workspace);
  try {
    const server = await simulator.result;
    const input = { folder, ...server, comments: 'none', tellEvery: pages };
    return await measure('backup over the API', 'backup-notion', input, 'simulator beside it, no rate limit');
  } finally {
    simulator.end();
  }
}

async function measure(what, step, input, remark) {
  const done = await runStep(step, input);
  rows.push({ what, remark, ...done });
  return done;
}

function show(crawled, { bytes, ms: yardstickMs }, stored) {
  const size = (count) => `${(count / megabyte).toFixed(1)} MB`;
  say(
    `${crawled.counts.pages + crawled.counts.rows} pages and rows, ${crawled.counts.media} media files, ` +
      `${size(bytes)} in all; ${crawled.requests} requests; ${size(stored.bytesAdded)} in a store of their own\n`,
  );
  printTable(
    ['', 'seconds', 'MB/s', 'of SHA-256', 'processor', 'peak memory', ''],
    rows.map(({ what, remark, bytes: moved, ms, cpuMs, peakMegabytes }) => [
      what,
      (ms / 1_000).toFixed(1),
      Math.round(moved / megabyte / (ms / 1_000)),
      `${Math.round((moved / ms / (bytes / yardstickMs)) * 100)} %`,
      `${(cpuMs / 1_000).toFixed(1)} s`,
      `${Math.round(peakMegabytes)} MB`,
      remark,
    ]),
  );
}
