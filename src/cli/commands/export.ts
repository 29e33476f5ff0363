/** `export`: writes snapshots into one sealed file, which every command reads as a store. */
import { hostname } from 'node:os';
import type { Command } from 'commander';
import type { SnapshotId } from '../../store/open-store.ts';
import type { App } from '../app.ts';
import { expandPath } from '../folders.ts';
import { withMaintainedStore } from '../store-session.ts';
import { printSync } from './sync.ts';

/** Adds the command. */
export function registerExport(program: Command, app: App): void {
  program
    .command('export <file> [snapshots...]')
    .description(
      'write snapshots, the newest by default, into one sealed file; read it with `at FILE ls` and the like',
    )
    .action((file: string, words: string[]) =>
      withMaintainedStore(app, async (store) => {
        const snapshots: SnapshotId[] = [];
        for (const word of words.length === 0 ? ['latest'] : words)
          snapshots.push((await store.resolveSnapshot(word)).id);
        const path = expandPath(app.io, file);
        printSync(
          app,
          await store.replica.export({ snapshots, path, host: hostname() }),
          `export to ${path}`,
        );
      }),
    );
}
