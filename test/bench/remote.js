/**
 * `npm run bench:remote`: the same tree backed up to a Ceph server on loopback, backed up again, listed, checked and restored by
 * this program's store and by restic, in turn, each step in a process of its own. Times are told as medians and as ratios to restic;
 * what decides is counted: the requests that the server logged, and the bytes that come back.
 *
 *     --rounds 3  --documents 2000  --document-bytes 40000000  --media-bytes 209715200  --seed 1  --verbose
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { digestOf, isInstalled, measuredRun, medianOf, settleDisk } from './peers-measure.js';
import { ours, restic } from './peers-tools.js';
import { writeTree } from './peers-tree.js';
import { cephEnvironment, createBucket, withCeph } from './remote-ceph.js';
import { megabyte } from './step.js';
import { Bounds, printTable, say } from './table.js';
import { withFolder } from './workplace.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    documents: { type: 'string', default: '2000' },
    'document-bytes': { type: 'string', default: '40000000' },
    'media-bytes': { type: 'string', default: '209715200' },
    seed: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
  },
});
const tools = [ours, restic];
const rounds = Number(values.rounds);
const titles = {
  backup: 'backup',
  again: 'the same again',
  list: 'list of one snapshot',
  check: 'check of every byte',
  restore: 'restore to a folder',
};
const steps = Object.keys(titles);
const bounds = new Bounds();
// The SDK warns of its next year's versions in the middle of the tables.
Object.assign(process.env, cephEnvironment, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
for (const program of ['radosgw', 'restic'])
  if (!isInstalled(program)) throw new Error(`${program} is missing. Install it: apt-get install ${program}`);

await withFolder(async (folder) => {
  const tree = join(folder, 'tree');
  const { documents, media } = writeTree(tree, {
    seed: Number(values.seed),
    documents: Number(values.documents),
    documentBytes: Number(values['document-bytes']),
    mediaBytes: Number(values['media-bytes']),
  });
  say(
    `${documents.files} documents, ${inMegabytes(documents.bytes)}; ${media.files} media files, ` +
      `${inMegabytes(media.bytes)}; ${rounds} rounds, in turn\n`,
  );
  await withCeph(join(folder, 'ceph'), async (ceph) => {
    const measured = new Map(tools.map((tool) => [tool, new Map(steps.map((step) => [step, []]))]));
    for (let round = 0; round < rounds; round += 1) await runRound(ceph, measured, { folder, tree, round });
    for (const step of steps) show(step, measured);
  });
});
bounds.conclude();

/** One round: every step by each tool, another one first each time. */
async function runRound(ceph, measured, { folder, tree, round }) {
  const order = tools.map((_, at) => tools[(at + round) % tools.length]);
  // What was restored stays until the end: thousands of files that were just removed make ext4 slow at creating new ones.
  const place = join(folder, `round-${round}`);
  const places = new Map(order.map((tool) => [tool, placeOf(ceph, join(place, tool.name), tool, round)]));
  for (const [tool, at] of places) {
    await createBucket(ceph.url, at.bucket);
    tool.create(at);
  }
  for (const step of steps) {
    for (const [tool, at] of places) {
      const { command, env } = tool[step]({ ...at, tree });
      await ceph.requests();
      settleDisk(tree);
      const run = measuredRun(command, { env, cwd: tree });
      measured
        .get(tool)
        .get(step)
        .push({ ...run, requests: await ceph.requests() });
    }
  }
  for (const [tool, { restored }] of places)
    bounds.expect(`${tool.name}: what comes back is what went in`, digestOf(restored) === digestOf(tree));
}

function placeOf({ url }, home, { name }, round) {
  mkdirSync(home, { recursive: true });
  const bucket = `${name}-${round}`;
  const place = { home, bucket, restored: join(home, 'restored') };
  return { ...place, address: `s3+${url}/${bucket}/store`, store: `s3:${url}/${bucket}/store` };
}

function show(step, measured) {
  const [own, peer] = tools.map((tool) => measured.get(tool).get(step));
  const median = (runs, of) => medianOf(runs.map(of));
  const figures = [
    ({ seconds }) => seconds,
    ({ cpuSeconds }) => cpuSeconds,
    ({ requests }) => requests.length,
  ];
  printTable(
    [titles[step], 'seconds', 'processor', 'requests', '× restic, seconds', 'processor', 'requests', ''],
    tools.map((tool) => {
      const runs = measured.get(tool).get(step);
      const [seconds, cpuSeconds, requests] = figures.map((of) => median(runs, of));
      const ratios = figures.map((of) => (median(runs, of) / median(peer, of)).toFixed(2));
      return [
        tool.name,
        seconds.toFixed(2),
        `${cpuSeconds.toFixed(2)} s`,
        requests,
        ...ratios,
        kindsOf(runs[0]),
      ];
    }),
  );
  const [mine, theirs] = [own, peer].map((runs) => median(runs, ({ requests }) => requests.length));
  bounds.expect(`${titles[step]}: ${mine} requests, restic ${theirs}`, mine <= theirs);
  if (values.verbose)
    for (const { method, target, status } of own[0].requests) say(`  ${method} ${target} ${status}`);
}

/** "12 PUT, 3 GET, 2 LIST": those of one run by kind. */
function kindsOf({ requests }) {
  const counts = new Map();
  for (const { method, target } of requests) {
    const isList = method === 'GET' && /^\/[^/]+\/?\?/.test(target);
    const kind = isList ? 'LIST' : method;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}

function inMegabytes(bytes) {
  return `${(bytes / megabyte).toFixed(1)} MB`;
}
