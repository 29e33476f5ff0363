/**
 * Heals a store with what another copy of it still has. Everything is verified before it is put in place, new objects are
 * written before damaged ones go, and nothing good is ever replaced.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend } from '../../backend/backend.ts';
import { LocalBackend } from '../../backend/local.ts';
import { OverlayBackend } from '../../backend/overlay.ts';
import { KlosetError } from '../../errors.ts';
import { rosterName } from '../access/key-roster.ts';
import type { StoreParts } from '../access/store-parts.ts';
import type { Trust } from '../access/trust.ts';
import { createFolder } from '../cache/local-errors.ts';
import { readPackIndex } from '../check/check-packs.ts';
import { configName, parseConfig } from '../format/config.ts';
import type { PackId } from '../format/ids.ts';
import type { HeldLock, LockOptions } from '../locks/locks.ts';
import { withLock, withLockToApply } from '../locks/locks.ts';
import { signClearFiles } from '../maintenance/signers.ts';
import type { UsageScan } from '../maintenance/usage-scan.ts';
import { withUsageScan } from '../maintenance/usage-scan.ts';
import { SnapshotAccess } from '../snapshots/snapshot-access.ts';
import { HealBlobs } from './heal-blobs.ts';
import { healClearFiles } from './heal-clear-files.ts';
import type { HealReport } from './heal-notes.ts';
import { HealNotes, soundOrNone } from './heal-notes.ts';
import { acceptHealed, healDeltas, healHeaders, healPacks } from './heal-objects.ts';

export interface HealOptions {
  /** Without it nothing is changed, and the report says what would be. */
  readonly apply: boolean;
  readonly lock?: LockOptions;
}

/** The place of a store that may be too damaged to be opened. */
export interface DamagedPlace {
  readonly backend: Backend;
  readonly trust: Trust;
}

/**
 * Reads every byte of the store at `place` and takes what is damaged or missing from `copy`, an open copy of it.
 * @throws KlosetError usage when the place holds another store, not-found when it holds none that is known, integrity when
 * what would come back is not what this machine remembers, locked, unavailable
 */
export async function healFromCopy(
  copy: StoreParts,
  { backend, trust }: DamagedPlace,
  { apply, lock: lockOptions }: HealOptions,
): Promise<HealReport> {
  await checkIsCopy(copy, backend, trust);
  const lockParts = { ...copy, backend };
  const lock = { command: 'repair', ...lockOptions };
  return await withLockToApply(lockParts, apply, lock, (held) =>
    withWorkplace({ ...lockParts, trust }, apply, async (work) => {
      const notes = new HealNotes();
      const clear = await healClearFiles(work.backend, trust, copy, notes);
      const report = await heal({ ...work, ...clear }, copy, 'all', notes, () => held.assertHeld());
      if (!apply) return report;
      await acceptHealed({ ...work, ...clear }, notes);
      await signHealed({ ...work, ...clear }, held, notes);
      return { ...report, remaining: notes.remaining };
    }),
  );
}

/** Clear files of version 1 that came from the copy are signed, as after every change, when this machine may. */
async function signHealed(parts: StoreParts, lock: HeldLock, { objects }: HealNotes): Promise<void> {
  const isPutBack = objects.includes(configName) || objects.includes(rosterName);
  const maySign = parts.backend.isAppendOnly !== true && parts.trust.canSign(parts.identity.signer.publicKey);
  if (isPutBack && maySign) await signClearFiles(parts, lock);
}

/**
 * Heals a store that could be opened of the damage that is known: what is missing, cut, or was found damaged by a check of
 * this machine. Without a copy only what lies twice in it is put in order.
 */
export async function healKnownDamage(
  parts: StoreParts,
  copy: StoreParts | undefined,
  lockOptions: LockOptions = {},
): Promise<HealReport> {
  const notes = new HealNotes();
  return await withLock(parts, 'exclusive', { command: 'sync', ...lockOptions }, async (held) => {
    const report = await heal(parts, copy, 'known', notes, () => held.assertHeld());
    await acceptHealed(parts, notes);
    return { ...report, remaining: notes.remaining };
  });
}

