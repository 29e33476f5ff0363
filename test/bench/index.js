/**
 * `npm run bench:index`: a store whose index knows a million blobs. How long it takes until a backup can begin, how
 * many blobs it finds in a second, and what memory that takes. Only memory is a bound that decides: the rest is time.
 */
import { parseArgs } from 'node:util';
import { runStep } from './step.js';
import { Bounds, printTable, say } from './table.js';
import { withFolder } from './workplace.js';

const mostMegabytes = 300;
const blobsInPack = 8_000;

const { values } = parseArgs({ options: { blobs: { type: 'string', default: '1000000' } } });
const blobs = Number(values.blobs);
const bounds = new Bounds();

await withFolder(async (folder) => {
  const cold = await runStep('index-fill', { folder, blobs, blobsInPack });
  const warm = await runStep('index-use', { folder, blobs, lookUps: 300_000 });
  const rate = ({ perSecond, perCpuSecond }) =>
    `${rounded(perSecond)} (${rounded(perCpuSecond)} a second of processor time)`;
  say(`${blobs.toLocaleString('en')} blobs in ${Math.ceil(blobs / blobsInPack)} packfiles\n`);
  printTable(
    ['', 'measured', 'goal'],
    [
      ['index made from its deltas', `${(cold.ms / 1_000).toFixed(1)} s`, ''],
      ['store open and a backup begun, index at hand', `${(warm.openMs / 1_000).toFixed(2)} s`, '< 1 s'],
      ['look-ups a second of blobs that are there', rate(warm.present), '> 100,000'],
      ['look-ups a second of blobs that are not', rate(warm.absent), '> 100,000'],
      ['peak memory of open and look-ups', `${Math.round(warm.peakMegabytes)} MB`, `< ${mostMegabytes} MB`],
    ],
  );
  bounds.expect(`${Math.round(warm.peakMegabytes)} MB resident`, warm.peakMegabytes < mostMegabytes);
});
bounds.conclude();

function rounded(count) {
  return (Math.round(count / 1_000) * 1_000).toLocaleString('en');
}
