/** The headers of a store, compared with what this machine has seen. */
import type { Database } from '../../database.ts';
import type { ReadingParts } from '../access/store-parts.ts';
import { openCacheDatabase } from '../cache/cache-database.ts';
import type { ListedHeader } from './listed-header.ts';
import { seenHeaders, unreadableIds } from './listed-header.ts';
import { readHeaders } from './snapshot-list.ts';

export { removedIn } from './listed-header.ts';

/** Reads every header, those of `database` from there. @throws KlosetError integrity when the store was rolled back */
export async function readTrustedHeaders(
  { context, backend, trust }: Pick<ReadingParts, 'context' | 'backend' | 'trust'>,
  database: Database,
): Promise<ListedHeader[]> {
  const headers = await readHeaders({ context, backend, database, trust });
  trust.checkHeaders(seenHeaders(headers), unreadableIds(headers));
  return headers;
}

/** Every header file of the store, read from there and not from the cache. */
export async function allHeaders(
  parts: Pick<ReadingParts, 'context' | 'backend' | 'trust'>,
): Promise<ListedHeader[]> {
  const database = openCacheDatabase(':memory:');
  try {
    return await readTrustedHeaders(parts, database);
  } finally {
    database.close();
  }
}
