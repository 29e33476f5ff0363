/** Creates a store, signed by this machine's identity and trusted by it from the start. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureIdentity } from '../../store/access/identity.ts';
import { openTrust } from '../../store/access/trust.ts';
import type { Secret } from '../../store/format/key-slot.ts';
import { createStore } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import { timeOf } from '../job-context.ts';
import type { StorePlace } from './open-store.ts';

/** True when there is a store at this path already, damaged or not. */
export function storeExists(location: string): boolean {
  return (
    ['CONFIG', 'packs', 'snapshots'].some((name) => existsSync(join(location, name))) ||
    statSync(location, { throwIfNoEntry: false })?.isFile() === true
  );
}

/** Creates a store at `place` that `secret` opens. @throws KlosetError `usage` when something is there already */
export async function createStoreAt(job: JobContext, place: StorePlace, secret: Secret): Promise<void> {
  const { settings, host, clock } = job;
  await createStore({
    backend: place.backend,
    secret,
    label: host,
    identity: await ensureIdentity(settings, timeOf(job)),
    // A store created here and now is trusted, whatever lay at this place before.
    trust: await openTrust(settings, place.location, { trustNew: true }),
    clock,
  });
}
