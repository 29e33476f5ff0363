/** `maintenance`: frees what no snapshot needs, and `unlock`: removes locks that nobody holds. */
import type { Command } from 'commander';
import type { App } from '../app.ts';
import { formatBytes, plural } from '../format.ts';
import { parseDuration } from '../parse.ts';
import { lockOptions, withMaintainedStore } from '../store-session.ts';

/** Adds the commands. */
export function registerMaintenance(program: Command, app: App): void {
  program
    .command('maintenance')
    .description('free what no snapshot needs, repack what is mostly unneeded, and say where the bytes are')
    .option('--apply', 'do it; without it only says what would be done')
    .option('--grace <duration>', 'how long unneeded packfiles wait before they are swept')
    .action((flags: { readonly apply?: boolean; readonly grace?: string }) => runMaintenance(app, flags));
  program
    .command('unlock')
    .description('remove locks that nobody holds any more')
    .option('--all', 'remove every lock: only when you know that nothing runs')
    .action((flags: { readonly all?: boolean }) =>
      withMaintainedStore(app, async (store) => {
        const removed = await store.unlock({ all: flags.all === true });
        app.result({ removed: removed.map(({ id }) => id) }, [
          `unlock: removed ${plural(removed.length, 'lock')}`,
        ]);
      }),
    );
}

async function runMaintenance(
  app: App,
  { apply = false, grace }: { readonly apply?: boolean; readonly grace?: string },
): Promise<void> {
  await withMaintainedStore(app, async (store) => {
    const report = await store.collectGarbage({
      apply,
      lock: lockOptions(app),
      ...(grace === undefined ? {} : { rules: { graceMs: parseDuration(grace) } }),
    });
    const dead = report.packBytes - report.liveBytes;
    app.result({ applied: apply, ...report }, [
      `${plural(report.snapshots, 'snapshot')} in ${plural(report.packs, 'packfile')}: ${formatBytes(report.packBytes)}, of which ${formatBytes(report.liveBytes)} needed and ${formatBytes(Math.max(0, dead))} not`,
      `${apply ? 'swept' : 'would sweep'} ${plural(report.sweptPacks, 'packfile')} (${formatBytes(report.sweptBytes)}), ${plural(report.waitingPacks, 'packfile')} wait${report.waitingPacks === 1 ? 's' : ''} for the grace period to end (${formatBytes(report.waitingBytes)})`,
      `${apply ? 'repacked' : 'would repack'} ${plural(report.repackedPacks, 'packfile')} into ${plural(report.newPacks, 'new one')}, merged ${plural(report.mergedDeltas, 'index delta')}`,
      ...(report.missingBlobs === 0
        ? []
        : [`✘ ${plural(report.missingBlobs, 'blob')} missing: run \`notion-kloset check\``]),
      ...(apply ? [] : ['Nothing was changed. Run it again with --apply.']),
    ]);
    if (report.missingBlobs > 0) app.finishedWith('integrity');
  });
}
