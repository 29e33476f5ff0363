/**
 * `npm run bench:history`: what it takes to compare two backups of many pages with few edits between them, to build the
 * index of words, and to find words in it. Counts and memory are bounds that decide. Times are processor time, beside the
 * time that JSON.parse and SHA-256 take for the same documents at the same moment: a busy machine slows both.
 */
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { rareWord } from './history-documents.js';
import { edits } from './history-world.js';
import { runStep } from './step.js';
import { Bounds, printTable, say } from './table.js';
import { withFolder } from './workplace.js';

const mostMegabytes = 300;

const { values } = parseArgs({
  options: {
    pages: { type: 'string', default: '10000' },
    /** A folder to keep the store in. */
    keep: { type: 'string' },
  },
});
const pages = Number(values.pages);
const bounds = new Bounds();

if (values.keep === undefined) await withFolder(measure);
else {
  mkdirSync(values.keep, { recursive: true });
  await measure(values.keep);
}
bounds.conclude();

async function measure(folder) {
  const before = await runStep('history-fill', { folder, pages, isLater: false });
  const index = await runStep('history-index', { folder });
  const yardstick = await runStep('history-yardstick', { folder, snapshot: before.snapshot });
  const after = await runStep('history-fill', { folder, pages, isLater: true });
  const diff = await runStep('history-diff', { folder, before: before.snapshot, after: after.snapshot });
  const update = await runStep('history-index', { folder });
  const samples = every(after.samples, 1_000);
  const find = await runStep('history-find', { folder, queries: queries(samples), samples });
  expectDiff(diff);
  for (const [what, { peakMegabytes }] of Object.entries({ diff, index, update, find }))
    bounds.expect(`${what}: ${Math.round(peakMegabytes)} MB resident`, peakMegabytes < mostMegabytes);
  bounds.expect(`not found of ${samples.length} words: ${find.missed.join(' ')}`, find.missed.length === 0);
  show({ before, diff, index, update, find, yardsticks: yardstick.yardstickMs, samples });
}

/** The edits, no more and no less, and of each only its own documents and the listings above it. */
function expectDiff({ kinds, listings, contents }) {
  const { edited, retitled, added, removed, moved } = edits;
  const counted = { changed: edited + retitled, added, removed, moved };
  for (const [kind, count] of Object.entries(counted))
    bounds.expect(`${kinds[kind] ?? 0} ${kind}, ${count} done`, kinds[kind] === count);
  // Both versions of what changed, one of the others, and the two manifests.
  const fewest = 2 * counted.changed + added + removed + moved + 2;
  bounds.expect(`${contents} contents read, ${fewest} needed`, contents === fewest);
  const changes = Object.values(counted).reduce((sum, count) => sum + count, 0);
  // On each side at most the object, its group and its section, and, for all, two databases, Home and the root.
  const most = 2 * (3 * changes + 4);
  bounds.expect(`${listings} listings read, ${most} at most`, listings <= most);
}

/** 200 of them: rare and common words, two of them, beginnings, phrases. */
function queries(samples) {
  const kinds = [
    (word) => word,
    (word) => `the ${word}`,
    (word) => `${word.slice(0, 4)}*`,
    (_, number) => ['the', 'of and', '"of the"', 'th*', '東京', rareWord(number), 'w*'][number % 7] ?? 'the',
  ];
  return every(samples, 200).map(({ word }, number) => kinds[number % kinds.length]?.(word, number) ?? word);
}

/** `count` of them, from the first to the last. */
function every(samples, count) {
  const step = Math.max(1, samples.length / count);
  return Array.from({ length: Math.min(count, samples.length) }, (_, at) => samples[Math.floor(at * step)]);
}

function show({ before, diff, index, update, find, yardsticks, samples }) {
  const sorted = (member) => find.times.map((time) => time[member]).sort((a, b) => a - b);
  const latency = (member) => {
    const times = sorted(member);
    return `${times[times.length >> 1].toFixed(0)} ms, at most ${times.at(-1).toFixed(0)} ms`;
  };
  const seconds = (ms) => `${(ms / 1_000).toFixed(2)} s`;
  const beside = (ms) => (ms / yardsticks).toFixed(2);
  say(`${pages} pages and rows, ${(before.bytes / 1e6).toFixed(0)} MB of documents; two backups, 50 edits\n`);
  printTable(
    ['', 'measured', 'of the yardstick', 'goal'],
    [
      ['yardstick: JSON.parse and SHA-256 of every document', seconds(yardsticks), '1.00', ''],
      ['diff', seconds(diff.diffMs), beside(diff.diffMs), '< 1 s'],
      ['listings, contents read', `${diff.listings}, ${diff.contents}`, '', 'what differs'],
      ['index of words built', seconds(index.indexMs), beside(index.indexMs), ''],
      ['a page', `${(index.indexMs / before.objects).toFixed(2)} ms`, '', '1 ms'],
      ['the later backup added to it', seconds(update.indexMs), beside(update.indexMs), ''],
      ['index opened', `${find.openMs.toFixed(0)} ms`, '', ''],
      [`find, ${find.times.length} queries, median`, latency('ms'), '', '< 200 ms'],
      ['the same in processor time', latency('cpuMs'), '', ''],
      [`words not found, of ${samples.length}`, find.missed.length, '', '0'],
      ...Object.entries({ diff, index, find }).map(([what, { peakMegabytes }]) => [
        `peak memory, ${what}`,
        `${Math.round(peakMegabytes)} MB`,
        '',
        `< ${mostMegabytes} MB`,
      ]),
    ],
  );
}
