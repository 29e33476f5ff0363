/** The signing key of this machine, and the signing keys a store trusts. */
import { KlosetError } from '../../errors.ts';
import type { Identity } from '../../store/access/identity.ts';
import { endorse, ensureIdentity, rotateIdentity } from '../../store/access/identity.ts';
import type { Store, StoreMaintenance } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import { lockOptionsOf, timeOf } from '../job-context.ts';

/** The identity of this machine; it is created when there is none. */
export function ownIdentity(job: JobContext): Promise<Identity> {
  return ensureIdentity(job.settings, timeOf(job));
}

/** Public keys whose signatures the store accepts, in hex. */
export function trustedKeys(store: Store): string[] {
  return store.config.signers.map(({ publicKey }) => publicKey);
}

/**
 * Lets the store accept snapshots signed by another key, endorsed by this machine's. Returns the key in lower case.
 * @throws KlosetError `usage` when `key` is not 64 hex digits
 */
export async function trustKey(job: JobContext, store: StoreMaintenance, key: string): Promise<string> {
  if (!/^[0-9a-f]{64}$/i.test(key)) {
    throw new KlosetError('usage', 'A key has 64 hex digits.', {
      hint: 'Run `notion-kloset identity show` on the machine of that key.',
    });
  }
  const identity = await ownIdentity(job);
  await store.admitSigners([endorse(identity, key.toLowerCase())], lockOptionsOf(job));
  return key.toLowerCase();
}

/** Creates a new signing key, endorsed by the old one, and lets the store accept it. */
export async function rotateKey(job: JobContext, store: StoreMaintenance): Promise<Identity> {
  const identity = await rotateIdentity(job.settings, timeOf(job));
  await store.admitSigners([identity.signer], lockOptionsOf(job));
  return identity;
}
