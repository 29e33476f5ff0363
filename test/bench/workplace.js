/** A folder with a store in it, as one machine has it: configuration, cache, checkpoints; gone afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A key file opens at once, so that no benchmark measures Argon2id. */
export const secret = { kind: 'key-file', key: new Uint8Array(32).fill(7) };

/**
 * @template T
 * @param {(folder: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'kloset-bench-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes a store in `backend`; configuration and cache lie in `folder`. */
export async function makeStore(product, folder, backend) {
  const options = await openOptions(product, folder, backend);
  await product.createStore({ ...options, secret, label: 'bench' });
}

/** The store of `folder` on disk. */
export function storeBackend(product, folder) {
  return new product.LocalBackend(join(folder, 'store'), () => product.systemClock.now());
}

/** Opens the store for reading and lends it to `use`. */
export async function openStore(product, folder, backend, use) {
  return product.withStore(await openOptions(product, folder, backend), use);
}

/** Opens the store for writing snapshots and lends it to `use`. */
export async function openStoreWriter(product, folder, backend, use) {
  return product.withStoreWriter(await openOptions(product, folder, backend), use);
}

async function openOptions(product, folder, backend) {
  const { systemClock } = product;
  const configuration = new product.LocalBackend(join(folder, 'configuration'), () => systemClock.now());
  return {
    backend,
    unlock: async () => secret,
    identity: await product.ensureIdentity(configuration, new Date(systemClock.now()).toISOString()),
    trust: await product.openTrust(configuration, backend.location),
    cacheFolder: join(folder, 'cache'),
    clock: systemClock,
    monitor: product.silentMonitor,
  };
}
