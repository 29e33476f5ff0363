/** Backs up the files below `from` into the store of `folder`: JSON as documents, everything else as media. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { filesBelow } from '../files.js';
import { product } from '../product.js';
import { measureStep, stepInput } from '../step.js';
import { openStoreWriter, storeBackend } from '../workplace.js';

const { folder, from } = stepInput();
const modified = '2026-01-01T00:00:00.000Z';
let bytes = 0;

// As the program does it.
product.keepHeapSmall();
await measureStep(() =>
  openStoreWriter(product, folder, storeBackend(product, folder), async (store) => {
    const { bytesAdded } = await product.backup({
      ...{ store, source: { key: 'folder', read: ({ sink }) => readFolder(sink) }, name: 'bench', tags: [] },
      ...{ tool: 'bench', host: 'bench', startedMs: Date.now(), now: () => Date.now() },
      monitor: product.silentMonitor,
    });
    return { bytesAdded, bytes };
  }),
);

async function readFolder(sink) {
  const steps = [];
  for (const { path, name } of filesBelow(from)) {
    const content = name.endsWith('.json')
      ? await sink.writeDocument(await readFile(path))
      : await sink.writeMedia(createReadStream(path));
    bytes += content.size;
    steps.push({ type: 'file', name, modified, content });
  }
  steps.sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    steps: () => steps,
    manifest: {},
    counts: {},
    errors: 0,
    complete: true,
    discard() {},
    close() {},
  };
}
