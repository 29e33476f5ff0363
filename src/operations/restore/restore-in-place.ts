/** Restores over the existing pages: backs up the present state, shows the plan, untrashes, patches and recreates. */
import { join } from 'node:path';
import type { SnapshotReader } from '../../document/content.ts';
import type { NotInSnapshot } from '../../document/gaps.ts';
import { compactId } from '../../document/notion-id.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import type { NotionConnection } from '../../notion/api/client.ts';
import type { EarlierCopies, EarlierCopy } from '../../notion/restore/in-place/earlier-copies.ts';
import { copiesOf, SnapshotOfCopies, standingCopies } from '../../notion/restore/in-place/earlier-copies.ts';
import type { RestorePart } from '../../notion/restore/in-place/in-place-run.ts';
import type { InPlaceOptions, InPlacePlan } from '../../notion/restore/in-place.ts';
import { planInPlace, restoreInPlace as writeInPlace } from '../../notion/restore/in-place.ts';
import type { StoreWriter } from '../../store/open-store.ts';
import type { NotionBackupReport } from '../backup/backup-notion.ts';
import { backupNotion, wholeWorkspace } from '../backup/backup-notion.ts';
import { gapsBelow } from '../documents/not-in-snapshot.ts';
import type { JobContext } from '../job-context.ts';
import { beforeRestoreTag } from '../look/known-snapshots.ts';
import type { Place } from '../look/open-place.ts';
import { workspaceOf } from '../look/sources.ts';
import { crawlIntoScratch } from '../verify/crawl-into-scratch.ts';
import { withScratchSnapshot } from '../verify/scratch-snapshot.ts';
import { verifyInPlace } from '../verify/verify-in-place.ts';
import type { NotionRestoreReport, VerifyMode } from './restore-into-notion.ts';
import { copiesOfEarlierRestores, journalFor } from './restore-journals.ts';

/** The plan with the parts that are not in the snapshot: they stay as they are. */
export interface ShownPlan extends InPlacePlan {
  readonly not_in_snapshot: readonly NotInSnapshot[];
}

export interface InPlaceScope {
  readonly api: NotionConnection;
  /** Compact id of the workspace that `api` opens. */
  readonly workspace: string;
  readonly place: Place;
  /** Insert a placeholder for content that cannot be restored. */
  readonly markers: boolean;
  readonly comments: boolean;
  readonly part: RestorePart;
  /** Move to the trash what was added since. */
  readonly pruneAdded: boolean;
}

export interface InPlaceRestore extends InPlaceScope {
  /** Takes the backup of the present state. */
  readonly store: StoreWriter;
  readonly verify: VerifyMode;
  /** Called when the present state is backed up, before the plan is made. */
  onBackup?(report: NotionBackupReport): void;
  /** Called with the plan; nothing in Notion is changed before it resolves to true. */
  confirm(plan: ShownPlan): Promise<boolean>;
}

export interface InPlaceReport {
  /** Id of the snapshot of the state before; restoring it in place takes this restore back. */
  readonly before: string;
  readonly plan: ShownPlan;
  /** Absent when `confirm` said no: nothing was changed. */
  readonly restored: NotionRestoreReport | undefined;
}

/** Untrashes, patches and recreates what stands at the place, after a backup of the present state and a confirmation. */
export async function restoreInPlace(job: JobContext, restore: InPlaceRestore): Promise<InPlaceReport> {
  const { store, api, confirm } = restore;
  const copies = await copiesOfEarlierRestores(job, api, true);
  const root = await rootNow(api, restore.place, copies.objects);
  const { report, isFull } = await backupPresent(job, restore, root);
  restore.onBackup?.(report);
  const present = await store.openSnapshot(report.snapshot.id);
  const standing = await standingCopies(api, copies.objects, present);
  const options = optionsOf(job, restore, { present, isFull, standing, copies });
  const plan = await shownPlan(restore, await planInPlace(options));
  const restored = (await confirm(plan)) ? await write(job, restore, options, plan) : undefined;
  return { before: present.id, plan, restored };
}

/** The plan alone: reads Notion into a temporary folder, and writes neither to Notion nor to the store nor a journal. */
export async function planRestoreInPlace(job: JobContext, scope: InPlaceScope): Promise<ShownPlan> {
  const copies = await copiesOfEarlierRestores(job, scope.api, false);
  const root = await rootNow(scope.api, scope.place, copies.objects);
  return withScratchSnapshot(async (scratch, folder) => {
    const isFull = await crawlPresent(root === undefined ? [] : [root]);
    const standing = await standingCopies(scope.api, copies.objects, scratch);
    const options = optionsOf(job, scope, { present: scratch, isFull, standing, copies });
    return shownPlan(scope, await planInPlace({ ...options, journalFile: join(folder, 'plan.sqlite') }));

    async function crawlPresent(roots: readonly string[]): Promise<boolean> {
      const settings = { ...wholeWorkspace, api: scope.api, roots, full: true, sourceKey: 'plan' };
      try {
        await crawlIntoScratch(job, { scratch, folder }, settings);
        return true;
      } catch (error) {
        // Nothing of it can be seen: each object is asked for.
        if (roots.length > 0 && isKlosetError(error, 'not-found')) return false;
        throw error;
      }
    }
  });
}

