/** Titles of the objects of a snapshot, and the folders they lie in. */
import type { SnapshotReader } from '../../document/content.ts';
import { documentTitle } from '../../document/diff/documents.ts';
import { compactId } from '../../document/notion-id.ts';
import { readObject } from './read-document.ts';

/** Objects by compact id. */
export interface NamedObjects {
  readonly paths: Map<string, string>;
  readonly titles: Map<string, string>;
}

/** Directory and title of every object at and below `base`. */
export async function namedObjects(snapshot: SnapshotReader, base: string): Promise<NamedObjects> {
  const [paths, titles] = [new Map<string, string>(), new Map<string, string>()];
  for await (const entry of snapshot.walk(base === '' ? '/' : base)) {
    if (entry.type !== 'directory' || entry.object === undefined) continue;
    const id = compactId(entry.object.id);
    paths.set(id, entry.path);
    const name = titleOfPath(entry.path);
    titles.set(
      id,
      mayDiffer(name)
        ? documentTitle(await readObject(snapshot, { info: entry.object, path: entry.path })) || name
        : name,
    );
  }
  return { paths, titles };
}

/** The title as a path shows it, which is not always the whole. */
export function titleOfPath(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/~[0-9a-f]+$/, '');
}

/** Characters that a name has in place of those a path cannot have, and the length from which names are cut (`document/names.ts`). */
export function mayDiffer(name: string): boolean {
  return /[_-]|^Untitled$/.test(name) || Buffer.byteLength(name) > 100;
}
