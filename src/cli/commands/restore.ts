/** `restore`: puts a snapshot, or part of it, into a folder or back into Notion. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { restoreToFolder } from '../../operations/restore-to-folder.ts';
import type { App } from '../app.ts';
import { expandPath } from '../folders.ts';
import { formatBytes, plural } from '../format.ts';
import { parseChoice } from '../parse.ts';
import { restoreHere } from '../restore-in-place.ts';
import type { NotionRestoreFlags } from '../restore-notion.ts';
import { isNotionTarget, restoreIntoNotion, undoNotionRestore } from '../restore-notion.ts';
import { planNotionRestore } from '../restore-plan.ts';
import type { Place } from '../snapshot-session.ts';
import { openPlace } from '../snapshot-session.ts';
import { withReadableStore, withWritableStore } from '../store-session.ts';

interface RestoreFlags extends NotionRestoreFlags {
  readonly as: string;
  readonly latest?: boolean;
  readonly undo?: string | true;
}

const forms = ['json', 'md', 'html', 'csv'] as const;

/** Adds the command. */
export function registerRestore(program: Command, app: App): void {
  program
    .command('restore [snapshot]')
    .description('restore SNAPSHOT[:PATH], the newest by default, into a folder or into Notion')
    .option('--to <target>', 'a folder, or a configured destination ("@mynotion")')
    .option('--as <form>', `in a folder: ${forms.join(', ')}`, 'json')
    .option('--latest', 'the newest snapshot')
    .option('--root-id <id>', 'the Notion page to restore under: id or URL')
    .option('--workspace-root', 'restore at the top of the workspace (where the token may)')
    .option('--markers', 'leave a visible sign where something cannot be written')
    .option('--no-comments', 'leave comments out')
    .option('--in-place', 'make the originals again what they were: out of the trash, patched, re-created')
    .option('--yes', 'do not ask before a restore in place')
    .option('--dry-run', 'print the plan for Notion and write nothing')
    .option(
      '--undo [journal]',
      'move what a restore into Notion made to the trash: the newest, or that of a journal',
    )
    .option('--no-verify', 'do not read the copy back and compare it')
    .action(async (word: string | undefined, flags: RestoreFlags) => {
      if (flags.undo !== undefined)
        return undoNotionRestore(app, flags.undo === true ? undefined : flags.undo, flags);
      if (flags.inPlace === true) {
        return withWritableStore(app, 'restore', async (store) =>
          restoreHere(app, store, await openPlace(store, word ?? 'latest'), flags),
        );
      }
      return withReadableStore(app, async (store) => {
        const place = await openPlace(store, word ?? 'latest');
        if (flags.dryRun === true) await planNotionRestore(app, place, flags);
        else if (isNotionTarget(flags)) await restoreIntoNotion(app, place, flags);
        else await intoFolder(app, place, flags);
      });
    });
}

async function intoFolder(app: App, { snapshot, entry }: Place, flags: RestoreFlags): Promise<void> {
  const stamp = new Date(app.io.clock.now()).toISOString().slice(0, 19).replaceAll(':', '-');
  const restored = await restoreToFolder({
    snapshot,
    path: entry.path,
    folder: expandPath(app.io, flags.to || join('.', `notion-kloset-${stamp}`)),
    as: parseChoice(flags.as, forms, '--as'),
    monitor: app.progress,
  });
  const what = `${snapshot.id.slice(0, 8)}:${entry.path}`;
  app.result({ snapshot: snapshot.id, path: entry.path, ...restored }, [
    restored.errors.length === 0
      ? `restore: restoration of ${what} at ${restored.folder} completed successfully (${plural(restored.files, 'file')}, ${formatBytes(restored.bytes)})`
      : `restore: restoration of ${what} at ${restored.folder} is incomplete: ${plural(restored.errors.length, 'file')} failed`,
  ]);
  if (restored.errors.length > 0) app.finishedWith('incomplete');
}
