/** `rm`: removes snapshots; `maintenance` frees the bytes they held. */
import type { Command } from 'commander';
import { removeSnapshots } from '../../../operations/keep/remove-snapshots.ts';
import { isFiltered, nothingMatchesLine } from '../../../operations/look/filter.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import type { FilterFlags } from '../../session/filters.ts';
import { addFilters, filterOf } from '../../session/filters.ts';
import { jobOf } from '../../session/job.ts';
import { withMaintainedStore } from '../../session/store-session.ts';

interface RmFlags extends FilterFlags {
  readonly apply?: boolean;
  readonly force?: boolean;
}

/** Adds the command. */
export function registerRm(program: Command, app: App): void {
  const command = program
    .command('rm [snapshots...]')
    .description(
      'remove snapshots, each given by the beginning of its id, its name or a tag, or all that match a filter',
    )
    .option('--apply', 'remove them (default: dry run)')
    .option('--force', 'remove also pinned snapshots and the last good one of a source')
    .option('--dry-run', 'print which snapshots would be removed; the default')
    .action((snapshots: string[], flags: RmFlags) => run(app, snapshots, flags));
  addFilters(command);
  teach(command, {
    examples: ['rm 4cf5a3c0 9b1d22e7', 'rm --tag trial --before 30d --apply'],
    errors: storeErrors,
  });
}

async function run(app: App, snapshots: readonly string[], flags: RmFlags): Promise<void> {
  const { apply = false, force = false } = flags;
  const filter = filterOf(app, flags);
  await withMaintainedStore(app, async (store) => {
    const ids = await removeSnapshots(jobOf(app), store, { snapshots, filter, apply, force });
    if (ids.length === 0 && isFiltered(filter))
      app.warn(`rm: ${nothingMatchesLine(filter)} Nothing is removed.`);
    app.result({ removed: apply, snapshots: ids }, [
      ...ids.map((id) => `${apply ? 'removed' : 'would remove'} ${id.slice(0, 8)}`),
      ...(apply || ids.length === 0 ? [] : ['Dry run: nothing was removed. Run it again with --apply.']),
    ]);
  });
}
