/** `restore -to FOLDER`: restores into a folder. */
import { join } from 'node:path';
import type { FolderRestored } from '../../../operations/restore/restore-to-folder.ts';
import { restoreToFolder } from '../../../operations/restore/restore-to-folder.ts';
import { indexName } from '../../../operations/restore/shortened-paths.ts';
import type { App } from '../../app/app.ts';
import { expandPath } from '../../app/folders.ts';
import { jobOf } from '../../session/job.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { commentsOf, viewOf } from '../../text/comment-place.ts';
import { formatBytes, plural } from '../../text/format.ts';
import { parseChoice } from '../../text/parse.ts';
import { gapLines } from './print-restore.ts';
import type { RestoreFlags } from './restore-flags.ts';
import { folderForms, formsWithTables } from './restore-flags.ts';
import { restoredPlace } from './restored-place.ts';

/** Restores the place `word` means into the folder of the flags, or into a new one. */
export async function runFolderRestore(app: App, word: string, flags: RestoreFlags): Promise<void> {
  await withReadableStore(app, async (store) => {
    const { snapshot, entry } = await restoredPlace(app, store, word, flags);
    const as = parseChoice(flags.as, folderForms, '--as');
    const restored = await restoreToFolder({
      snapshot,
      path: entry.path,
      folder: expandPath(app.io, flags.to ?? defaultFolder(app)),
      as,
      umask: flags.umask === true,
      ...viewOf(flags, as, formsWithTables),
      ...commentsOf(flags, as),
      monitor: jobOf(app).monitor,
    });
    print(app, { snapshot: snapshot.id, path: entry.path, ...restored });
  });
}

function defaultFolder(app: App): string {
  const time = new Date(app.io.clock.now()).toISOString().slice(0, 19).replaceAll(':', '-');
  return join('.', `notion-kloset-${time}`);
}

function print(
  app: App,
  restored: FolderRestored & { readonly snapshot: string; readonly path: string },
): void {
  const { snapshot, path, folder } = restored;
  app.result(
    restored,
    folderLines(`restore: restoration of ${snapshot.slice(0, 8)}:${path} at ${folder}`, restored),
  );
  finishFolder(app, restored);
}

/** The lines that tell what was written; `what` opens the first one. */
export function folderLines(what: string, written: FolderRestored): string[] {
  const { folder, not_in_snapshot: missing, shortened } = written;
  const index = folder === '-' ? indexName : join(folder, indexName);
  return [
    resultLine(what, written),
    ...gapLines(missing),
    ...(shortened === 0 ? [] : [`  ${plural(shortened, 'path')} shortened: see ${index}`]),
  ];
}

/** Sets the exit code where not everything was written. */
export function finishFolder(app: App, { errors, not_in_snapshot: missing }: FolderRestored): void {
  if (errors.some(({ damaged }) => damaged === true)) app.finishedWith('integrity');
  else if (errors.length + missing.length > 0) app.finishedWith('incomplete');
}

function resultLine(
  what: string,
  { files, bytes, errors, not_in_snapshot: missing }: FolderRestored,
): string {
  const written = `${plural(files, 'file')}, ${formatBytes(bytes)}`;
  if (errors.length > 0) return `${what} is incomplete: ${plural(errors.length, 'file')} failed`;
  if (missing.length > 0)
    return `${what} has all that is in the snapshot (${written}); ${plural(missing.length, 'part')} of it could not be read from Notion`;
  return `${what} completed successfully (${written})`;
}
