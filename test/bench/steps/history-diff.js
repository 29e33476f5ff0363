/** Compares the two backups of `folder`, and tells what was read for it beside the yardstick. */
import { diffSnapshots } from '../history-product.js';
import { cpuMsOf } from '../history-yardstick.js';
import { product } from '../product.js';
import { measureStep, stepInput } from '../step.js';
import { openStore, storeBackend } from '../workplace.js';

const { folder, before, after } = stepInput();

await measureStep(() =>
  openStore(product, folder, storeBackend(product, folder), async (store) => {
    const kinds = {};
    const reads = { listings: 0, contents: 0 };
    const diffMs = await cpuMsOf(async () => {
      const [old, now] = [await counted(store, before, reads), await counted(store, after, reads)];
      for await (const { kind } of diffSnapshots({ snapshot: old, path: '/' }, { snapshot: now, path: '/' }))
        kinds[kind] = (kinds[kind] ?? 0) + 1;
    });
    return { diffMs, kinds, ...reads };
  }),
);

/** The snapshot, with what is read of it counted. */
async function counted(store, id, reads) {
  const reader = await store.openSnapshot(id);
  return {
    id,
    entry: (path) => reader.entry(path),
    walk: () => {
      throw new Error('a comparison does not read whole snapshots');
    },
    list: (path, listing) => {
      reads.listings += 1;
      return reader.list(path, listing);
    },
    read: (content) => {
      reads.contents += 1;
      return reader.read(content);
    },
  };
}
