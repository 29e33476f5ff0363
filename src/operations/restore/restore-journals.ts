/** Journals of restores into Notion: where they lie, and which one a restore or an undo uses. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { KlosetError } from '../../errors.ts';
import { reopenJournal } from '../../notion/restore/journal/journal.ts';
import { resultOf } from '../../notion/restore/journal/restore-result.ts';
import type { Destination } from '../../notion/restore/requests/restore-context.ts';
import type { JobContext } from '../job-context.ts';

/** Two restores with the same identity are one: the second resumes the first. */
export interface RestoreIdentity {
  readonly snapshot: string;
  readonly path: string;
  readonly destination: Destination;
  readonly markers: boolean;
  readonly comments: boolean;
  /** For a restore in place: the backup taken before it. */
  readonly present?: string;
}

/** The journal of an unfinished restore of this identity, or the path of a new one. */
export function journalFor({ journalFolder }: JobContext, identity: RestoreIdentity): string {
  const digest = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 12);
  const stem = `${identity.snapshot.slice(0, 8)}-${digest}`;
  for (let run = 1; ; run += 1) {
    const file = join(journalFolder, `${stem}-${run}.sqlite`);
    if (!existsSync(file) || !isComplete(file)) return file;
  }
}

/** The journal `name` means (a file, or the beginning of its name), or the newest. @throws KlosetError `not-found` */
export function findJournal({ journalFolder }: JobContext, name: string | undefined): string {
  if (name !== undefined && existsSync(name)) return name;
  const files = existsSync(journalFolder)
    ? readdirSync(journalFolder).filter((file) => file.endsWith('.sqlite'))
    : [];
  const matching = files
    .filter((file) => name === undefined || file.startsWith(name))
    .map((file) => join(journalFolder, file));
  const newest = matching.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
  if (newest !== undefined) return newest;
  const problem =
    name === undefined ? 'This machine has not restored into Notion yet.' : `There is no restore "${name}".`;
  throw new KlosetError('not-found', problem, { hint: `Journals of restores are kept in ${journalFolder}.` });
}

/** The name people use for a journal. */
export function journalName(file: string): string {
  return file.replace(/^.*[\\/]/, '').replace(/\.sqlite$/, '');
}

function isComplete(file: string): boolean {
  const journal = reopenJournal(file);
  try {
    return resultOf(journal, file, 0).complete && journal.meta('prepared') === 'yes';
  } finally {
    journal.close();
  }
}
