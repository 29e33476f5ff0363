/** `restore`: puts a snapshot, or part of it, into a folder or back into Notion. */
import type { Command } from 'commander';
import { KlosetError } from '../../../errors.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { addFilters, filterOf } from '../../session/filters.ts';
import { commentsHelp } from '../../text/comment-place.ts';
import { runInPlace } from './in-place.ts';
import { runFolderRestore } from './into-folder.ts';
import { isNotionTarget, runNotionPlan, runNotionRestore, runUndo } from './into-notion.ts';
import type { RestoreFlags, RestoreKind } from './restore-flags.ts';
import { folderForms, refuseAlienOptions } from './restore-flags.ts';

/** Adds the command. */
export function registerRestore(program: Command, app: App): void {
  const command = program
    .command('restore [snapshot]')
    .description('restore SNAPSHOT[:PATH], by default the newest snapshot, into a folder or into Notion')
    .option('--to <target>', 'restore into this folder, or into a configured destination ("@mynotion")')
    .option('--as <form>', `write files in a folder as ${folderForms.join(', ')}`, 'json')
    .option('--view <name>', 'take columns, rows and order of CSV from this view, where a database has it')
    .option('--umask', 'let others read a restored folder as the umask allows')
    .option('--root-id <id>', 'restore under this Notion page, given by its id or URL')
    .option('--workspace-root', 'restore at the top of the workspace, where the token may')
    .option('--markers', 'insert a placeholder for content that cannot be restored')
    .option('--comments <place>', commentsHelp)
    .option('--no-comments', 'do not restore comments')
    .option('--in-place', 'restore over the existing pages (untrash, patch, recreate)')
    .option('--yes', 'do not ask for confirmation')
    .option('--dry-run', 'print the plan for Notion; write nothing')
    .option(
      '--undo [journal]',
      'move to the trash what a restore into Notion created; default: the newest restore',
    )
    .option('--prune-added', 'in place: move to the trash what was added since the snapshot')
    .option(
      '--property <name>',
      'in place: restore only the values of this property (repeatable)',
      (name: string, names: readonly string[] = []) => [...names, name],
    )
    .option('--verify [mode]', 'read back and compare: full, fast (default) or none')
    .option('--no-verify', 'do not read the copy back and compare it')
    .action((word: string | undefined, flags: RestoreFlags, self: Command) => run(app, word, flags, self));
  addFilters(command, { latest: 'restore from the newest backup of a source and scope' });
  teach(command, {
    examples: ['restore -to ./readable -as md latest:/Home', 'restore -to "@mynotion" 4cf5a3c0'],
    errors: ['incomplete', ...storeErrors],
  });
}

function run(app: App, given: string | undefined, flags: RestoreFlags, command: Command): Promise<void> {
  const { words } = filterOf(app, flags);
  const kind = kindOf(flags);
  refuseAlienOptions(command, kind);
  const word = given ?? 'latest';
  switch (kind) {
    case 'that is undone':
      refuseSnapshot([given, words]);
      return runUndo(app, flags.undo === true ? undefined : flags.undo, flags);
    case 'in place':
      return runInPlace(app, word, flags);
    case 'into Notion':
      return flags.dryRun === true ? runNotionPlan(app, word, flags) : runNotionRestore(app, word, flags);
    case 'into a folder':
      return runFolderRestore(app, word, flags);
  }
}

/** A plan without a target is one for Notion: it asks for the page. */
function kindOf(flags: RestoreFlags): RestoreKind {
  if (flags.undo !== undefined) return 'that is undone';
  if (flags.inPlace === true) return 'in place';
  const isPlan = flags.dryRun === true && flags.to === undefined;
  return isPlan || isNotionTarget(flags) ? 'into Notion' : 'into a folder';
}

/** @throws KlosetError `usage` for a snapshot that was named, or a filter of snapshots */
function refuseSnapshot(words: readonly (string | undefined)[]): void {
  const named = words.filter((word) => word !== undefined && word !== '').join(' ');
  if (named === '') return;
  throw new KlosetError(
    'usage',
    `--undo takes back a restore, not a snapshot: ${named} has no meaning with it.`,
    { hint: 'Name the journal of a restore: `restore --undo JOURNAL`.' },
  );
}
