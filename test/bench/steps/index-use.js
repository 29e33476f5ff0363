/** Opens the store of `folder` for a backup, as every run but the first finds it, and looks blobs up. */
import { absentIdAt, blobIdAt } from '../blob-ids.js';
import { product } from '../product.js';
import { measureStep, stepInput } from '../step.js';
import { openStoreWriter, storeBackend } from '../workplace.js';

const { folder, blobs, lookUps } = stepInput();
/** Ids are made so many at a time, outside of what is timed. */
const idsAtOnce = 10_000;

await measureStep(async () => {
  const startedAt = performance.now();
  return openStoreWriter(product, folder, storeBackend(product, folder), async (store) => {
    const writer = await store.beginSnapshot();
    const openMs = performance.now() - startedAt;
    // A large odd step visits blobs far from each other, each once.
    const present = lookUp(writer, (at) => blobIdAt((at * 611_953) % blobs), true);
    const absent = lookUp(writer, absentIdAt, false);
    await writer.abandon();
    return { openMs, present, absent };
  });
});

/** Look-ups a second, as time passed and of processor time: the two differ where other programs run too. */
function lookUp(writer, idAt, isExpected) {
  let spentMs = 0;
  let spentCpuMs = 0;
  for (let first = 0; first < lookUps; first += idsAtOnce) {
    const contents = Array.from({ length: idsAtOnce }, (_, row) => ({
      size: 0,
      chunks: [idAt(first + row)],
    }));
    const startedAt = performance.now();
    const startedCpu = process.cpuUsage();
    const found = contents.filter((content) => writer.has(content)).length;
    spentMs += performance.now() - startedAt;
    const { user, system } = process.cpuUsage(startedCpu);
    spentCpuMs += (user + system) / 1_000;
    if (found !== (isExpected ? idsAtOnce : 0)) throw new Error(`${found} of ${idsAtOnce} blobs were found`);
  }
  return { perSecond: (lookUps / spentMs) * 1_000, perCpuSecond: (lookUps / spentCpuMs) * 1_000 };
}
