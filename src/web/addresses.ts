/** Addresses of our own pages. Objects are named by their Notion ids, so that a page has one address in every snapshot. */
import { compactId } from '../document/notion-id.ts';

/** Digits of a snapshot's id in an address. */
const idDigits = 16;

/** The first page of a snapshot. */
export function snapshotAddress(snapshot: string): string {
  return `/s/${snapshot.slice(0, idDigits)}/`;
}

/** A page or database in a snapshot. It ends with a slash: `files/…` of a document lies below it. */
export function objectAddress(snapshot: string, id: string): string {
  return `${snapshotAddress(snapshot)}o/${encodeURIComponent(compactId(id))}/`;
}

/** `path` with the given values; those that are undefined or empty are left out. */
export function withQuery(
  path: string,
  query: { readonly [name: string]: string | number | undefined },
): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`${name}=${encodeURIComponent(String(value))}`],
  );
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`;
}
