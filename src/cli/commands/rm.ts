/** `rm`: removes snapshots; the bytes they held are freed by `maintenance`. */
import { hostname } from 'node:os';
import type { Command } from 'commander';
import { Option } from 'commander';
import { KlosetError } from '../../errors.ts';
import type { SnapshotId } from '../../store/open-store.ts';
import type { App } from '../app.ts';
import { lockOptions, withMaintainedStore } from '../store-session.ts';
import { toolName } from '../version.ts';

/** Adds the command. */
export function registerRm(program: Command, app: App): void {
  program
    .command('rm <snapshots...>')
    .description('remove snapshots, given by the beginning of their ids')
    .option('--dry-run', 'only say which')
    .addOption(new Option('--apply', 'as Plakar writes it: the default here').hideHelp())
    .action((words: string[], flags: { readonly dryRun?: boolean }) =>
      withMaintainedStore(app, async (store) => {
        const ids = new Set<SnapshotId>();
        for (const word of words) {
          if (word === 'latest') throw new KlosetError('usage', 'Name the snapshot to remove by its id.');
          ids.add((await store.resolveSnapshot(word)).id);
        }
        const apply = flags.dryRun !== true;
        if (apply)
          await store.removeSnapshots([...ids], { tool: toolName(), host: hostname() }, lockOptions(app));
        app.result({ removed: apply, snapshots: [...ids] }, [
          ...[...ids].map((id) => `${apply ? 'removed' : 'would remove'} ${id.slice(0, 8)}`),
        ]);
      }),
    );
}
