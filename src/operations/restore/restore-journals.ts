/** Journals of restores into Notion: where they lie, and which one a command means. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from '../../cli/app/app.ts';
import { dataFolder } from '../../cli/app/folders.ts';
import { KlosetError } from '../../errors.ts';
import { reopenJournal } from '../../notion/restore/journal/journal.ts';
import { resultOf } from '../../notion/restore/journal/restore-result.ts';
import type { Destination } from '../../notion/restore/requests/restore-context.ts';

/** What makes two restores the same one, so that the second goes on with the first. */
export interface RestoreIdentity {
  readonly snapshot: string;
  readonly path: string;
  readonly destination: Destination;
  readonly markers: boolean;
  readonly comments: boolean;
  /** For a restore in place: the backup of what was there before. */
  readonly present?: string;
}

/** The journal of an unfinished restore of this identity, or the name for a new one. */
export function journalFor(app: App, identity: RestoreIdentity): string {
  const digest = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 12);
  const stem = `${identity.snapshot.slice(0, 8)}-${digest}`;
  for (let run = 1; ; run += 1) {
    const file = join(folderOf(app), `${stem}-${run}.sqlite`);
    if (!existsSync(file) || !isComplete(file)) return file;
  }
}

/** The journal named `name` (a file or the beginning of its name), or the newest. @throws KlosetError `not-found` */
export function findJournal(app: App, name: string | undefined): string {
  if (name !== undefined && existsSync(name)) return name;
  const folder = folderOf(app);
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.sqlite')) : [];
  const matching = files
    .filter((file) => name === undefined || file.startsWith(name))
    .map((file) => join(folder, file));
  const newest = matching.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
  if (newest !== undefined) return newest;
  throw new KlosetError(
    'not-found',
    name === undefined ? 'No restore into Notion was made from here.' : `There is no restore "${name}".`,
    {
      hint: `Journals lie in ${folder}.`,
    },
  );
}

function folderOf(app: App): string {
  return join(dataFolder(app.io), 'restores');
}

function isComplete(file: string): boolean {
  const journal = reopenJournal(file);
  try {
    return resultOf(journal, file, 0).complete && journal.meta('prepared') === 'yes';
  } finally {
    journal.close();
  }
}
