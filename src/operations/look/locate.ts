/** Finds the entry of a snapshot that people mean: a path, a title, a title path, a Notion id or URL. */
import type { SnapshotReader, WalkedEntry } from '../../document/content.ts';
import { parseNotionId } from '../../document/notion-id.ts';
import { KlosetError } from '../../errors.ts';

/**
 * The entry `path` means: an exact path first, then an id or URL, then titles segment by segment (`/Home/Notes`),
 * then a title anywhere when it is unique.
 * @throws KlosetError `not-found`; `usage` when a title stands for several objects
 */
export async function locate(snapshot: SnapshotReader, path: string): Promise<WalkedEntry> {
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '') return { type: 'directory', path: '/', modified: '' };
  const exact = await snapshot.entry(trimmed.startsWith('/') ? trimmed : `/${trimmed}`);
  if (exact !== undefined) return exact;
  const id = trimmed.startsWith('/') ? undefined : parseNotionId(trimmed);
  const found = id === undefined ? await byTitles(snapshot, trimmed) : await byId(snapshot, id);
  if (found !== undefined) return found;
  throw new KlosetError('not-found', `${path} is not in snapshot ${snapshot.id.slice(0, 8)}.`, {
    hint: `List what is there: \`notion-kloset ls ${snapshot.id.slice(0, 8)}\`.`,
  });
}

async function byId(snapshot: SnapshotReader, id: string): Promise<WalkedEntry | undefined> {
  for await (const entry of snapshot.walk('/')) {
    if (entry.type === 'directory' && entry.object?.id === id) return entry;
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
