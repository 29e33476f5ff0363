/** Checks every byte of the store of `folder`. */
import { product } from '../product.js';
import { measureStep, stepInput } from '../step.js';
import { openStore, storeBackend } from '../workplace.js';

const { folder } = stepInput();

// As the program does it.
product.keepHeapSmall();
await measureStep(() =>
  openStore(product, folder, storeBackend(product, folder), async (store) => {
    const { findings } = await store.check();
    if (findings.length > 0) throw new Error(`check found ${JSON.stringify(findings[0])}`);
    const { header } = await store.resolveSnapshot('latest');
    return { bytes: header?.contentBytes };
  }),
);
