/** Types of views that this version of the API knows. Notion adds new ones without notice; requests refuse them. */

const known: ReadonlySet<string> = new Set([
  'table',
  'board',
  'list',
  'calendar',
  'timeline',
  'gallery',
  'form',
  'chart',
  'map',
  'dashboard',
]);

/** True for a type that is documented, of which a request can create a view. */
export function isKnownViewType(type: string): boolean {
  return known.has(type);
}
