/** Types of product.js, for the tests that hand their own. */
import type { LocalBackend } from '../../src/backend/local.ts';
import type { MemoryBackend } from '../../src/backend/memory.ts';
import type { Clock } from '../../src/clock.ts';
import type { Monitor } from '../../src/monitor.ts';
import type { connectNotion } from '../../src/notion/api/client.ts';
import type { backup } from '../../src/operations/backup/backup.ts';
import type { notionSource } from '../../src/operations/backup/notion-source.ts';
import type { generateWorkspace, mutateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import type { startSimulator } from '../../src/simulator/server.ts';
import type { ensureIdentity } from '../../src/store/access/identity.ts';
import type { openTrust } from '../../src/store/access/trust.ts';
import type { createStore, withStore, withStoreWriter } from '../../src/store/open-store.ts';

/** What measuring requests takes. */
export interface Product {
  readonly LocalBackend: typeof LocalBackend;
  readonly MemoryBackend: typeof MemoryBackend;
  readonly backup: typeof backup;
  readonly connectNotion: typeof connectNotion;
  readonly createStore: typeof createStore;
  readonly ensureIdentity: typeof ensureIdentity;
  readonly generateWorkspace: typeof generateWorkspace;
  readonly mutateWorkspace: typeof mutateWorkspace;
  readonly notionSource: typeof notionSource;
  readonly openTrust: typeof openTrust;
  readonly silentMonitor: Monitor;
  readonly startSimulator: typeof startSimulator;
  readonly systemClock: Clock;
  readonly withStore: typeof withStore;
  readonly withStoreWriter: typeof withStoreWriter;
}

export const product: Product;
