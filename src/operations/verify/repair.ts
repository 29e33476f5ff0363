/** Recovers data from a damaged store: its index, its packfiles, its CONFIG, or all of it from a copy. */
import type { FoundSlot, RecoverConfigReport } from '../../store/access/recover-config.ts';
import { recoverConfig } from '../../store/access/recover-config.ts';
import type { RebuildReport } from '../../store/maintenance/rebuild-index.ts';
import type { RecoverPacksReport } from '../../store/maintenance/recover-packs.ts';
import type { StoreMaintenance } from '../../store/open-store.ts';
import type { HealReport } from '../../store/replicas/heal-notes.ts';
import type { JobContext } from '../job-context.ts';
import { lockOptionsOf } from '../job-context.ts';
import { requireApart, withOtherStore } from '../keep/sync-stores.ts';
import type { StoreAccess } from '../stores/open-store.ts';
import { trustOf } from '../stores/open-store.ts';
import { ownIdentity } from '../stores/own-identity.ts';

/** Rebuilds the index from the packfiles. */
export function repairIndex(job: JobContext, store: StoreMaintenance): Promise<RebuildReport> {
  return store.rebuildIndex(lockOptionsOf(job));
}

/** Saves what is readable in damaged packfiles and lists what is lost; without `apply` nothing is changed. */
export function repairPacks(
  job: JobContext,
  store: StoreMaintenance,
  { apply }: { readonly apply: boolean },
): Promise<RecoverPacksReport> {
  return store.recoverPacks({ apply, lock: lockOptionsOf(job) });
}

/** Takes what is damaged or missing at `place` from the copy `from`; without `apply` nothing is changed. */
export async function repairFrom(
  job: JobContext,
  place: StoreAccess,
  { from, apply }: { readonly from: StoreAccess; readonly apply: boolean },
): Promise<HealReport> {
  await requireApart(place, from);
  return await withOtherStore(job, from, async (copy) => {
    const trust = await trustOf(job, place, { accept: place.accept });
    return await copy.replica.heal({ backend: place.backend, trust }, { apply, lock: lockOptionsOf(job) });
  });
}

/**
 * Rebuilds CONFIG and the list of key slots from any slot that opens. `choose` says which slots count from now on; it is
 * not called for a list that is sound.
 */
export async function repairConfig(
  job: JobContext,
  place: StoreAccess,
  choose: (slots: readonly FoundSlot[]) => Promise<readonly string[]>,
): Promise<RecoverConfigReport> {
  return recoverConfig({
    backend: place.backend,
    secret: await place.unlock(),
    identity: await ownIdentity(job),
    trust: await trustOf(job, place, { accept: place.accept }),
    choose,
  });
}
