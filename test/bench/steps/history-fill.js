/** Writes one of the two backups of history-world.js into the store in `folder`, which is made for the first. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crawledDocuments } from '../history-documents.js';
import { writeWorld } from '../history-world.js';
import { product } from '../product.js';
import { measureStep, stepInput } from '../step.js';
import { makeStore, openStoreWriter, storeBackend } from '../workplace.js';

const { folder, pages, isLater } = stepInput();
const backend = storeBackend(product, folder);

await measureStep(async () => {
  if (!isLater) await makeStore(product, folder, backend);
  const documents = await templates();
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
});

/** The same for both. */
async function templates() {
  const file = join(folder, 'documents.json');
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(await crawledDocuments()));
  return JSON.parse(readFileSync(file, 'utf8'));
}
