/** The sizes of what lies at a place: documents and media, object by object. */
import type { Place } from './open-place.ts';

/** An object with all below it. */
export interface ObjectSize {
  readonly path: string;
  readonly kind: 'page' | 'database';
  /** Bytes of its documents and those below it, before compression and deduplication. */
  readonly documents: number;
  readonly media: number;
  /** Pages and databases, itself included. */
  readonly objects: number;
}

/** The objects at most `depth` levels of objects below the place, each with the sums of all below it, in the order of the tree. */
export async function sizesAt({ snapshot, entry }: Place, depth: number): Promise<ObjectSize[]> {
  type Sum = {
    path: string;
    kind: 'page' | 'database';
    documents: number;
    media: number;
    objects: number;
    level: number;
  };
  const open: Sum[] = [];
  const sums: Sum[] = [];
  for await (const each of snapshot.walk(entry.path)) {
    while (open.length > 0 && !each.path.startsWith(`${open.at(-1)?.path ?? ''}/`)) open.pop();
    if (each.type === 'directory') {
      if (each.object === undefined) continue;
      const sum: Sum = {
        path: each.path,
        kind: each.object.kind,
        documents: 0,
        media: 0,
        objects: 0,
        level: open.length,
      };
      open.push(sum);
      sums.push(sum);
      for (const above of open) above.objects += 1;
    } else {
      const isDocument = each.path.endsWith('.json');
      for (const above of open) above[isDocument ? 'documents' : 'media'] += each.content.size;
    }
  }
  return sums.filter(({ level }) => level <= depth).map(({ level: _level, ...size }) => size);
}
