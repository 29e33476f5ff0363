/** `rm`: removes snapshots; `maintenance` frees the bytes they held. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { removeSnapshots } from '../../../operations/keep/remove-snapshots.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { jobOf } from '../../session/job.ts';
import { withMaintainedStore } from '../../session/store-session.ts';

/** Adds the command. */
export function registerRm(program: Command, app: App): void {
  const command = program
    .command('rm <snapshots...>')
    .description('remove snapshots, each given by the beginning of its id')
    .option('--dry-run', 'print which snapshots would be removed; change nothing')
    .addOption(new Option('--apply', 'remove them, as in Plakar; the default here').hideHelp())
    .action((snapshots: string[], flags: { readonly dryRun?: boolean }) =>
      withMaintainedStore(app, async (store) => {
        const apply = flags.dryRun !== true;
        const ids = await removeSnapshots(jobOf(app), store, { snapshots, apply });
        app.result(
          { removed: apply, snapshots: ids },
          ids.map((id) => `${apply ? 'removed' : 'would remove'} ${id.slice(0, 8)}`),
        );
      }),
    );
  teach(command, { examples: ['rm --dry-run 4cf5a3c0', 'rm 4cf5a3c0 9b1d22e7'], errors: storeErrors });
}
