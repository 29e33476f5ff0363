/** `sync`: copies snapshots between two stores. */
import type { Command } from 'commander';
import type { StoreSync } from '../../../operations/keep/sync-stores.ts';
import { syncStores } from '../../../operations/keep/sync-stores.ts';
import { nothingMatchesLine } from '../../../operations/look/filter.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import type { FilterFlags } from '../../session/filters.ts';
import { addFilters, filterOf } from '../../session/filters.ts';
import { jobOf } from '../../session/job.ts';
import type { OtherStoreFlags } from '../../session/other-store.ts';
import { addOtherStoreOptions, otherStoreAt } from '../../session/other-store.ts';
import { withMaintainedStore } from '../../session/store-session.ts';
import { printSync } from './print-sync.ts';

type Direction = StoreSync['direction'];

interface SyncFlags extends OtherStoreFlags, FilterFlags {
  readonly heal?: boolean;
}

const descriptions: { readonly [direction in Direction]: string } = {
  to: 'copy to that store; it is created when missing',
  from: 'copy from that store',
};

/** Adds the command group. */
export function registerSync(program: Command, app: App): void {
  const group = program
    .command('sync')
    .description('copy snapshots to or from another store; copies only missing data');
  const errors = ['incomplete' as const, ...storeErrors];
  teach(group, { examples: ['sync to /mnt/disk/store', 'sync from "@disk" 4cf5a3c0'], errors });
  for (const direction of ['to', 'from'] as const) {
    const command = group
      .command(`${direction} <store> [snapshots...]`)
      .description(descriptions[direction])
      .option('--heal', 'put back first what one side has lost and the other has')
      .action((other: string, snapshots: string[], flags: SyncFlags) =>
        run(app, direction, other, snapshots, flags),
      );
    addOtherStoreOptions(command);
    addFilters(command);
    teach(command, {
      examples: [
        `sync ${direction} /mnt/disk/store --heal`,
        `sync ${direction} /mnt/disk/store --other-passphrase-file ~/disk.pass`,
      ],
      errors,
    });
  }
}

async function run(
  app: App,
  direction: Direction,
  word: string,
  snapshots: readonly string[],
  flags: SyncFlags,
): Promise<void> {
  const filter = filterOf(app, flags);
  const other = await otherStoreAt(app, word, flags);
  await withMaintainedStore(app, async (store) => {
    const sync = { direction, other, secret: other.secret, snapshots, filter, heal: flags.heal === true };
    const report = await syncStores(jobOf(app), store, sync);
    if (report.nothingMatched === true) app.warn(`sync: ${nothingMatchesLine(filter)}`);
    printSync(app, report, `sync ${direction} ${other.location}`);
  });
}
