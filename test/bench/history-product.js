/** What the benchmark of comparing and finding uses of the built program, besides product.js. */

export { MemoryBackend } from '../../dist/backend/memory.js';
export { silentMonitor } from '../../dist/monitor.js';
export { connectNotion } from '../../dist/notion/api/client.js';
export { crawl } from '../../dist/notion/crawl/crawl.js';
export { mediaOf } from '../../dist/operations/backup/notion-source.js';
export { diffSnapshots } from '../../dist/operations/history/diff-snapshots.js';
export { openSearch } from '../../dist/operations/search/search.js';
export { generateWorkspace } from '../../dist/simulator/sample/generated/generate.js';
export { startSimulator } from '../../dist/simulator/server.js';
