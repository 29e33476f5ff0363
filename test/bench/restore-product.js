/** What the benchmark of restores uses of the built program. */

export { silentMonitor } from '../../dist/monitor.js';
export { connectNotion } from '../../dist/notion/api/client.js';
export { crawl } from '../../dist/notion/crawl/crawl.js';
export { planRestore } from '../../dist/notion/restore/plan/dry-run.js';
export { restoreToNotion } from '../../dist/notion/restore/restore.js';
export { mediaOf } from '../../dist/operations/notion-source.js';
export { generateWorkspace } from '../../dist/simulator/sample/generated/generate.js';
export { sampleWorkspace } from '../../dist/simulator/sample/sample-workspace.js';
export { startSimulator } from '../../dist/simulator/server.js';
export { addPage } from '../../dist/simulator/workspace/state.js';
