/** Restores the newest snapshot of the store of `folder` to the folder `to`, as it is stored. */
import { product } from '../product.js';
import { measureStep, stepInput } from '../step.js';
import { openStore, storeBackend } from '../workplace.js';

const { folder, to } = stepInput();

// As the program does it.
product.keepHeapSmall();
await measureStep(() =>
  openStore(product, folder, storeBackend(product, folder), async (store) => {
    const { id } = await store.resolveSnapshot('latest');
    const snapshot = await store.openSnapshot(id);
    const { silentMonitor: monitor } = product;
    const { bytes, errors } = await product.restoreToFolder({
      snapshot,
      path: '/',
      folder: to,
      as: 'json',
      monitor,
    });
    if (errors.length > 0) throw new Error(`${errors[0].path}: ${errors[0].reason}`);
    return { bytes };
  }),
);
