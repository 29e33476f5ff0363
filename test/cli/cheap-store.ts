/** A store whose passphrase costs almost nothing to try, for tests that open it hundreds of times. */
import { LocalBackend } from '../../src/backend/local.ts';
import { resolvedLocation } from '../../src/backend/resolved-location.ts';
import type { Clock } from '../../src/clock.ts';
import { ensureIdentity } from '../../src/store/access/identity.ts';
import { openTrust } from '../../src/store/access/trust.ts';
import { minCost } from '../../src/store/format/key-slot.ts';
import { createStore } from '../../src/store/open-store.ts';
import type { Machine } from '../e2e/machine.ts';

/** Creates the store of the machine, as `create` does but for the cost of its passphrase. */
export async function createCheapStore(machine: Machine, passphrase: string, clock: Clock): Promise<void> {
  const settings = new LocalBackend(machine.path('config', 'notion-kloset'));
  await createStore({
    backend: new LocalBackend(machine.store),
    secret: { kind: 'passphrase', passphrase },
    label: '',
    cost: minCost,
    identity: await ensureIdentity(settings, new Date(clock.now()).toISOString()),
    trust: await openTrust(settings, await resolvedLocation(machine.store)),
    clock,
  });
}
