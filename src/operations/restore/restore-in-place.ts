/** Restores over the existing pages: backs up the present state, shows the plan, untrashes, patches and recreates. */
import { isKlosetError } from '../../errors.ts';
import type { NotionConnection } from '../../notion/api/client.ts';
import type { InPlaceOptions, InPlacePlan } from '../../notion/restore/in-place.ts';
import { planInPlace, restoreInPlace as writeInPlace } from '../../notion/restore/in-place.ts';
import type { StoreWriter, TreeReader } from '../../store/open-store.ts';
import type { NotionBackupReport } from '../backup/backup-notion.ts';
import { backupNotion, wholeWorkspace } from '../backup/backup-notion.ts';
import type { JobContext } from '../job-context.ts';
import { beforeRestoreTag } from '../look/known-snapshots.ts';
import type { Place } from '../look/open-place.ts';
import { verifyInPlace } from '../verify/verify-restore.ts';
import type { NotionRestoreReport } from './restore-into-notion.ts';
import { journalFor } from './restore-journals.ts';

export interface InPlaceRestore {
  /** Takes the backup of the present state. */
  readonly store: StoreWriter;
  readonly api: NotionConnection;
  readonly place: Place;
  /** Insert a placeholder for content that cannot be restored. */
  readonly markers: boolean;
  readonly comments: boolean;
  /** Crawl the pages afterwards and compare them with the snapshot. */
  readonly verify: boolean;
  /** Called when the present state is backed up, before the plan is made. */
  onBackup?(report: NotionBackupReport): void;
  /** Called with the plan; nothing in Notion is changed before it resolves to true. */
  confirm(plan: InPlacePlan): Promise<boolean>;
}

export interface InPlaceReport {
  /** Id of the snapshot of the state before; restoring it in place takes this restore back. */
  readonly before: string;
  readonly plan: InPlacePlan;
  /** Absent when `confirm` said no: nothing was changed. */
  readonly restored: NotionRestoreReport | undefined;
}

/** Untrashes, patches and recreates what stands at the place, after a backup of the present state and a confirmation. */
export async function restoreInPlace(job: JobContext, restore: InPlaceRestore): Promise<InPlaceReport> {
  const { store, confirm } = restore;
  const backedUp = await backupPresent(job, restore);
  restore.onBackup?.(backedUp);
  const present = await store.openSnapshot(backedUp.snapshot.id);
  const options = optionsOf(job, restore, present);
  const plan = await planInPlace(options);
  const restored = (await confirm(plan)) ? await write(job, restore, options) : undefined;
  return { before: present.id, plan, restored };
}

async function write(
  job: JobContext,
  { api, place: { snapshot, entry }, comments, verify }: InPlaceRestore,
  options: InPlaceOptions,
): Promise<NotionRestoreReport> {
  const result = await writeInPlace(options);
  const comparison = verify
    ? await verifyInPlace(job, { api, snapshot, path: entry.path, result, comments })
    : undefined;
  return { result, comparison, requests: api.requestsSpent };
}

function optionsOf(
  job: JobContext,
  { api, place: { snapshot, entry }, markers, comments }: InPlaceRestore,
  present: TreeReader,
): InPlaceOptions {
  const settings = { path: entry.path, markers, comments };
  const destination = { type: 'workspace' } as const;
  return {
    ...settings,
    api,
    snapshot,
    present,
    journalFile: journalFor(job, { ...settings, snapshot: snapshot.id, destination, present: present.id }),
    monitor: job.monitor,
    signal: job.signal,
  };
}

/**
 * A backup of what is about to change, read in full: an unchanged edit time does not prove that nothing changed.
 * When the object itself cannot be found (in the trash, for instance) the whole workspace is backed up incrementally.
 */
async function backupPresent(
  job: JobContext,
  { store, api, place: { entry } }: InPlaceRestore,
): Promise<NotionBackupReport> {
  const take = (scope: { readonly roots: readonly string[]; readonly full: boolean }) =>
    backupNotion(job, { store, api, scope: { ...wholeWorkspace, ...scope }, tags: [beforeRestoreTag] });
  const id = entry.type === 'directory' ? entry.object?.id : undefined;
  if (id === undefined) return take({ roots: [], full: true });
  try {
    return await take({ roots: [id], full: true });
  } catch (error) {
    if (!isKlosetError(error, 'not-found')) throw error;
    return take({ roots: [], full: false });
  }
}
