/** Titles of the objects of a snapshot, and the folders they lie in. */
import type { ObjectInfo, SnapshotReader, StoredContent } from '../../document/content.ts';
import { compactId } from '../../document/notion-id.ts';
import { documentTitle } from '../../document/title.ts';
import { ObjectIndex } from './object-index.ts';
import { readObject } from './read-document.ts';

/** Directory and title of every object at and below `base`; to be closed. @param file where the table lies */
export async function indexObjects(
  snapshot: SnapshotReader,
  base: string,
  file = ':memory:',
): Promise<ObjectIndex> {
  const index = new ObjectIndex(file);
  try {
    for await (const entry of snapshot.walk(base === '' ? '/' : base)) {
      if (entry.type !== 'directory' || entry.object === undefined) continue;
      const title = await exactTitle(snapshot, { info: entry.object, path: entry.path });
      index.add({ id: compactId(entry.object.id), path: entry.path, title });
    }
    return index;
  } catch (error) {
    index.close();
    throw error;
  }
}

/** The title of the object whose directory is at `path`; its document is read where the path may not show it. */
export async function exactTitle(
  snapshot: SnapshotReader,
  object: {
    readonly info: Pick<ObjectInfo, 'kind'>;
    readonly path: string;
    /** Its document, where it was found already. */
    readonly content?: StoredContent | undefined;
  },
): Promise<string> {
  const name = titleOfPath(object.path);
  return mayDiffer(name) ? documentTitle(await readObject(snapshot, object)) || name : name;
}

/** The title as a path shows it, which is not always the whole. */
export function titleOfPath(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/~[0-9a-f]+$/, '');
}

/** Characters that a name has in place of those a path cannot have, and the length from which names are cut (`document/names.ts`). */
export function mayDiffer(name: string): boolean {
  return /[_-]|^Untitled$/.test(name) || Buffer.byteLength(name) > 100;
}
