/**
 * Writes that are looked at again afterwards: a place may claim success and keep only a part, and nothing that a
 * store holds may be removed because its replacement was believed to be there.
 */

import { isKlosetError, KlosetError } from '../errors.ts';
import type { Backend } from './backend.ts';

/**
 * Creates `name` and makes sure that all of it is there. A part of it is removed again.
 * @throws KlosetError unavailable when the place kept only a part, and whatever `create` throws
 */
export async function createVerified(backend: Backend, name: string, bytes: Uint8Array): Promise<void>;
export async function createVerified(
  backend: Backend,
  name: string,
  bytes: AsyncIterable<Uint8Array> | Uint8Array,
  sizeBytes: number,
): Promise<void>;
export async function createVerified(
  backend: Backend,
  name: string,
  bytes: AsyncIterable<Uint8Array> | Uint8Array,
  sizeBytes = bytes instanceof Uint8Array ? bytes.length : 0,
): Promise<void> {
  await backend.create(name, bytes);
  if (backend.confirmsWrites === true) return;
  const storedBytes = await sizeOf(backend, name);
  if (storedBytes === sizeBytes) return;
  await backend.remove(name).catch(() => undefined);
  throw shortWrite(backend, name, storedBytes, sizeBytes);
}

/**
 * Creates `name`, which is the digest of `bytes`. When that fails half-way the part is removed: nothing else can be right
 * under such a name, and a part left there would pass for a damaged object.
 * @throws KlosetError as `createVerified`
 */
export async function createAddressed(backend: Backend, name: string, bytes: Uint8Array): Promise<void> {
  try {
    await createVerified(backend, name, bytes);
  } catch (error) {
    await removePart(backend, name, bytes.length).catch(() => undefined);
    throw error;
  }
}

async function removePart(backend: Backend, name: string, sizeBytes: number): Promise<void> {
  const storedBytes = await sizeOf(backend, name);
  if (storedBytes > 0 && storedBytes < sizeBytes) await backend.remove(name);
}

/**
 * Replaces `name` and makes sure that all of it is there. When only a part is, what was there before is put back, so
 * that a store whose place cannot replace at once can still be opened.
 * @throws KlosetError unavailable when the place kept only a part, and whatever `replace` throws
 */
export async function replaceVerified(backend: Backend, name: string, bytes: Uint8Array): Promise<void> {
  const before = await backend.read(name);
  try {
    await backend.replace(name, bytes);
    if (backend.confirmsWrites === true) return;
    const storedBytes = await sizeOf(backend, name);
    if (storedBytes !== bytes.length) throw shortWrite(backend, name, storedBytes, bytes.length);
  } catch (error) {
    const isThere = await settle(backend, name, before, bytes).catch(() => false);
    if (!isThere) throw error;
  }
}

/** True when the new bytes are there after all: then only the answer was lost. */
async function settle(
  backend: Backend,
  name: string,
  before: Uint8Array,
  after: Uint8Array,
): Promise<boolean> {
  const found = Buffer.from(await backend.read(name));
  if (found.equals(after)) return true;
  if (!found.equals(before)) await backend.replace(name, before);
  return false;
}

async function sizeOf(backend: Backend, name: string): Promise<number> {
  try {
    return await backend.size(name);
  } catch (error) {
    if (isKlosetError(error, 'not-found')) return 0;
    throw error;
  }
}

function shortWrite(
  { location }: Backend,
  name: string,
  storedBytes: number,
  sizeBytes: number,
): KlosetError {
  return new KlosetError(
    'unavailable',
    `Incomplete write to ${location}: ${storedBytes} of ${sizeBytes} bytes of ${name} were stored, although the write reported success.`,
    { hint: 'Check whether the storage is full or failing; then run the command again.' },
  );
}
