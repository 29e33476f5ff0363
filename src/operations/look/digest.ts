/** SHA-256 of every file of a snapshot, or below a path of it. */
import { createHash } from 'node:crypto';
import type { Place } from './open-place.ts';

export interface FileDigest {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** 64 hex digits. */
  readonly sha256: string;
}

/** Reads each file, in the order of the tree. @throws KlosetError `integrity` when one is damaged */
export async function* digestsOf(place: Place): AsyncIterable<FileDigest> {
  for await (const entry of place.snapshot.walk(place.entry.path)) {
    if (entry.type !== 'file') continue;
    const hash = createHash('sha256');
    for await (const bytes of place.snapshot.read(entry.content)) hash.update(bytes);
    yield { path: entry.path, size: entry.content.size, sha256: hash.digest('hex') };
  }
}
