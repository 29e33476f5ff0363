/**
 * The table at the end of a bundle as bytes: JSON of one spelling, `[["name",offset,length],…]`. It may be an attacker's: rows are
 * taken one after the other, and the first that is not one ends it, so that a table costs no more memory than its rows.
 */
import { KlosetError } from '../../errors.ts';
import { checkObjectName, maxObjectBytes } from '../backend.ts';
import type { Place } from './bundle-objects.ts';

/** More than 300,000 objects, or packfiles of 4 TB. */
export const maxTableBytes = 32 * 1024 * 1024;

/** The bytes of the file that objects may have: from its beginning to `end`. */
export interface ObjectsPart {
  readonly start: number;
  readonly end: number;
}

export function encodeTable(table: ReadonlyMap<string, Place>): Uint8Array {
  const rows = [...table].map(([name, { offset, length }]) => [name, offset, length]);
  return Buffer.from(JSON.stringify(rows), 'utf8');
}

/** Names and places in the table; none lies outside of `part`. @throws KlosetError integrity, of the file at `location` */
export function parseTable(
  bytes: Uint8Array,
  { start, end }: ObjectsPart,
  location: string,
): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const [name, offset, length] of rowsOf(Buffer.from(bytes).toString('latin1'), location)) {
    checkObjectName(name);
    if (places.has(name)) throw broken(location, `${name} lies in it twice`);
    if (offset < start || offset + length > end) throw broken(location, `${name} does not lie in it`);
    if (length > maxObjectBytes) throw broken(location, `no object has ${length} bytes, as ${name} in it`);
    places.set(name, { offset, length });
  }
  return places;
}

/** A row and what follows it; names have no letters that JSON writes otherwise. */
const rowPattern = /\["([^"\\]{1,200})",(\d{1,15}),(\d{1,15})\](,|\]$)/y;

function* rowsOf(text: string, location: string): Generator<readonly [string, number, number]> {
  if (text === '[]') return;
  const pattern = new RegExp(rowPattern);
  for (let at = text.startsWith('[') ? 1 : text.length; ; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const [, name, offset, length, follows] = pattern.exec(text) ?? [];
    if (name === undefined) throw broken(location, 'its table is malformed');
    yield [name, Number(offset), Number(length)];
    if (follows !== ',') return;
  }
}

export function broken(location: string, problem: string): KlosetError {
  return new KlosetError('integrity', `${location} is an incomplete or damaged export file: ${problem}.`);
}
