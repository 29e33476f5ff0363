/** `ls`: lists snapshots, or the contents of one. */
import type { Command } from 'commander';
import { KlosetError } from '../../../errors.ts';
import { sortKeys } from '../../../operations/look/list-place.ts';
import { entryKinds } from '../../../operations/look/listed-entry.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { addFilters } from '../../session/filters.ts';
import { withReadableStore } from '../../session/store-session.ts';
import type { LsFlags } from './ls-flags.ts';

/** Adds the command. */
export function registerLs(program: Command, app: App): void {
  const command = program
    .command('ls [snapshot]')
    .description('list snapshots, or the contents of SNAPSHOT[:PATH]: pages, databases, rows, views, files')
    .option('--recursive', 'list everything below the path')
    .option('--tree', 'show pages and databases below the path as a tree')
    .option('--depth <n>', 'with --tree or --recursive: go this many levels down')
    .option('--kind <kinds>', `list only these kinds: ${entryKinds.join(', ')}`)
    .option('--sort <key>', `sort by ${sortKeys.join(', ')}`)
    .option('--long', 'print whole titles and ids, and the path of each entry')
    .option('--uuid', 'print whole ids')
    .option('--tags', 'print tags; they are printed anyway')
    .option('--changes', 'count the changes of every snapshot, however many there are')
    .option('--no-changes', 'do not count what changed between snapshots')
    .action((word: string | undefined, flags: LsFlags) => run(app, word, flags));
  addFilters(command);
  teach(command, { examples: ['ls -since 30d', 'ls -tree -depth 2 latest:/Home'], errors: storeErrors });
}

async function run(app: App, word: string | undefined, flags: LsFlags): Promise<void> {
  if (word !== undefined) {
    if (flags.changes !== undefined)
      throw new KlosetError('usage', `--${flags.changes ? '' : 'no-'}changes is for the list of snapshots.`, {
        hint: 'Leave it out; `diff` shows what changed at a place.',
      });
    const { listContents } = await import('./ls-contents.ts');
    return await withReadableStore(app, (store) => listContents(app, store, word, flags));
  }
  const alien = (['recursive', 'tree', 'depth', 'kind', 'sort'] as const).find(
    (name) => flags[name] !== undefined,
  );
  if (alien !== undefined)
    throw new KlosetError('usage', `--${alien} is for the contents of a snapshot.`, {
      hint: 'Name one, for example `ls --recursive latest`.',
    });
  const { listStore } = await import('./ls-snapshots.ts');
  await withReadableStore(app, (store) => listStore(app, store, flags));
}
