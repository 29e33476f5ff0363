/** `restore -to FOLDER`: restores into a folder. */
import { join } from 'node:path';
import { openPlace } from '../../../operations/look/open-place.ts';
import type { FolderRestored } from '../../../operations/restore/restore-to-folder.ts';
import { restoreToFolder } from '../../../operations/restore/restore-to-folder.ts';
import type { PlacedGap } from '../../../operations/verify/not-in-snapshot.ts';
import { notInSnapshot } from '../../../operations/verify/not-in-snapshot.ts';
import type { App } from '../../app/app.ts';
import { expandPath } from '../../app/folders.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { formatBytes, plural } from '../../text/format.ts';
import { parseChoice } from '../../text/parse.ts';
import { gapLines } from './print-restore.ts';
import type { RestoreFlags } from './restore-flags.ts';
import { folderForms } from './restore-flags.ts';

/** Restores the place `word` means into the folder of the flags, or into a new one. */
export async function runFolderRestore(app: App, word: string, flags: RestoreFlags): Promise<void> {
  await withReadableStore(app, async (store) => {
    const { snapshot, entry } = await openPlace(store, word);
    const restored = await restoreToFolder({
      snapshot,
      path: entry.path,
      folder: expandPath(app.io, flags.to || defaultFolder(app)),
      as: parseChoice(flags.as, folderForms, '--as'),
      monitor: app.progress,
    });
    const gaps = await notInSnapshot(snapshot, entry.path);
    print(app, { snapshot: snapshot.id, path: entry.path, ...restored, not_in_snapshot: gaps });
  });
}

function defaultFolder(app: App): string {
  const time = new Date(app.io.clock.now()).toISOString().slice(0, 19).replaceAll(':', '-');
  return join('.', `notion-kloset-${time}`);
}

function print(
  app: App,
  restored: FolderRestored & {
    readonly snapshot: string;
    readonly path: string;
    readonly not_in_snapshot: readonly PlacedGap[];
  },
): void {
  const { snapshot, path, folder, files, bytes, errors, not_in_snapshot } = restored;
  const what = `restore: restoration of ${snapshot.slice(0, 8)}:${path} at ${folder}`;
  app.result(restored, [
    errors.length === 0 && not_in_snapshot.length > 0
      ? `${what} lacks what is not in the snapshot (${plural(files, 'file')}, ${formatBytes(bytes)})`
      : errors.length === 0
        ? `${what} completed successfully (${plural(files, 'file')}, ${formatBytes(bytes)})`
        : `${what} is incomplete: ${plural(errors.length, 'file')} failed`,
    ...gapLines(not_in_snapshot),
  ]);
  if (errors.length + not_in_snapshot.length > 0) app.finishedWith('incomplete');
}