async function heal(
  parts: StoreParts,
  copy: StoreParts | undefined,
  extent: 'all' | 'known',
  notes: HealNotes,
  assertHeld: () => Promise<void>,
): Promise<HealReport> {
  const headers = await healHeaders(parts, copy, notes);
  const deltas = await healDeltas(parts, copy, notes);
  const packs = await withUsageScan(parts, async (scan) => {
    await scan.readIndex(() => undefined);
    const suspects = extent === 'all' ? extent : await suspectPacks(parts, scan);
    return await healPacks(parts, copy, scan, suspects, notes);
  });
  return await withUsageScan(parts, async (scan) => {
    await scan.readIndex(() => undefined);
    const run = async (given?: UsageScan): Promise<HealReport> => {
      const giver = given === undefined || copy === undefined ? undefined : { parts: copy, scan: given };
      const blobs = new HealBlobs(parts, scan, giver, { packs, deltas }, notes);
      const losses = await blobs.run(headers, assertHeld);
      const { objects, dropped, remaining } = notes;
      return { objects, blobs: blobs.taken, dropped, remaining, losses };
    };
    if (copy === undefined) return await run();
    return await withUsageScan(copy, async (given) => {
      await given.readIndex(() => undefined);
      return await run(given);
    });
  });
}

/**
 * Packfiles that are cut, whose own index cannot be read, that no sound delta names, or in which a check of this machine
 * found damaged blobs.
 */
export async function suspectPacks(parts: StoreParts, scan: UsageScan): Promise<Set<PackId>> {
  const found = new Set<PackId>(scan.unindexed.keys());
  for (const [id, sizeBytes] of scan.present)
    if ((await soundOrNone(() => readPackIndex(parts, id, sizeBytes))) === undefined) found.add(id);
  const access = new SnapshotAccess(parts);
  try {
    await access.cache.guard(() => access.syncIndex());
    for (const { id, sizeBytes } of scan.index.packs()) {
      const known = access.cache.index.blobsOf(id)?.blobs.length ?? 0;
      const isCut = scan.present.get(id) !== sizeBytes;
      if (isCut || known < (scan.index.blobsOf(id)?.blobs.length ?? 0)) found.add(id);
    }
    return found;
  } finally {
    access.close();
  }
}

/** @throws KlosetError usage, not-found */
async function checkIsCopy(copy: StoreParts, backend: Backend, trust: Trust): Promise<void> {
  const found = await soundOrNone(async () => parseConfig(await backend.read(configName)).storeId);
  const known = found ?? trust.remembered?.storeId;
  if (known !== undefined && known !== copy.config.storeId) {
    throw new KlosetError(
      'usage',
      `${copy.backend.location} is another store, ${copy.config.storeId.slice(0, 8)}, not a copy of ${known.slice(0, 8)}: its objects mean nothing here.`,
      { hint: 'Contents that both have are sealed again by `notion-kloset sync from STORE --heal`.' },
    );
  }
  if (known !== undefined) return;
  for await (const _ of backend.list('')) return;
  throw new KlosetError('not-found', `There is no store in ${backend.location}.`, {
    hint: 'A new copy is created by `notion-kloset sync to`.',
  });
}

/** The store itself, or as it would be after changes that go into a folder removed afterwards. */
async function withWorkplace<T>(
  parts: StoreParts,
  apply: boolean,
  use: (parts: StoreParts) => Promise<T>,
): Promise<T> {
  if (apply) return await use(parts);
  const root = join(parts.cacheFolder, parts.context.storeId);
  createFolder(root);
  const folder = mkdtempSync(join(root, 'dry-run-'));
  try {
    return await use({ ...parts, backend: new OverlayBackend(parts.backend, new LocalBackend(folder)) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
