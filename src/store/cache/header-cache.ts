/** Header files kept on this machine. They are verified like those of the store each time they are read. */
import type { Database } from '../../database.ts';
import type { SnapshotId } from '../format/ids.ts';
import { idBytes } from '../format/ids.ts';

/** The bytes kept of the header `id`, if any. */
export function cachedHeader(database: Database, id: SnapshotId): Uint8Array | undefined {
  return database
    .prepare<[Uint8Array], Uint8Array>('SELECT file FROM headers WHERE id = ?')
    .pluck()
    .get(idBytes(id));
}

/** Keeps the bytes of the header `id`. */
export function keepHeader(database: Database, id: SnapshotId, file: Uint8Array): void {
  database.prepare('INSERT OR REPLACE INTO headers VALUES (?, ?)').run(idBytes(id), file);
}
