/** What the benchmarks use of the built program, in one object, so that tests can hand them the sources instead. */
import { LocalBackend } from '../../dist/backend/local.js';
import { MemoryBackend } from '../../dist/backend/memory.js';
import { notionSource } from '../../dist/cli/notion-source.js';
import { systemClock } from '../../dist/clock.js';
import { silentMonitor } from '../../dist/monitor.js';
import { connectNotion } from '../../dist/notion/client.js';
import { backup } from '../../dist/operations/backup.js';
import { restoreToFolder } from '../../dist/operations/restore-to-folder.js';
import { generateWorkspace, mutateWorkspace } from '../../dist/simulator/sample/generate.js';
import { startSimulator } from '../../dist/simulator/server.js';
import { ensureIdentity } from '../../dist/store/identity.js';
import { createStore, withStore } from '../../dist/store/store.js';
import { openTrust } from '../../dist/store/trust.js';

export const product = {
  LocalBackend,
  MemoryBackend,
  backup,
  connectNotion,
  createStore,
  ensureIdentity,
  generateWorkspace,
  mutateWorkspace,
  notionSource,
  openTrust,
  restoreToFolder,
  silentMonitor,
  startSimulator,
  systemClock,
  withStore,
};
