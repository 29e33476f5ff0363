/** `export`: writes snapshots into one encrypted file, which every command reads as a store. */
import type { Command } from 'commander';
import { exportSnapshots } from '../../../operations/keep/export-snapshots.ts';
import type { App } from '../../app/app.ts';
import { expandPath } from '../../app/folders.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { jobOf } from '../../session/job.ts';
import { withMaintainedStore } from '../../session/store-session.ts';
import { printSync } from './print-sync.ts';

/** Adds the command. */
export function registerExport(program: Command, app: App): void {
  const command = program
    .command('export <file> [snapshots...]')
    .description('write snapshots, by default the newest, into one encrypted file that opens as a store')
    .action((file: string, snapshots: string[]) =>
      withMaintainedStore(app, async (store) => {
        const path = expandPath(app.io, file);
        const report = await exportSnapshots(jobOf(app), store, { path, snapshots });
        printSync(app, report, `export to ${path}`);
      }),
    );
  teach(command, {
    examples: ['export ~/notion.kloset', 'export acme.kloset 4cf5a3c0'],
    errors: storeErrors,
  });
}
