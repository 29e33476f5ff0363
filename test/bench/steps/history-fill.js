/** Writes two backups of one workspace into a new store in `folder`, with known edits between them. */
import { crawledDocuments } from '../history-documents.js';
import { writeWorld } from '../history-world.js';
import { product } from '../product.js';
import { measureStep, stepInput } from '../step.js';
import { makeStore, openStoreWriter, storeBackend } from '../workplace.js';

const { folder, pages } = stepInput();
const backend = storeBackend(product, folder);

await measureStep(async () => {
  await makeStore(product, folder, backend);
  const documents = await crawledDocuments();
  const before = await write(documents, false);
  const after = await write(documents, true);
  return { before, after };
});

async function write(documents, isLater) {
  return await openStoreWriter(product, folder, backend, async (store) => {
    const writer = await store.beginSnapshot();
    const written = await writeWorld(writer, documents, { pages, isLater });
    const { id } = await writer.commit({
      ...{ time: `2026-01-0${isLater ? 2 : 1}T00:00:00.000Z`, durationMs: 0, source: 'bench', name: 'Bench' },
      ...{ description: '', host: 'bench', tags: [], tool: 'bench', complete: true, errors: 0 },
      counts: { pages },
    });
    return { snapshot: id, ...written };
  });
}
