/** From where a store lies to its backend. */
import { stat } from 'node:fs/promises';
import type { Backend } from './backend.ts';
import { BundleBackend } from './bundle.ts';
import { LocalBackend } from './local.ts';

/** The store at `path`: a folder, which need not exist yet, or an exported file. @throws KlosetError integrity, unavailable */
export async function backendAt(path: string, now: () => number = Date.now): Promise<Backend> {
  const status = await stat(path).catch(() => undefined);
  return status?.isFile() ? await BundleBackend.open(path) : new LocalBackend(path, now);
}
