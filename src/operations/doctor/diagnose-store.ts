/** Looks at a store: whether it is there, opens, can be written, is locked, and holds what this machine remembers. */
import { isRemote } from '../../backend/remote-address.ts';
import { isKlosetError } from '../../errors.ts';
import { fingerprint } from '../../store/access/identity.ts';
import type { ListedLock } from '../../store/locks/locks.ts';
import type { Store } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import { surveyKnownSnapshots } from '../look/known-snapshots.ts';
import { storeExists } from '../stores/create-store.ts';
import type { StoreAccess } from '../stores/open-store.ts';
import { withMaintainedStore, withReadableStore, withWritableStore } from '../stores/open-store.ts';
import { takesTurns } from '../stores/takes-turns.ts';
import { freeSpaceOf } from './disk-space.ts';
import type { Finding } from './finding.ts';
import { findingsOf, ok, warning } from './finding.ts';

/** Everything about the store at `access`, without a change that stays. */
export async function diagnoseStore(job: JobContext, access: StoreAccess): Promise<Finding[]> {
  const reading = await openedFindings(job, access, async (store) => [
    ...(await snapshotFindings(store)),
    ...(await keyFindings(store)),
    ...signerFindings(store),
  ]);
  if (reading.some(({ topic, state }) => topic === 'store' && state === 'failed')) return reading;
  return [
    ...reading,
    ...(await writingFindings(job, access)),
    ...(await lockFindings(job, access)),
    // How much room a place elsewhere has is not ours to ask.
    ...(isRemote(access.location) ? [] : freeSpaceOf('disk', access.location, 'the store')),
  ];
}

/** The store alone: there, and opened by the secret at hand. */
export async function pingStore(job: JobContext, access: StoreAccess): Promise<Finding[]> {
  return await openedFindings(job, access, async () => []);
}

/** That the store is there and opens, with what `look` finds in it; or why not. */
function openedFindings(
  job: JobContext,
  access: StoreAccess,
  look: (store: Store) => Promise<Finding[]>,
): Promise<Finding[]> {
  return findingsOf('store', async () => {
    if (!(await storeExists(access))) return [missing(access)];
    return await withReadableStore(job, access, async (store) => [
      ok('store', `${access.location} can be read and opened`),
      ...turnFindings(store),
      ...(await look(store)),
    ]);
  });
}

/** Known once something was written there by this machine. */
function turnFindings(store: Pick<Store, 'takesTurns'>): Finding[] {
  if (!store.takesTurns) return [];
  return [warning('conditional PUT', takesTurns, 'A storage with conditional PUT needs no turns.')];
}

function missing({ location }: StoreAccess): Finding {
  return {
    topic: 'store',
    state: 'failed',
    text: `there is no store at ${location}`,
    hint: 'Create one with `notion-kloset create`, or mount the place where it lies.',
    code: 'not-found',
  };
}

async function snapshotFindings(store: Store): Promise<Finding[]> {
  const { snapshots, loss } = await surveyKnownSnapshots(store);
  const bad = snapshots.filter(({ problem, isRevoked }) => problem !== undefined && isRevoked !== true);
  const count = `${snapshots.length} snapshots, newest of ${snapshots[0]?.header?.time ?? 'no known time'}`;
  return [
    snapshots.length === 0
      ? warning('snapshots', 'the store is empty', 'Run `notion-kloset backup`.')
      : ok('snapshots', count),
    ...bad.map(
      ({ id, problem }): Finding => ({
        topic: 'snapshots',
        state: 'failed',
        text: `${id.slice(0, 8)}: ${problem}`,
        hint: 'Run `notion-kloset check`.',
        code: 'integrity',
      }),
    ),
    ...(loss === undefined
      ? [ok('trust', 'the store holds all that this machine remembers of it')]
      : [lossFinding(loss.error.message, loss.error.hint)]),
  ];
}

function lossFinding(text: string, hint: string | undefined): Finding {
  return {
    topic: 'trust',
    state: 'failed',
    text,
    code: 'integrity',
    ...(hint === undefined ? {} : { hint }),
  };
}

/** One way in is one accident away from none. */
async function keyFindings(store: Store): Promise<Finding[]> {
  const slots = await store.listKeySlots();
  const whole = slots.flatMap((slot) => ('problem' in slot ? [] : [slot.kind]));
  const damaged = slots.length - whole.length;
  return [
    whole.length > 1
      ? ok('keys', `${whole.length} key slots: ${whole.join(', ')}`)
      : warning(
          'keys',
          'one secret alone opens the store',
          'Add a way back: `notion-kloset key add --recovery-kit`.',
        ),
    ...(damaged === 0
      ? []
      : [warning('keys', `${damaged} key slots are damaged`, 'Run `notion-kloset key list`.')]),
  ];
}

function signerFindings({ config }: Store): Finding[] {
  const names = config.signers.map(({ publicKey }) => fingerprint(Buffer.from(publicKey, 'hex')));
  return [
    ok(
      'signers',
      `the store trusts ${names.length === 1 ? 'one signing key' : `${names.length} signing keys`}: ${names.join(', ')}`,
    ),
  ];
}

/** A shared lock that is taken and given back writes and removes one small object. */
async function writingFindings(job: JobContext, access: StoreAccess): Promise<Finding[]> {
  try {
    const known = await withReadableStore(job, access, async (store) => store.takesTurns);
    const found = await withWritableStore({ ...job, lockWaitMs: 0 }, access, 'doctor', async (store) => [
      ok('writing', 'the store can be written'),
      // Found out by writing: what was known before was told above.
      ...(known ? [] : turnFindings(store)),
    ]);
    return found;
  } catch (error) {
    if (!isKlosetError(error) || error.code === 'internal') throw error;
    const hint = error.hint ?? 'Restores need no writing; backups do.';
    return [warning('writing', `nothing can be written now: ${error.message}`, hint)];
  }
}

async function lockFindings(job: JobContext, access: StoreAccess): Promise<Finding[]> {
  return await findingsOf('locks', () =>
    withMaintainedStore(job, access, async (store) => {
      const locks = await store.listLocks();
      return locks.length === 0 ? [ok('locks', 'there are no locks')] : locks.map(lockFinding);
    }),
  );
}

function lockFinding({ id, record, isStale }: ListedLock): Finding {
  const what =
    record === undefined ? 'unreadable' : `${record.command} on ${record.host} since ${record.created}`;
  if (!isStale) return ok('locks', `${id.slice(0, 8)}: ${what}`);
  const hint = 'Run `notion-kloset unlock`.';
  return warning('locks', `${id.slice(0, 8)}: ${what}; its process has ended`, hint);
}
