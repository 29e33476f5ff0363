/** The index of words, kept open between the letters that somebody types; opened again when there is a new backup. */
import type { OpenSearch } from '../../operations/search/search.ts';
import { openSearch } from '../../operations/search/search.ts';
import type { Catalog } from './catalog.ts';

const open = new WeakMap<Catalog, { readonly key: string; readonly search: Promise<OpenSearch> }>();

/** @throws KlosetError `integrity`, `unavailable` */
export async function searchOf(catalog: Catalog): Promise<OpenSearch> {
  const { snapshots } = await catalog.survey();
  const key = snapshots.map(({ id }) => id).join();
  const known = open.get(catalog);
  if (known?.key === key) return await known.search;
  // One that is still in use is closed when nothing refers to it any more.
  const search = openSearch(catalog.store);
  search.catch(() => open.delete(catalog));
  open.set(catalog, { key, search });
  return await search;
}
