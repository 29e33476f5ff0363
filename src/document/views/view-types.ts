/** Types of views. Notion adds new ones without notice; requests refuse those that they do not know. */

const writable: ReadonlySet<string> = new Set([
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

/** True for a type of which a request can create a view. */
export function isWritableViewType(type: string): boolean {
  return writable.has(type);
}
