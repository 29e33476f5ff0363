/** Opens the index of words of the store in `folder` and searches: words, beginnings, phrases, and a word of each sample. */
import { openSearch } from '../history-product.js';
import { product } from '../product.js';
import { measureStep, stepInput } from '../step.js';
import { openStore, storeBackend } from '../workplace.js';

const { folder, queries, samples } = stepInput();

await measureStep(() =>
  openStore(product, folder, storeBackend(product, folder), async (store) => {
    const startedAt = performance.now();
    const opened = await openSearch(store);
    const openMs = performance.now() - startedAt;
    try {
      const times = [];
      for (const query of queries) times.push(await timed(() => opened.find({ query, limit: 20 })));
      const missed = [];
      for (const { word, id } of samples) {
        const { hits } = await opened.find({ query: word, limit: 10_000 });
        if (!hits.some((hit) => hit.id === id)) missed.push(word);
      }
      return { openMs, times, missed };
    } finally {
      opened.close();
    }
  }),
);

async function timed(work) {
  const startedAt = performance.now();
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return { ms: performance.now() - startedAt, cpuMs: (user + system) / 1_000 };
}
