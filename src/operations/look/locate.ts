/** Finds the entry of a snapshot that people mean: a path, a title, a title path, a Notion id or URL. */
import type { ObjectInfo, SnapshotReader, WalkedEntry } from '../../document/content.ts';
import { stringAt } from '../../document/json.ts';
import { compactId, parseNotionId } from '../../document/notion-id.ts';
import { KlosetError } from '../../errors.ts';
import { asDatabase, documentPath, readJson } from '../documents/read-document.ts';

type DirectoryEntry = WalkedEntry & { readonly type: 'directory' };

/**
 * The entry `path` means: an exact path first, then an id or URL, then titles segment by segment (`/Home/Notes`),
 * then a title anywhere when it is unique, then the last digits of an id (`38cd9a1f`, as `ls` prints them). The id of a view stands
 * for its database.
 * @throws KlosetError `not-found`; `usage` when a title or digits stand for several objects
 */
export async function locate(snapshot: SnapshotReader, path: string): Promise<WalkedEntry> {
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '') return { type: 'directory', path: '/', modified: '' };
  const exact = await snapshot.entry(trimmed.startsWith('/') ? trimmed : `/${trimmed}`);
  if (exact !== undefined) return exact;
  const id = trimmed.startsWith('/') ? undefined : parseNotionId(trimmed);
  const digits = idDigits(trimmed);
  const found =
    digits === undefined
      ? await byTitles(snapshot, trimmed)
      : await byDigits(snapshot, digits, id === undefined ? trimmed : undefined);
  if (found !== undefined) return found;
  throw new KlosetError('not-found', `${path} is not in snapshot ${snapshot.id.slice(0, 8)}.`, {
    hint: `List what is there: \`notion-kloset ls ${snapshot.id.slice(0, 8)}\`.`,
  });
}

/** The last digits of an id, 8 at least, or all 32 of it; undefined for anything else. `~` tells them from a title. */
export function idDigits(text: string): string | undefined {
  return parseNotionId(text) ?? /^~?([0-9a-f]{8,32})$/.exec(text)?.[1];
}

/**
 * The object of this title (`20260105` may be one), or whose id ends so, or the database with such a view; found in one walk.
 * @throws KlosetError `usage` for several
 */
async function byDigits(
  snapshot: SnapshotReader,
  digits: string,
  title: string | undefined,
): Promise<WalkedEntry | undefined> {
  const titled: WalkedEntry[] = [];
  const found: (DirectoryEntry & { readonly object: ObjectInfo })[] = [];
  const databases: DirectoryEntry[] = [];
  for await (const entry of snapshot.walk('/')) {
    if (entry.type !== 'directory' || entry.object === undefined) continue;
    const { object } = entry;
    if (object.id === digits) return entry;
    if (title !== undefined && isNamed(entry, title)) titled.push(entry);
    if (object.id.endsWith(digits)) found.push({ ...entry, object });
    if (object.kind === 'database') databases.push(entry);
  }
  const atTop = titled.filter(({ path }) => path.lastIndexOf('/') === 0);
  const [meant, other] = atTop.length > 0 ? atTop : titled;
  if (title !== undefined && other !== undefined) throw ambiguous(title, titled);
  if (meant !== undefined) return meant;
  if (found.length > 1) throw severalIds(digits, found);
  return found[0] ?? (await byView(snapshot, databases, digits));
}

async function byView(
  snapshot: SnapshotReader,
  databases: readonly DirectoryEntry[],
  digits: string,
): Promise<WalkedEntry | undefined> {
  for (const database of databases) {
    const path = documentPath(database);
    const { views } = asDatabase(await readJson(snapshot, path), path);
    if (views.some((view) => compactId(stringAt(view, 'id') ?? '').endsWith(digits))) return database;
  }
  return undefined;
}

async function byTitles(snapshot: SnapshotReader, path: string): Promise<WalkedEntry | undefined> {
  let matches: WalkedEntry[] = [{ type: 'directory', path: '/', modified: '' }];
  for (const segment of path.split('/').filter((part) => part !== '')) {
    const below: WalkedEntry[] = [];
    for (const match of matches) {
      if (match.type !== 'directory') continue;
      for await (const entry of snapshot.list(match.path)) if (isNamed(entry, segment)) below.push(entry);
    }
    matches = below;
  }
  if (matches.length === 0 && !path.includes('/')) matches = await anywhere(snapshot, path);
  if (matches.length > 1) throw ambiguous(path, matches);
  return matches[0];
}

async function anywhere(snapshot: SnapshotReader, title: string): Promise<WalkedEntry[]> {
  const matches: WalkedEntry[] = [];
  for await (const entry of snapshot.walk('/')) {
    if (entry.type === 'directory' && isNamed(entry, title)) matches.push(entry);
    if (matches.length > 5) break;
  }
  return matches;
}

/** True for the name itself, or the name without the `~<id>` that makes it unique. */
function isNamed(entry: WalkedEntry, segment: string): boolean {
  const name = entry.path.slice(entry.path.lastIndexOf('/') + 1);
  return name === segment || (entry.type === 'directory' && name.replace(/~[0-9a-f]+$/, '') === segment);
}

function ambiguous(path: string, matches: readonly WalkedEntry[]): KlosetError {
  const some = matches.slice(0, 5).map((match) => match.path);
  return new KlosetError('usage', `"${path}" is the title of several objects: ${some.join(', ')}.`, {
    hint: 'Give the path or the id of one.',
  });
}

function severalIds(
  digits: string,
  matches: readonly (DirectoryEntry & { readonly object: ObjectInfo })[],
): KlosetError {
  const some = matches.slice(0, 5).map(({ path, object }) => `${object.id} (${path})`);
  return new KlosetError('usage', `The ids of several objects end with ${digits}: ${some.join(', ')}.`, {
    hint: 'Give more of its last digits, or the whole id.',
  });
}