async function shownPlan({ place, part, comments }: InPlaceScope, plan: InPlacePlan): Promise<ShownPlan> {
  const gaps = await gapsOf(place.snapshot, place.entry.path, part, comments);
  return { ...plan, not_in_snapshot: gaps };
}

async function gapsOf(
  snapshot: SnapshotReader,
  path: string,
  part: RestorePart,
  comments: boolean,
): Promise<NotInSnapshot[]> {
  const gaps = await gapsBelow(snapshot, path, { comments, isAlone: part.block !== undefined });
  const { properties } = part;
  if (properties === undefined) return gaps;
  return gaps.filter(({ what }) => properties.some((name) => what === `property ${name}` || what === 'rows'));
}

async function write(
  job: JobContext,
  { api, place: { entry }, comments, verify, part }: InPlaceRestore,
  options: InPlaceOptions,
  plan: ShownPlan,
): Promise<NotionRestoreReport> {
  const result = await writeInPlace(options);
  const { snapshot, present, isPresentFull, copies = new Set<string>() } = options;
  const comparison =
    verify === 'none'
      ? undefined
      : await verifyInPlace(job, {
          api,
          snapshot,
          present,
          isPresentFull,
          copies,
          path: entry.path,
          part,
          result,
          isFull: verify === 'full',
          comments,
        });
  return {
    result,
    comparison,
    not_in_snapshot: plan.not_in_snapshot,
    requests: api.requestsSpent,
  };
}

function optionsOf(
  job: JobContext,
  { api, workspace, place: { snapshot, entry }, markers, comments, part, pruneAdded }: InPlaceScope,
  { present, isFull, standing, copies }: PresentState,
): InPlaceOptions {
  const settings = { path: entry.path, markers, comments };
  const destination = { type: 'workspace' } as const;
  const of = workspaceOf(snapshot.header.source);
  if (of !== `notion:${workspace}`)
    throw new KlosetError(
      'usage',
      `This snapshot is of another workspace (${of}): nothing of it stands here.`,
      {
        hint: 'Restore a copy with `--root-id`, or use the connection of that workspace (`-to "@NAME"`).',
      },
    );
  const identity = { ...settings, snapshot: snapshot.id, destination, present: present.id };
  if (entry.type !== 'directory') throw new KlosetError('usage', `${entry.path} is a file, and no page.`);
  return {
    ...settings,
    api,
    snapshot: standing.size === 0 ? snapshot : new SnapshotOfCopies(snapshot, standing),
    present,
    isPresentFull: isFull,
    copies: new Set(standing.values()),
    earlierProperties: copies.properties.map((pair) => ({
      ...pair,
      source: compactId(standing.get(pair.source) ?? pair.source),
    })),
    earlierViews: copies.objects.filter(({ kind }) => kind === 'view'),
    workspace,
    pruneAdded,
    part,
    journalFile: journalFor(job, identity),
    monitor: job.monitor,
    signal: job.signal,
  };
}

interface PresentState {
  readonly present: SnapshotReader;
  readonly isFull: boolean;
  /** Copies that stand for originals of the snapshot. */
  readonly standing: ReadonlyMap<string, string>;
  readonly copies: EarlierCopies;
}

/** The id of the object at the place, or of the copy that stands for it; undefined for the whole snapshot. */
async function rootNow(
  api: NotionConnection,
  { entry }: Place,
  copies: readonly EarlierCopy[],
): Promise<string | undefined> {
  const id = entry.type === 'directory' ? entry.object?.id : undefined;
  if (id === undefined) return undefined;
  const standing = await standingCopies(api, copiesOf(id, copies), undefined);
  return standing.get(id) ?? id;
}

/**
 * A backup of what is about to change, read in full: an unchanged edit time does not prove that nothing changed.
 * When the object itself cannot be found the whole workspace is backed up incrementally.
 */
async function backupPresent(
  job: JobContext,
  { store, api }: InPlaceRestore,
  id: string | undefined,
): Promise<{ readonly report: NotionBackupReport; readonly isFull: boolean }> {
  const take = (scope: { readonly roots: readonly string[]; readonly full: boolean }) =>
    backupNotion(job, { store, api, scope: { ...wholeWorkspace, ...scope }, tags: [beforeRestoreTag] });
  if (id === undefined) return { report: await take({ roots: [], full: true }), isFull: true };
  try {
    return { report: await take({ roots: [id], full: true }), isFull: true };
  } catch (error) {
    if (!isKlosetError(error, 'not-found')) throw error;
    return { report: await take({ roots: [], full: false }), isFull: false };
  }
}
