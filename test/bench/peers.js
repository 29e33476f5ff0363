/**
 * `npm run bench:peers`: the same tree backed up, backed up again, listed, checked and restored by this program's store,
 * by restic and by borg, in turn, each step in a process of its own. Times are told as medians and as ratios to restic; what decides
 * is counted: the bytes that come back, the bytes stored, and peak memory.
 *
 *     --rounds 5  --documents 5000  --document-bytes 100000000  --media-bytes 314572800  --seed 1
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bytesIn, digestOf, isInstalled, measuredRun, medianOf, settleDisk } from './peers-measure.js';
import { borg, ours, restic } from './peers-tools.js';
import { writeTree } from './peers-tree.js';
import { megabyte } from './step.js';
import { Bounds, printTable, say } from './table.js';
import { withFolder } from './workplace.js';

/** Goals of the store, beside its peers. */
const maxDocumentShare = 0.7;
const maxMegabytes = 150;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    documents: { type: 'string', default: '5000' },
    'document-bytes': { type: 'string', default: '100000000' },
    'media-bytes': { type: 'string', default: '314572800' },
    seed: { type: 'string', default: '1' },
  },
});
const rounds = Number(values.rounds);
const steps = ['backup', 'again', 'list', 'check', 'restore'];
const titles = {
  backup: 'backup',
  again: 'the same again',
  list: 'list of one snapshot',
  check: 'check of every byte',
  restore: 'restore to a folder',
};
const bounds = new Bounds();

await withFolder(async (folder) => {
  const tools = presentTools();
  const tree = join(folder, 'tree');
  const size = writeTree(tree, {
    seed: Number(values.seed),
    documents: Number(values.documents),
    documentBytes: Number(values['document-bytes']),
    mediaBytes: Number(values['media-bytes']),
  });
  say(
    `${size.documents.files} documents, ${inMegabytes(size.documents.bytes)}; ` +
      `${size.media.files} media files, ${inMegabytes(size.media.bytes)}; ${rounds} rounds, in turn\n`,
  );
  const documents = await storedDocuments(tools, folder, join(tree, 'documents'));
  const measured = new Map(tools.map((tool) => [tool, new Map(steps.map((step) => [step, []]))]));
  const stored = new Map();
  const wanted = digestOf(tree);
  for (let round = 0; round < rounds; round += 1) {
    // Another one begins each time.
    const order = tools.map((_, at) => tools[(at + round) % tools.length]);
    const runs = new Map(order.map((tool) => [tool, placeOf(join(folder, `round-${round}`), tool)]));
    for (const [tool, at] of runs) await tool.create(at);
    for (const step of steps) {
      for (const [tool, at] of runs) {
        const { command, env } = tool[step]({ ...at, tree });
        settleDisk(tree, at.store);
        measured
          .get(tool)
          .get(step)
          .push(measuredRun(command, { env, cwd: tree }));
      }
    }
    for (const [tool, at] of runs) {
      stored.set(tool, bytesIn(at.store));
      bounds.expect(`${tool.name}: what comes back is what went in`, digestOf(at.restored) === wanted);
      // Thousands of files that were just removed make ext4 slow at creating new ones, so what was restored stays until the end.
      rmSync(at.store, { recursive: true });
    }
  }
  showTimes(tools, measured);
  showBytes(tools, documents, stored);
  const own = [...(measured.get(ours)?.values() ?? [])].flat();
  const peak = Math.max(...own.map(({ peakMegabytes }) => peakMegabytes));
  bounds.expect(`${Math.round(peak)} MB of memory, at most ${maxMegabytes}`, peak <= maxMegabytes);
});
bounds.conclude();

/** Ours, and those of the others that are installed. */
function presentTools() {
  const present = [ours, ...[restic, borg].filter(({ program }) => isInstalled(program))];
  for (const { name, program } of [restic, borg].filter((tool) => !present.includes(tool)))
    say(
      `MISSING: ${name}. Install it (apt-get install ${program === 'borg' ? 'borgbackup' : program}): nothing is compared with it.`,
    );
  return present;
}

function placeOf(folder, tool) {
  const home = join(folder, tool.name);
  mkdirSync(home, { recursive: true });
  return { home, store: join(home, 'store'), restored: join(home, 'restored') };
}

/** Bytes of a whole store that has nothing but the documents, by tool. */
async function storedDocuments(tools, folder, documents) {
  const found = new Map();
  for (const tool of tools) {
    const at = placeOf(join(folder, 'documents-only'), tool);
    await tool.create(at);
    const { command, env } = tool.backup({ ...at, tree: documents });
    measuredRun(command, { env, cwd: documents });
    found.set(tool, bytesIn(at.store));
  }
  return found;
}

function showTimes(tools, measured) {
  const head = ['', 'seconds', 'processor', 'peak memory', '× restic, seconds', '× restic, processor', ''];
  for (const step of steps) {
    const peer = measured.get(restic)?.get(step);
    printTable(
      [titles[step], ...head.slice(1)],
      tools.map((tool) => {
        const runs = measured.get(tool).get(step);
        const median = (key) => medianOf(runs.map((run) => run[key]));
        const ratio = (key) =>
          peer === undefined ? '–' : (median(key) / medianOf(peer.map((run) => run[key]))).toFixed(2);
        const worst = Math.max(...runs.map(({ peakMegabytes }) => peakMegabytes));
        return [
          tool.name,
          median('seconds').toFixed(2),
          `${median('cpuSeconds').toFixed(2)} s`,
          `${Math.round(worst)} MB`,
          ratio('seconds'),
          ratio('cpuSeconds'),
          '',
        ];
      }),
    );
  }
}

function showBytes(tools, documents, stored) {
  const others = tools.filter((tool) => tool !== ours).map((tool) => documents.get(tool));
  const least = others.length === 0 ? undefined : Math.min(...others);
  printTable(
    ['bytes stored', 'the documents alone', '× the smaller of the others', 'everything'],
    tools.map((tool) => [
      tool.name,
      inMegabytes(documents.get(tool)),
      least === undefined ? '–' : (documents.get(tool) / least).toFixed(3),
      inMegabytes(stored.get(tool)),
    ]),
  );
  if (least === undefined) return;
  const share = documents.get(ours) / least;
  bounds.expect(
    `documents in ${share.toFixed(3)} of the others' bytes, at most ${maxDocumentShare}`,
    share <= maxDocumentShare,
  );
}

function inMegabytes(bytes) {
  return `${(bytes / megabyte).toFixed(2)} MB`;
}
