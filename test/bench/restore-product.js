/** What the benchmark of restores uses of the built program. */
export { mediaOf } from '../../dist/cli/notion-source.js';
export { silentMonitor } from '../../dist/monitor.js';
export { connectNotion } from '../../dist/notion/client.js';
export { crawl } from '../../dist/notion/crawl/crawl.js';
export { planRestore } from '../../dist/notion/restore/plan.js';
export { restoreToNotion } from '../../dist/notion/restore/restore.js';
export { generateWorkspace } from '../../dist/simulator/sample/generate.js';
export { sampleWorkspace } from '../../dist/simulator/sample/sample-workspace.js';
export { startSimulator } from '../../dist/simulator/server.js';
export { addPage } from '../../dist/simulator/state.js';
