/**
 * Moves everything into a new store with a key of its own, and hands over only when all of it is there and checks clean.
 * The old store is not changed, whatever happens.
 */
import { requireRemovable } from '../../backend/backend.ts';
import { KlosetError } from '../../errors.ts';
import type { StoreParts } from '../access/store-parts.ts';
import { checkStore } from '../check/check.ts';
import { withLock } from '../locks/locks.ts';
import { admitSigners } from '../maintenance/signers.ts';
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
  const lock = { command: 'key rotate-master', ...options.lock };
  return await withLock(source, 'exclusive', lock, async (held) => {
    refuseDoubtful(await allHeaders(source));
    await admitSigners(target, source.config.signers, lock);
    const report = await withLock(target, 'shared', lock, () =>
      withUsageScan(source, (from) =>
        withUsageScan(target, (to) =>
          resealSnapshots({ source, target, from, to }, options, () => held.assertHeld()),
        ),
      ),
    );
    const [failed] = report.failed;
    if (failed !== undefined) throw notMoved(failed.id, failed.problem);
    await requireClean(target);
    await held.assertHeld();
    await handOver();
    return report;
  });
}

/** Damaged snapshots, and those that a stranger signed, would silently be left behind. */
function refuseDoubtful(headers: readonly ListedHeader[]): void {
  const removed = new Set(removedIn(headers));
  for (const { id, problem } of headers)
    if (problem !== undefined && !removed.has(id)) throw notMoved(id, problem);
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
