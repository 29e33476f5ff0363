/** Parses and hashes every document of a snapshot of the store in `folder`. */
import { yardstickMs } from '../history-yardstick.js';
import { product } from '../product.js';
import { measureStep, stepInput } from '../step.js';
import { openStore, storeBackend } from '../workplace.js';

const { folder, snapshot } = stepInput();

await measureStep(() =>
  openStore(product, folder, storeBackend(product, folder), async (store) => {
    return { yardstickMs: await yardstickMs(await store.openSnapshot(snapshot)) };
  }),
);
