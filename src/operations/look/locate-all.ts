/** Finds pages and databases by title, glob or id in every snapshot. */
import type { Store } from '../../store/open-store.ts';
import type { SnapshotFilter } from './filter.ts';
import { filterSnapshots, isFiltered, noFilter, nothingMatches } from './filter.ts';
import { isBackup, knownSnapshots } from './known-snapshots.ts';
import { idDigits } from './locate.ts';

/** One object in one snapshot. */
export interface Located {
  readonly snapshot: string;
  readonly time: string;
  readonly id: string;
  readonly kind: 'page' | 'database';
  readonly path: string;
}

/**
 * Objects whose title or path matches, the newest snapshot first. `pattern` is an id, its last digits (8 at least), a Notion URL, or a glob: `*` stands for
 * any characters but `/`, `**` for any, `?` for one; letters match in either case. A pattern without `/` is matched with titles.
 */
export async function* locateAll(
  store: Store,
  pattern: string,
  { all, filter = noFilter }: { readonly all: boolean; readonly filter?: SnapshotFilter },
): AsyncGenerator<Located> {
  const isMeant = matcher(pattern);
  const snapshots = filterSnapshots(await knownSnapshots(store), filter).filter(isBackup);
  if (snapshots.length === 0 && isFiltered(filter)) throw nothingMatches(filter);
  const seen = new Set<string>();
  for (const { id: snapshot, header } of snapshots) {
    if (header === undefined || (!all && seen.has(header.source))) continue;
    seen.add(header.source);
    const reader = await store.openSnapshot(snapshot);
    for await (const entry of reader.walk('/')) {
      if (entry.type !== 'directory' || entry.object === undefined || !isMeant(entry.object.id, entry.path))
        continue;
      const { id, kind } = entry.object;
      yield { snapshot, time: header.time, id, kind, path: entry.path };
    }
  }
}

/** True for the objects that `pattern` means. */
export function matcher(pattern: string): (id: string, path: string) => boolean {
  const digits = idDigits(pattern);
  if (digits?.length === 32) return (own) => own === digits;
  const isPath = pattern.includes('/');
  const glob = globPattern(isPath ? pattern : `*${pattern}*`);
  return (id, path) => {
    if (digits !== undefined && id.endsWith(digits)) return true;
    const titles = path.split('/').map((segment) => segment.replace(/~[0-9a-f]+$/, ''));
    return glob.test(isPath ? titles.join('/') : (titles.at(-1) ?? '')) || (isPath && glob.test(path));
  };
}

/** A glob as a regular expression that cannot backtrack far: each `*` takes what is not a separator. */
function globPattern(glob: string): RegExp {
  const source = glob.replace(/\*{3,}/g, '**').replace(/\*\*|\*|\?|[^*?]+/g, (part) => {
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : part.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 'isu');
}
