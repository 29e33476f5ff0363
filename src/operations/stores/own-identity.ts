/** The key that signs on this machine. */
import type { Identity } from '../../store/access/identity.ts';
import { ensureIdentity } from '../../store/access/identity.ts';
import type { JobContext } from '../job-context.ts';
import { timeOf } from '../job-context.ts';

/** The identity of this machine; it is created when there is none. An encrypted one asks when it has to sign. */
export function ownIdentity(job: JobContext): Promise<Identity> {
  return ensureIdentity(job.settings, timeOf(job), job.askIdentityPassphrase);
}
