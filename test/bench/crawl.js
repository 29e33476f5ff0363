/**
 * `npm run bench:crawl`: how many requests backups of a simulated workspace spend beside the fewest that could do
 * (floor.js), and how much of a request budget they use. Counts only: it fails when a bound is broken.
 */
import { parseArgs } from 'node:util';
import { measureLimiter, measureMoreRuns, measureOverlap } from './economy.js';
import { total } from './floor.js';
import { product } from './product.js';
import { Bounds, printTable, say } from './table.js';
import { withFolder } from './workplace.js';

/** Most requests beside the floor; the last two kinds of run have no bound, but one should know what they cost. */
const most = { first: 1.05, unchanged: 1.1, changed: 1.1 };
const names = {
  first: 'first run',
  unchanged: 'unchanged',
  changed: '1 % edited',
  reread: 'unchanged, a 30th of the pages read again',
  relisted: 'unchanged, everything listed (each 7th run)',
};
/** Least share of the budget used in full windows. */
const leastShare = 0.97;
/** Most time of a first run with media beside the longer of requests / budget and bytes / bandwidth, and what cannot overlap. */
const mostTime = { ratio: 1.05, tailMs: 5_000 };

const { values } = parseArgs({
  options: {
    pages: { type: 'string', default: '1000,10000' },
    comments: { type: 'string', default: 'none' },
    limiter: { type: 'string', default: '1000' },
    overlap: { type: 'string', default: '1000' },
    verbose: { type: 'boolean', default: false },
  },
});
const bounds = new Bounds();

for (const pages of values.pages.split(',').filter(Boolean).map(Number)) {
  await showRuns(pages, values.comments);
}
if (Number(values.limiter) > 0) await showLimiter(Number(values.limiter));
if (Number(values.overlap) > 0) await showOverlap(Number(values.overlap));
bounds.conclude();

async function showRuns(pages, comments) {
  const runs = await withFolder((folder) => measureMoreRuns(product, folder, { pages, comments }));
  say(`${pages} pages (half of them rows of 20 databases, 3 containers a page), comments: ${comments}`);
  const rows = Object.entries(runs).map(([name, { used, floor, ratio, ms }]) => {
    // With comments, later runs also spend their share on asking unchanged pages: no floor needs that.
    const bound = comments === 'none' || name === 'first' ? most[name] : undefined;
    const what = `${pages} pages, comments ${comments}, ${names[name]}: ${ratio.toFixed(3)} × floor`;
    if (bound !== undefined) bounds.expect(what, ratio <= bound);
    return [
      names[name],
      total(used),
      total(floor),
      ratio.toFixed(4),
      bound?.toFixed(2) ?? 'none',
      `${(ms / 1000).toFixed(1)} s`,
    ];
  });
  printTable(['', 'requests', 'floor', '× floor', 'bound', 'took'], rows);
  if (values.verbose) for (const [name, run] of Object.entries(runs)) showTerms(names[name], run);
}

function showTerms(name, { used, floor }) {
  const kinds = [...new Set([...floor.keys(), ...used.keys()])];
  printTable(
    [name, 'requests', 'floor'],
    kinds.map((kind) => [kind, used.get(kind) ?? 0, floor.get(kind) ?? 0]),
  );
}

async function showLimiter(pages) {
  const perMinute = 180;
  say(`Budget: ${pages} pages, ${perMinute} requests a minute in fixed windows, virtual clock`);
  const rows = [];
  for (const latencyMs of [300, 2_000]) {
    for (const isDocumented of [true, false]) {
      const options = { pages, perMinute, latencyMs, isDocumented };
      const { windows, share, rejected, impatient } = await withFolder((folder) =>
        measureLimiter(product, folder, options),
      );
      const known = isDocumented ? '180 to 600' : 'nothing';
      const what = `latency ${latencyMs} ms, budget known: ${known}`;
      bounds.expect(`${what}: ${(share * 100).toFixed(1)} % of the budget used`, share >= leastShare);
      bounds.expect(`${what}: ${impatient} requests before Retry-After had passed`, impatient === 0);
      rows.push([
        what,
        windows.length,
        `${(share * 100).toFixed(2)} %`,
        Math.min(...windows),
        rejected,
        impatient,
      ]);
    }
  }
  printTable(['', 'full windows', 'used', 'worst window', 'refused', 'impatient'], rows);
}

async function showOverlap(pages) {
  const perMinute = 180;
  const media = { media: pages / 2, mediaBytes: 200_000 };
  say(`Media: ${pages} pages, ${media.media} files of 200 kB, ${perMinute} requests a minute, virtual clock`);
  const rows = [];
  for (const mediaPages of [pages, pages / 20]) {
    for (const bytesPerSecond of [250_000, 75_000, 37_500]) {
      const options = { pages, ...media, mediaPages, perMinute, bytesPerSecond, latencyMs: 300 };
      const { requests, requestsMs, bytesMs, paperMs, tookMs } = await withFolder((folder) =>
        measureOverlap(product, folder, options),
      );
      const where = mediaPages === pages ? 'all pages' : `the ${mediaPages} pages read first`;
      const what = `files on ${where}, ${bytesPerSecond / 1_000} kB/s`;
      const isBound = tookMs <= mostTime.ratio * paperMs + mostTime.tailMs;
      bounds.expect(`${what}: ${(tookMs / paperMs).toFixed(3)} × the time on paper`, isBound);
      const seconds = [requestsMs, bytesMs, tookMs].map((ms) => `${(ms / 1_000).toFixed(0)} s`);
      rows.push([what, requests, ...seconds, (tookMs / paperMs).toFixed(3)]);
    }
  }
  printTable(['', 'requests', 'requests / budget', 'bytes / bandwidth', 'took', '× the longer'], rows);
}
