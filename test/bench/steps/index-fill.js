/** Puts index deltas of many blobs into the store of `folder`, with packfiles that are all holes, and reads them in. */
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { unlockStore } from '../../../dist/store/access/key-slots.js';
import { deltaIdOf, deltaName, encodeIndexDelta } from '../../../dist/store/format/index-delta.js';
import { packName } from '../../../dist/store/format/packfile.js';
import { blobIdAt, packIdAt } from '../blob-ids.js';
import { product } from '../product.js';
import { concludeStep, stepInput } from '../step.js';
import { makeStore, openStore, openStoreWriter, secret, storeBackend } from '../workplace.js';

const { folder, blobs, blobsInPack } = stepInput();
const sealedBytes = 2_000;
const backend = storeBackend(product, folder);

await makeStore(product, folder, backend);
const storeId = await openStore(product, folder, backend, async (store) => store.id);
const { keys } = await unlockStore(backend, storeId, secret);
for (let first = 0; first < blobs; first += blobsInPack) await addPack({ storeId, keys }, first);
const startedAt = performance.now();
await openStoreWriter(product, folder, backend, async (store) => (await store.beginSnapshot()).abandon());
concludeStep({ ms: performance.now() - startedAt });

/** One packfile with its delta, as a backup leaves them. The index takes any packfile of the right name and size. */
async function addPack(context, first) {
  const rows = Array.from({ length: Math.min(blobsInPack, blobs - first) }, (_, row) => ({
    ...{ id: blobIdAt(first + row), type: 'document', offset: row * sealedBytes },
    ...{ sealedBytes, plainBytes: sealedBytes },
  }));
  const id = packIdAt(first);
  const sizeBytes = rows.length * sealedBytes;
  await backend.create(packName(id), new Uint8Array());
  truncateSync(join(folder, 'store', packName(id)), sizeBytes);
  const delta = encodeIndexDelta(context, [{ id, sizeBytes, blobs: rows }]);
  await backend.create(deltaName(deltaIdOf(delta)), delta);
}
