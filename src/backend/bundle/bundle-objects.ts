/** The objects of a bundle: where each of them lies, and how to read there. */
import type { FileHandle } from 'node:fs/promises';
import { roomFor } from '../../large-bytes.ts';
import type { ByteRange, ObjectEntry } from '../backend.ts';
import { checkObjectName, objectNotFound, tooShort } from '../backend.ts';
import { diskError } from '../disk-errors.ts';
import { readInto } from '../local-file.ts';

export interface Place {
  readonly offset: number;
  readonly length: number;
}

export class BundleObjects {
  readonly location: string;
  readonly table: Map<string, Place>;
  readonly #modifiedMs: number;
  readonly #readFile: (name: string, place: Place) => Promise<Uint8Array>;

  constructor(
    location: string,
    table: Map<string, Place>,
    modifiedMs: number,
    readFile: (name: string, place: Place) => Promise<Uint8Array>,
  ) {
    this.location = location;
    this.table = table;
    this.#modifiedMs = modifiedMs;
    this.#readFile = readFile;
  }

  async read(name: string, range?: ByteRange): Promise<Uint8Array> {
    const place = this.find(name);
    const { offset, length } = range ?? { offset: 0, length: place.length };
    if (offset + length > place.length) throw tooShort(name, place.length, offset + length);
    try {
      return await this.#readFile(name, { offset: place.offset + offset, length });
    } catch (error) {
      throw diskError(error, this.location);
    }
  }

  async *list(prefix: string): AsyncIterable<ObjectEntry> {
    for (const name of [...this.table.keys()].filter((key) => key.startsWith(prefix)).sort()) {
      yield { name, sizeBytes: this.find(name).length, modifiedMs: this.#modifiedMs };
    }
  }

  find(name: string): Place {
    checkObjectName(name);
    const place = this.table.get(name);
    if (place === undefined) throw objectNotFound(name, this.location);
    return place;
  }
}

/** Exactly the bytes at `place`; `name` is for the error. @throws KlosetError integrity when the file ends before */
export async function readExactly(
  file: FileHandle,
  name: string,
  { offset, length }: Place,
): Promise<Uint8Array> {
  const bytes = roomFor(length);
  const done = await readInto(file, bytes, offset);
  if (done < length) throw tooShort(name, done, length);
  return bytes;
}
