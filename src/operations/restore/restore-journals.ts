/** Journals of restores into Notion: where they lie, and which one a restore or an undo uses. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isFile } from '../../backend/disk-errors.ts';
import { isDatabaseFile } from '../../database.ts';
import { isObject, objectAt, stringAt } from '../../document/json.ts';
import { compactId } from '../../document/notion-id.ts';
import { KlosetError } from '../../errors.ts';
import type { Monitor } from '../../monitor.ts';
import type { NotionApi } from '../../notion/api/api.ts';
import type { EarlierCopies } from '../../notion/restore/in-place/earlier-copies.ts';
import type { Journal } from '../../notion/restore/journal/journal.ts';
import { reopenJournal } from '../../notion/restore/journal/journal.ts';
import { resultOf } from '../../notion/restore/journal/restore-result.ts';
import type { Destination } from '../../notion/restore/requests/restore-context.ts';
import { unansweredCopies } from '../../notion/restore/unanswered-creations.ts';
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

/** The restore a journal belongs to. */
export interface JournalSummary {
  readonly file: string;
  /** The snapshot that was restored; empty when the journal does not say. */
  readonly snapshot: string;
  /** The part of the snapshot. */
  readonly path: string;
  readonly destination: string;
  readonly isInPlace: boolean;
  /** The snapshot of the state before a restore in place; empty otherwise. */
  readonly before: string;
  /** Objects the restore created directly in its destination. */
  readonly roots: readonly { readonly id: string; readonly kind: string; readonly path: string }[];
}

/** Reads what a journal says of its restore. @throws KlosetError `not-found`, `incompatible` */
export function summaryOf(file: string): JournalSummary {
  const journal = reopenJournal(file);
  try {
    const identity: unknown = JSON.parse(journal.meta('identity') ?? '{}');
    const destination = objectAt(identity, 'destination');
    const paths = new Map<string, string>();
    for (const { id, path } of journal.objects.all())
      paths.set(compactId(journal.ids.copyOf(id) ?? id), path);
    return {
      file,
      snapshot: stringAt(identity, 'snapshot') ?? '',
      path: stringAt(identity, 'path') ?? '/',
      destination:
        stringAt(identity, 'workspace') ??
        stringAt(identity, 'destination') ??
        stringAt(destination, 'id') ??
        stringAt(destination, 'type') ??
        'workspace',
      before: stringAt(identity, 'present') ?? '',
      isInPlace: isOfInPlace(journal),
      roots: journal.ids.roots().map(({ id, kind }) => ({ id, kind, path: paths.get(compactId(id)) ?? '' })),
    };
  } finally {
    journal.close();
  }
}

/**
 * The copies that restores in place from this machine created of what was gone, the newest first; with those of which no
 * answer came, when an interrupted restore left the question open.
 * @param isKept true to note in the journals what became of those
 */
export async function copiesOfEarlierRestores(
  { journalFolder, monitor }: JobContext,
  api: NotionApi,
  isKept: boolean,
): Promise<EarlierCopies> {
  if (!existsSync(journalFolder)) return { objects: [], properties: [] };
  const files = readdirSync(journalFolder)
    .filter((name) => name.endsWith('.sqlite'))
    .map((name) => join(journalFolder, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  const found: EarlierCopies[] = [];
  for (const file of files) found.push(await copiesIn(file, { api, isKept, monitor }));
  return {
    objects: found.flatMap(({ objects }) => objects),
    properties: found.flatMap(({ properties }) => properties),
  };
}

async function copiesIn(
  file: string,
  { api, isKept, monitor }: { readonly api: NotionApi; readonly isKept: boolean; readonly monitor: Monitor },
): Promise<EarlierCopies> {
  const none: EarlierCopies = { objects: [], properties: [] };
  try {
    const journal = reopenJournal(file);
    try {
      if (!isOfInPlace(journal)) return none;
      const unanswered = await unansweredCopies(api, journal, isKept);
      const answered = [...journal.ids.pairs()]
        .map(({ old, fresh, kind }) => ({ old: compactId(old), fresh: compactId(fresh), kind }))
        .filter(({ old, fresh }) => old !== fresh);
      return {
        objects: [...answered, ...unanswered],
        properties: journal.ids.properties().filter(({ property, copy }) => copy !== property),
      };
    } finally {
      journal.close();
    }
  } catch (error) {
    // A journal of another version, or a file that is none, tells of no copies.
    if (!(error instanceof KlosetError)) throw error;
    const message = `${error.message} Pages that it created in the place of others are not known, and may be created again.`;
    if (error.code === 'integrity') monitor.report({ type: 'warning', message });
    return none;
  }
}

function isOfInPlace(journal: Journal): boolean {
  const identity: unknown = JSON.parse(journal.meta('identity') ?? '{}');
  return isObject(identity) && identity.inPlace === true;
}

/** Restrictions on the journals that an undo may take. */
export interface JournalFilter {
  /** True for a snapshot of the store at hand. */
  readonly isOurs: (snapshot: string) => boolean;
  /** Compact id of the page the restore went to; any when absent. */
  readonly destination?: string;
  /** Compact id of the workspace that can be written to: a restore in place of another one is not taken. */
  readonly workspace?: string;
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

/** The journal `name` means (a file, or the beginning of its name), or the newest. @throws KlosetError `not-found`, `integrity` when a newer one is damaged */
export function findJournal(
  { journalFolder }: JobContext,
  name: string | undefined,
  filter?: JournalFilter,
): string {
  if (name !== undefined && isFile(name)) return requireJournal(name);
  const files = existsSync(journalFolder)
    ? readdirSync(journalFolder).filter((file) => file.endsWith('.sqlite'))
    : [];
  const matching = files
    .filter((file) => name === undefined || file.startsWith(name))
    .map((file) => join(journalFolder, file));
  const newest = matching
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
    .find((file) => filter === undefined || fits(file, filter));
  if (newest !== undefined) return newest;
  const none =
    files.length === 0
      ? 'This machine has not restored into Notion yet.'
      : 'This machine knows of no such restore into Notion.';
  const problem = name === undefined ? none : `There is no restore "${name}".`;
  throw new KlosetError('not-found', problem, { hint: `Journals of restores are kept in ${journalFolder}.` });
}

/** A file that somebody names may be anything; opening a database would change it. @throws KlosetError `usage` */
function requireJournal(file: string): string {
  if (isDatabaseFile(file)) return file;
  throw new KlosetError('usage', `${file} is not the journal of a restore.`);
}

function fits(file: string, { isOurs, destination, workspace }: JournalFilter): boolean {
  try {
    const { snapshot, isInPlace, destination: went } = summaryOf(file);
    if (!isOurs(snapshot)) return false;
    if (isInPlace)
      // A journal of an older version does not tell its workspace.
      return (
        destination === undefined && (workspace === undefined || went === 'workspace' || went === workspace)
      );
    return destination === undefined || compactId(went) === compactId(destination);
  } catch (error) {
    // A journal of another version, or a file that is none, belongs to no restore of this store. A damaged one may be the newest.
    if (error instanceof KlosetError && error.code !== 'integrity') return false;
    throw error;
  }
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
