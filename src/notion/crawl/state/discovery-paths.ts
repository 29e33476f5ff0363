/** The ways in which a crawl comes to know an object. Each object keeps the set of those that found it in this run. */

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
export type Way = (typeof names)[number];

/** Ways as bits of one number, the form the checkpoint keeps. */
export function bitOf(way: Way): number {
  return 1 << names.indexOf(way);
}

/** The names of the ways in `bits`, joined by `+`; `none` for none. */
export function nameWays(bits: number): string {
  const found = names.filter((_name, index) => (bits & (1 << index)) !== 0);
  return found.length === 0 ? 'none' : found.join('+');
}

/** Ways that show an object to be there; the others only point at it, and what they point at may not be shared. */
export const listingWays = ['search', 'walk', 'query', 'template', 'root'] as const satisfies readonly Way[];

/** The bits of all listing ways. */
export const listingBits = listingWays.reduce((bits, way) => bits | bitOf(way), 0);
