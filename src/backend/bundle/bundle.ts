/**
 * Many objects in one file, for carrying a store about. This reads one; bundle-writer.ts writes them.
 *
 *     magic (8) ‖ objects back to back ‖ table ‖ table offset (8) ‖ table length (4) ‖ SHA-256 of the table (32) ‖ magic (8)
 *
 * The table (bundle-table.ts) says nothing that the objects do not prove themselves.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { KlosetError } from '../../errors.ts';
import type { Backend, ByteRange, ObjectEntry } from '../backend.ts';
import { diskError } from '../disk-errors.ts';
import type { Place } from './bundle-objects.ts';
import { BundleObjects, readExactly } from './bundle-objects.ts';
import { broken, encodeTable, maxTableBytes, parseTable } from './bundle-table.ts';

export const bundleMagic = Buffer.from('NKBNDL1\n', 'latin1');
const footerBytes = 8 + 4 + 32 + bundleMagic.length;

/** A finished bundle. It cannot be changed. */
export class BundleBackend implements Backend {
  readonly location: string;
  readonly isReadOnly = true;
  readonly #objects: BundleObjects;

  private constructor(objects: BundleObjects) {
    this.location = objects.location;
    this.#objects = objects;
  }

  /** @throws KlosetError not-found, unavailable, integrity when the file is not a whole bundle */
  static async open(location: string): Promise<BundleBackend> {
    return await withFile(location, async (file) => {
      const { size, mtimeMs } = await file.stat();
      const table = await readTable(file, size, location);
      // Opened for each read: nobody need close it, and another file put in its place is noticed by the seals.
      const readFile = (name: string, place: Place) =>
        withFile(location, (again) => readExactly(again, name, place));
      return new BundleBackend(new BundleObjects(location, table, mtimeMs, readFile));
    });
  }

  read(name: string, range?: ByteRange): Promise<Uint8Array> {
    return this.#objects.read(name, range);
  }

  async size(name: string): Promise<number> {
    return this.#objects.find(name).length;
  }

  list(prefix: string): AsyncIterable<ObjectEntry> {
    return this.#objects.list(prefix);
  }

  async create(): Promise<void> {
    throw this.#unchangeable();
  }

  async replace(): Promise<void> {
    throw this.#unchangeable();
  }

  async remove(): Promise<void> {
    throw this.#unchangeable();
  }

  #unchangeable(): KlosetError {
    return new KlosetError('usage', `${this.location} is an exported file; it can be read but not changed.`, {
      hint: 'Copy its snapshots into a store with `notion-kloset sync`.',
    });
  }
}

async function withFile<T>(location: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle | undefined;
  try {
    file = await open(location, 'r');
    return await use(file);
  } catch (error) {
    throw diskError(error, location);
  } finally {
    await file?.close();
  }
}

/** The table and trailer that follow the objects, the last of which ends at `end`. */
export function encodeBundleTail(table: ReadonlyMap<string, Place>, end: number): Uint8Array {
  const bytes = encodeTable(table);
  const lengths = Buffer.alloc(12);
  lengths.writeBigUInt64BE(BigInt(end));
  lengths.writeUInt32BE(bytes.length, 8);
  return Buffer.concat([bytes, lengths, digestOf(bytes), bundleMagic]);
}

async function readTable(file: FileHandle, sizeBytes: number, location: string): Promise<Map<string, Place>> {
  if (sizeBytes < bundleMagic.length + footerBytes) throw broken(location, 'it is too short');
  const head = await readExactly(file, location, { offset: 0, length: bundleMagic.length });
  const footer = Buffer.from(
    await readExactly(file, location, { offset: sizeBytes - footerBytes, length: footerBytes }),
  );
  if (!bundleMagic.equals(head) || !bundleMagic.equals(footer.subarray(44))) {
    throw broken(location, 'it does not begin and end as one');
  }
  const offset = Number(footer.readBigUInt64BE(0));
  const length = footer.readUInt32BE(8);
  if (length > maxTableBytes || offset + length + footerBytes !== sizeBytes) {
    throw broken(location, 'its table is not in place');
  }
  const table = await readExactly(file, location, { offset, length });
  if (!digestOf(table).equals(footer.subarray(12, 44))) throw broken(location, 'its table is damaged');
  return parseTable(table, { start: bundleMagic.length, end: offset }, location);
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
