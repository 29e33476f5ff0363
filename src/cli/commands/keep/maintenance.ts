/** `maintenance`: collects garbage, and `unlock`: removes stale locks. */
import type { Command } from 'commander';
import { KlosetError } from '../../../errors.ts';
import { collectGarbage, removeLocks } from '../../../operations/keep/maintain.ts';
import type { UnlockOptions } from '../../../store/locks/locks.ts';
import type { GcReport } from '../../../store/maintenance/gc.ts';
import type { App } from '../../app/app.ts';
import { refuseTogether } from '../../help/checked-options.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { jobOf } from '../../session/job.ts';
import { withMaintainedStore } from '../../session/store-session.ts';
import { formatBytes, plural } from '../../text/format.ts';
import { parseDuration } from '../../text/parse.ts';

interface MaintenanceFlags {
  readonly apply?: boolean;
  readonly grace?: string;
}

/** Adds the commands. */
export function registerMaintenance(program: Command, app: App): void {
  const maintenance = program
    .command('maintenance')
    .description('remove unreferenced data, repack, and report disk usage (garbage collection)')
    .option('--apply', 'apply the changes (default: dry run)')
    .option('--dry-run', 'print what would be done; the default')
    .option('--grace <duration>', 'set the grace period before unreferenced packfiles are deleted')
    .action((flags: MaintenanceFlags) => runMaintenance(app, flags));
  const unlock = program
    .command('unlock [locks...]')
    .description('remove the locks of processes that have ended, or the locks named')
    .option('--all', 'remove every lock; use it only when no other command is running')
    .action((ids: string[], flags: { readonly all?: boolean }) =>
      runUnlock(app, { ids, all: flags.all === true }),
    );
  refuseTogether(maintenance, [['--apply', '--dry-run']]);
  teach(maintenance, {
    examples: ['maintenance', 'maintenance --apply --grace 2d'],
    errors: storeErrors,
  });
  teach(unlock, {
    examples: ['unlock', 'at /var/backups unlock 3f9a2b1c'],
    errors: storeErrors,
  });
}

async function runUnlock(app: App, options: UnlockOptions): Promise<void> {
  if (options.all === true && (options.ids ?? []).length > 0)
    throw new KlosetError('usage', 'A lock that is named and --all exclude each other.');
  await withMaintainedStore(app, async (store) => {
    const removed = await removeLocks(store, options);
    app.result({ removed: removed.map(({ id }) => id) }, [
      `unlock: removed ${plural(removed.length, 'lock')}`,
    ]);
  });
}

async function runMaintenance(app: App, { apply = false, grace }: MaintenanceFlags): Promise<void> {
  const graceMs = grace === undefined ? undefined : parseDuration(grace, '--grace');
  await withMaintainedStore(app, async (store) => {
    const report = await collectGarbage(jobOf(app), store, { apply, graceMs });
    app.result({ applied: apply, ...report }, summaryLines(report, apply));
    if (report.missingBlobs > 0) app.finishedWith('integrity');
  });
}

function summaryLines(report: GcReport, apply: boolean): string[] {
  const { snapshots, packs, packBytes, liveBytes, missingBlobs } = report;
  const unreferenced = Math.max(0, packBytes - liveBytes);
  return [
    `${plural(snapshots, 'snapshot')} in ${plural(packs, 'packfile')}: ${formatBytes(packBytes)}, of which ${formatBytes(liveBytes)} referenced and ${formatBytes(unreferenced)} unreferenced`,
    `${apply ? 'deleted' : 'would delete'} ${plural(report.sweptPacks, 'packfile')} (${formatBytes(report.sweptBytes)}); ${plural(report.waitingPacks, 'unreferenced packfile')} in the grace period (${formatBytes(report.waitingBytes)})`,
    `${apply ? 'repacked' : 'would repack'} ${plural(report.repackedPacks, 'packfile')} into ${plural(report.newPacks, 'new packfile')}, merged ${plural(report.mergedDeltas, 'index delta')}`,
    ...keptLines(report),
    ...(missingBlobs === 0 ? [] : [`✘ ${plural(missingBlobs, 'blob')} missing: run \`notion-kloset check\``]),
    ...(apply ? [] : ['Dry run: nothing was changed. Run it again with --apply.']),
  ];
}

/** The part of the server that keeps objects from being removed, where it does. */
function keptLines({ keptPacks, keptBytes, keptUntil, renewed }: GcReport): string[] {
  return [
    ...(keptUntil === null
      ? []
      : [
          `left ${plural(keptPacks, 'unreferenced packfile')} (${formatBytes(keptBytes)}) that the server keeps until ${keptUntil.slice(0, 16)} (object lock)`,
        ]),
    ...(renewed === 0 ? [] : [`kept on ${plural(renewed, 'object')} that snapshots need`]),
  ];
}
