/** Finds pages and databases by title, glob or id in every snapshot. */
import { parseNotionId } from '../../document/notion-id.ts';
import type { Store } from '../../store/open-store.ts';
import { isBackup, knownSnapshots } from './known-snapshots.ts';

/** One object in one snapshot. */
export interface Located {
  readonly snapshot: string;
  readonly time: string;
  readonly id: string;
  readonly kind: 'page' | 'database';
  readonly path: string;
}

/**
 * Objects whose title or path matches, the newest snapshot first. `pattern` is an id, a Notion URL, or a glob: `*` stands for
 * any characters but `/`, `**` for any, `?` for one; letters match in either case. A pattern without `/` is matched with titles.
 */
export async function* locateAll(
  store: Store,
  pattern: string,
  { all }: { readonly all: boolean },
): AsyncGenerator<Located> {
  const isMeant = matcher(pattern);
  const seen = new Set<string>();
  for (const { id: snapshot, header } of (await knownSnapshots(store)).filter(isBackup)) {
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
  const id = parseNotionId(pattern);
  if (id !== undefined) return (own) => own === id;
  const isPath = pattern.includes('/');
  const glob = globPattern(isPath ? pattern : `*${pattern}*`);
  return (_id, path) => {
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
