/** `cat`: prints files of a snapshot. */
import type { Command } from 'commander';
import { KlosetError } from '../../errors.ts';
import { documentPath } from '../../operations/read-document.ts';
import type { App } from '../app.ts';
import type { Place } from '../snapshot-session.ts';
import { openPlace } from '../snapshot-session.ts';
import { withReadableStore } from '../store-session.ts';

/** Adds the command. */
export function registerCat(program: Command, app: App): void {
  program
    .command('cat <paths...>')
    .description(
      'print files: SNAPSHOT:PATH, a title, a Notion id or URL; an object’s directory prints its document',
    )
    .action((words: string[]) =>
      withReadableStore(app, async (store) => {
        for (const word of words) await print(app, await openPlace(store, word));
      }),
    );
}

async function print(app: App, { snapshot, entry }: Place): Promise<void> {
  const file = entry.type === 'file' ? entry : await snapshot.entry(documentOf(entry));
  if (file?.type !== 'file') throw new KlosetError('not-found', `${entry.path} has no document.`);
  app.endProgress();
  for await (const bytes of snapshot.read(file.content)) {
    app.io.stdout.write(bytes);
    await app.io.stdout.drained();
  }
}

function documentOf(entry: Place['entry'] & { type: 'directory' }): string {
  if (entry.object !== undefined) return documentPath(entry);
  throw new KlosetError('usage', `${entry.path} is a directory.`, {
    hint: 'List it with `notion-kloset ls`.',
  });
}
