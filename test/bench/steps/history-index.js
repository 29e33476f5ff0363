/** Opens the index of words of the store in `folder`: what it does not have yet is added. */
import { openSearch } from '../history-product.js';
import { cpuMsOf } from '../history-yardstick.js';
import { product } from '../product.js';
import { measureStep, stepInput } from '../step.js';
import { openStore, storeBackend } from '../workplace.js';

const { folder } = stepInput();

await measureStep(() =>
  openStore(product, folder, storeBackend(product, folder), async (store) => {
    const indexMs = await cpuMsOf(async () => (await openSearch(store)).close());
    return { indexMs };
  }),
);
