/** The place of the named objects of a store. Implementations keep bytes; they know nothing of what the bytes mean. */
import { isKlosetError, KlosetError } from '../errors.ts';
import type { ObjectLock } from './object-lock.ts';

/** One object as a listing shows it. */
export interface ObjectEntry {
  readonly name: string;
  readonly sizeBytes: number;
  /** Milliseconds since 1970, by the clock of the place where the object lies. */
  readonly modifiedMs: number;
}

/** A part of an object: `length` bytes from `offset`. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** Operations of a reader. */
export interface ReadBackend {
  /** Shown to people; never holds a secret. */
  readonly location: string;
  /** True when nobody can change anything there, so that no lock is needed. */
  readonly isReadOnly?: boolean;
  /**
   * Reads the whole object, or exactly `range`. The bytes belong to the caller.
   * @throws KlosetError not-found when there is no such object, integrity when it ends before the range does,
   * unavailable when it cannot be reached now
   */
  read(name: string, range?: ByteRange): Promise<Uint8Array>;
  /** @throws KlosetError not-found, unavailable */
  size(name: string): Promise<number>;
  /** Every object whose name begins with `prefix`, in order of name. Half-written objects are never listed. */
  list(prefix: string): AsyncIterable<ObjectEntry>;
  /**
   * Names of all that lies there and is neither a file nor a folder: links, devices, pipes, under any name.
   * Undefined where the place can hold nothing of the kind.
   */
  listSpecial?(): AsyncIterable<string>;
}

/** Operations of the owner of a store. */
export interface Backend extends ReadBackend {
  /** True when the place itself compares what it stored with a digest of it before it reports success. */
  readonly confirmsWrites?: boolean;
  /** True when nothing but locks can be replaced or removed. */
  readonly isAppendOnly?: boolean;
  /**
   * False when the place overwrites what it should refuse to, so that writers take turns there; undefined while nobody
   * knows, which a first object shows, and for places that always refuse.
   */
  readonly refusesToOverwrite?: boolean | undefined;
  /** Absent where the place cannot keep objects from being removed. */
  readonly objectLock?: ObjectLock;
  /**
   * Writes a new object: after this resolves it is whole and survives a power cut; if it fails or the process
   * dies, no object of that name appears. An object of that name with the same bytes is left as it is. A place may make
   * a `LocalFile` the object itself.
   * @throws KlosetError integrity when the name is taken by other bytes, temporary when the disk is full
   */
  create(name: string, bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<void>;
  /** Puts `bytes` in the place of whatever the name held, at once and durably. For CONFIG and locks only. */
  replace(name: string, bytes: Uint8Array): Promise<void>;
  /** Removes the object; one that is already gone is not an error. */
  remove(name: string): Promise<void>;
}

/** No object of a store is larger. Guards memory against a planted one. */
export const maxObjectBytes = 64 * 1024 ** 2;

const safeName = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;

/**
 * Refuses a name that could leave the store or differ between file systems. Names may come from an index or a
 * listing, which an attacker may have written.
 */
export function checkObjectName(name: string): void {
  if (name.length > 200 || !safeName.test(name)) {
    throw new KlosetError(
      'integrity',
      `Not the name of a store object: ${JSON.stringify(name.slice(0, 80))}.`,
    );
  }
}

/**
 * True for a folder that cannot hold objects, since none has such a name: `lost+found` at the root of a disk, `System Volume
 * Information`, `.Trashes`. Often only the system may look into it, and nobody else has to.
 */
export function isForeignFolder(name: string): boolean {
  return name !== '' && !safeName.test(name);
}

/** Refuses work that changes or removes objects, before it begins. @throws KlosetError usage */
export function requireRemovable(backend: Backend): void {
  if (backend.isAppendOnly !== true) return;
  throw new KlosetError(
    'usage',
    `${backend.location} is used append-only: nothing in it is changed or removed.`,
    {
      hint: 'Run the command without --append-only, on a machine that may.',
    },
  );
}

export function objectNotFound(name: string, location: string, cause?: unknown): KlosetError {
  return new KlosetError('not-found', `${name} is not in ${location}.`, { cause });
}

export function nameTaken(name: string, location: string): KlosetError {
  return new KlosetError(
    'integrity',
    `${name} in ${location} already holds other bytes; it was not overwritten.`,
    {
      hint: 'Run `notion-kloset check`.',
    },
  );
}

/** The bytes of `range` in the whole object. @throws KlosetError integrity when the object ends before the range does */
export function cutRange(name: string, bytes: Uint8Array, range: ByteRange | undefined): Uint8Array {
  if (range === undefined) return bytes;
  const end = range.offset + range.length;
  if (end > bytes.length) throw tooShort(name, bytes.length, end);
  return bytes.subarray(range.offset, end);
}

export function tooShort(name: string, sizeBytes: number, wantedBytes: number): KlosetError {
  return new KlosetError(
    'integrity',
    `${name} is truncated: ${sizeBytes} of at least ${wantedBytes} bytes.`,
    {
      hint: 'Run `notion-kloset check`.',
    },
  );
}

/**
 * True when an object of this name is there, also one that is not a file: that is damage, and not absence.
 * @throws KlosetError unavailable
 */
export async function isThere(backend: ReadBackend, name: string): Promise<boolean> {
  try {
    await backend.size(name);
    return true;
  } catch (error) {
    if (isKlosetError(error, 'not-found')) return false;
    if (isKlosetError(error, 'integrity')) return true;
    throw error;
  }
}

/**
 * The results of `read` for `items`, in their order: reads of many small objects, each of which waits for an answer where the
 * store lies on another machine. Up to `ahead` reads are under way at once, the one that is waited for
 * included. @throws whatever the list or the first failing read throws
 */
export async function* readAhead<Item, Result>(
  items: AsyncIterable<Item>,
  ahead: number,
  read: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const under: Promise<Result>[] = [];
  for await (const item of items) {
    const reading = read(item);
    // Whoever waits for it is told; nobody may be waiting any more.
    reading.catch(() => undefined);
    under.push(reading);
    const first = under.length >= ahead ? under.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const reading of under) yield await reading;
}
