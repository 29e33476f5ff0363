/** The paths by which a crawl discovers objects. Each object keeps the set of those that led to it in this run. */

const names = [
  'search',
  'walk',
  'query',
  'relation',
  'mention',
  'link',
  'view',
  'template',
  'parent',
  'synced',
  'previous',
  'root',
  'trash',
] as const;

/**
 * - search: `POST search` listed it
 * - walk: a child_page or child_database block of a page that was read
 * - query: a row of a data source
 * - relation, mention, link, synced: another object's content points at it
 * - view: a view names it; template: a data source lists it as a template
 * - parent: something lies in it
 * - previous: the previous snapshot holds it and it was asked for by id
 * - root: the person named it
 * - trash: the search of the trash listed it
 */
export type DiscoveryPath = (typeof names)[number];

/** A path as a bit of a number; the checkpoint keeps sets of paths as sums of bits. */
export function bitOf(path: DiscoveryPath): number {
  return 1 << names.indexOf(path);
}

/** The names of the paths in `bits`, joined by `+`; `none` for none. */
export function namePaths(bits: number): string {
  const found = names.filter((_name, index) => (bits & (1 << index)) !== 0);
  return found.length === 0 ? 'none' : found.join('+');
}

/** Paths that show an object to be there; the others only point at it, and what they point at may not be shared. */
const listingPaths: readonly DiscoveryPath[] = ['search', 'walk', 'query', 'template', 'root'];

/** The bits of all listing paths. */
export const listingBits = listingPaths.reduce((bits, path) => bits | bitOf(path), 0);
