/**
 * Moves everything into a new store with a key of its own, and hands over only when all of it is there and checks clean.
 * The old store is not changed, whatever happens.
 */
import { requireRemovable } from '../../backend/backend.ts';
import { KlosetError } from '../../errors.ts';
import type { Monitor } from '../../monitor.ts';
import { endorse } from '../access/identity.ts';
import { revocationOf } from '../access/revocations.ts';
import type { StoreParts } from '../access/store-parts.ts';
import { checkStore } from '../check/check.ts';
import { configName, parseConfig } from '../format/config.ts';
import { withLock } from '../locks/locks.ts';
import type { SignerStatements } from '../maintenance/signers.ts';
import { addStatements } from '../maintenance/signers.ts';
import { withUsageScan } from '../maintenance/usage-scan.ts';
import { allHeaders, removedIn } from '../snapshots/all-headers.ts';
import type { ListedHeader } from '../snapshots/listed-header.ts';
import { resealSnapshots } from './reseal.ts';
import { areReplicas } from './sync.ts';
import type { SyncOptions, SyncReport } from './sync-options.ts';

/**
 * Nobody else uses `source` meanwhile. `handOver` is called under its lock, once nothing is missing in `target`.
 * @throws KlosetError integrity when anything of `source` cannot be read or is not trusted, or the copy does not check clean
 */
export async function moveToNewKey(
  source: StoreParts,
  target: StoreParts,
  options: Pick<SyncOptions, 'host' | 'lock'>,
  handOver: () => Promise<void>,
): Promise<SyncReport> {
  requireRemovable(source.backend);
  if (areReplicas(source, target))
    throw new KlosetError('integrity', `${target.backend.location} has the old key.`, {
      hint: 'Remove that folder, then run the command again.',
    });
  requireOwner(source);
  const lock = { command: 'key rotate-master', ...options.lock };
  return await withLock(source, 'exclusive', lock, async (held) => {
    refuseDoubtful(await allHeaders(source), source.monitor);
    const config = await addStatements(target, await statementsFor(source, target), lock);
    const { digest: configDigest } = parseConfig(await target.backend.read(configName));
    const filled = { ...target, config, configDigest };
    const report = await withLock(filled, 'shared', lock, () =>
      withUsageScan(source, (from) =>
        withUsageScan(filled, (to) =>
          resealSnapshots({ source, target: filled, from, to }, options, () => held.assertHeld()),
        ),
      ),
    );
    const [failed] = report.failed;
    if (failed !== undefined) throw notMoved(failed.id, failed.problem);
    await requireClean(filled);
    await held.assertHeld();
    await handOver();
    return report;
  });
}

/** @throws KlosetError credentials when nothing that this machine signs counts in the store */
function requireOwner({ trust, identity }: StoreParts): void {
  const isKnown = identity.lineage.some(({ publicKey }) => trust.canSign(publicKey));
  if (!isKnown) trust.requireOwnSigner(identity.signer.publicKey);
}

/**
 * The signers of the old store, for whom this machine vouches in the new one, and its revocations: there nothing counts that
 * those keys sign.
 */
async function statementsFor(source: StoreParts, target: StoreParts): Promise<SignerStatements> {
  const { identity, config } = target;
  await identity.unlock();
  const revoked = [...new Set(source.trust.revocations.map(({ key }) => key))];
  const listed = new Set(config.signers.map(({ publicKey }) => publicKey));
  const signers = source.config.signers
    .map(({ publicKey }) => publicKey)
    .filter((key) => !revoked.includes(key) && !listed.has(key));
  return {
    signers: signers.map((key) => endorse(identity, key)),
    revocations: revoked.map((key) => revocationOf(identity, config.storeId, { key, after: [] })),
  };
}

/** Damaged snapshots, and those that a stranger signed, would silently be left behind; what a revoked key signed is, and told. */
function refuseDoubtful(headers: readonly ListedHeader[], monitor: Monitor): void {
  const removed = new Set(removedIn(headers));
  const doubtful = headers.filter(({ id, problem }) => problem !== undefined && !removed.has(id));
  for (const { id, problem = '', isRevoked } of doubtful) if (isRevoked !== true) throw notMoved(id, problem);
  for (const { id, problem } of doubtful)
    monitor.report({ type: 'warning', message: `${id.slice(0, 8)} stays behind. ${problem}` });
}

function notMoved(id: string, problem: string): KlosetError {
  return new KlosetError('integrity', `Snapshot ${id.slice(0, 12)}… cannot be moved: ${problem}`, {
    hint: 'Nothing was changed. Heal the store with `repair --from` a copy, or take the snapshot out with `rm`.',
  });
}

async function requireClean(target: StoreParts): Promise<void> {
  const { findings } = await checkStore({ ...target, onBadBlob: () => undefined }, {});
  const found = findings.find(({ severity }) => severity === 'error');
  if (found === undefined) return;
  throw new KlosetError('integrity', `The new store is not whole: ${found.object}: ${found.problem}`, {
    hint: 'Nothing was changed. Run the command again; if it fails again, check the disk.',
  });
}
