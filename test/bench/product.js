/** What the benchmarks use of the built program, in one object, so that tests can hand them the sources instead. */
import { LocalBackend } from '../../dist/backend/local.js';
import { MemoryBackend } from '../../dist/backend/memory.js';
import { keepHeapSmall } from '../../dist/cli/app/memory.js';
import { systemClock } from '../../dist/clock.js';
import { silentMonitor } from '../../dist/monitor.js';
import { connectNotion } from '../../dist/notion/api/client.js';
import { backup } from '../../dist/operations/backup/backup.js';
import { notionSource } from '../../dist/operations/backup/notion-source.js';
import { restoreToFolder } from '../../dist/operations/restore/restore-to-folder.js';
import { generateWorkspace, mutateWorkspace } from '../../dist/simulator/sample/generated/generate.js';
import { startSimulator } from '../../dist/simulator/server.js';
import { ensureIdentity } from '../../dist/store/access/identity.js';
import { openTrust } from '../../dist/store/access/trust.js';
import { createStore, withStore, withStoreWriter } from '../../dist/store/open-store.js';

export const product = {
  LocalBackend,
  MemoryBackend,
  backup,
  connectNotion,
  createStore,
  ensureIdentity,
  generateWorkspace,
  keepHeapSmall,
  mutateWorkspace,
  notionSource,
  openTrust,
  restoreToFolder,
  silentMonitor,
  startSimulator,
  systemClock,
  withStore,
  withStoreWriter,
};
