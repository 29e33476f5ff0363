/** From the command line to an open store: which one, what opens it, what this machine remembers of it. */
import { existsSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { AppendOnlyBackend } from '../backend/append-only.ts';
import { backendAt } from '../backend/at-location.ts';
import type { Backend } from '../backend/backend.ts';
import { LocalBackend } from '../backend/local.ts';
import { KlosetError } from '../errors.ts';
import { ensureIdentity } from '../store/access/identity.ts';
import { openTrust } from '../store/access/trust.ts';
import type { OpenOptions, Store, StoreMaintenance, StoreWriter } from '../store/open-store.ts';
import { createStore, withStore, withStoreMaintenance, withStoreWriter } from '../store/open-store.ts';
import type { App } from './app.ts';
import type { Connector } from './connectors.ts';
import { ConnectorFile } from './connectors.ts';
import { cacheFolder, configFolder, defaultStore, expandPath } from './folders.ts';
import { parseDuration } from './parse.ts';
import { askNewPassphrase, findSecret, hasSecret, warnOfWeakness } from './secret.ts';

/** The store a command means: by `at`, by name, by environment, or the default one. */
export interface StorePlace {
  readonly location: string;
  readonly backend: Backend;
  /** Options of a configured store; empty otherwise. */
  readonly settings: Connector;
}

/** Finds the store without opening it: a folder or an exported file. `word` is a path or `@name`; by default what `at` said. */
export async function placeOf(
  app: App,
  word: string = app.store ?? defaultStore(app.io),
): Promise<StorePlace> {
  const settings = word.startsWith('@')
    ? new ConnectorFile(configFolder(app.io), 'store').get(word.slice(1))
    : {};
  const location = pathOf(app, settings.location ?? word);
  const backend = await backendAt(location, () => app.io.clock.now());
  const appendOnly = app.options.appendOnly === true || settings.append_only === 'true';
  return { location, backend: appendOnly ? new AppendOnlyBackend(backend) : backend, settings };
}

function pathOf(app: App, location: string): string {
  const path = location.replace(/^(fs|file):\/\//, '');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) {
    throw new KlosetError('usage', `Stores at ${location.split('://')[0]}:// are not supported.`, {
      hint: 'Use a folder of this machine.',
    });
  }
  return expandPath(app.io, path);
}

/** True when there is a store already, be it a damaged one. */
export function storeExists(place: StorePlace): boolean {
  return (
    ['CONFIG', 'packs', 'snapshots'].some((name) => existsSync(join(place.location, name))) ||
    statSync(place.location, { throwIfNoEntry: false })?.isFile() === true
  );
}

/** Makes a new store at `place`. A passphrase typed now is typed twice. */
export async function makeStore(app: App, place: StorePlace): Promise<void> {
  const secret = hasSecret(app, place.settings)
    ? (await findSecret(app, place.settings)).secret
    : await askNewPassphrase(app, `New passphrase for ${place.location}: `);
  warnOfWeakness(app, secret);
  app.secrets.set(place.location, secret);
  const folder = configBackend(app);
  await createStore({
    backend: place.backend,
    secret,
    label: hostname(),
    identity: await ensureIdentity(folder, new Date(app.io.clock.now()).toISOString()),
    // A store made here and now is trusted, whatever lay at this place before.
    trust: await openTrust(folder, place.location, { trustNew: true }),
    clock: app.io.clock,
  });
}

/** What opening `place` takes. */
export async function openOptions(app: App, place: StorePlace): Promise<OpenOptions> {
  const folder = configBackend(app);
  return {
    backend: place.backend,
    unlock: async () => {
      const secret = app.secrets.get(place.location) ?? (await findSecret(app, place.settings)).secret;
      app.secrets.set(place.location, secret);
      return secret;
    },
    identity: await ensureIdentity(folder, new Date(app.io.clock.now()).toISOString()),
    trust: await openTrust(folder, place.location, { trustNew: app.options.trustNew === true }),
    cacheFolder: cacheFolder(app.io),
    clock: app.io.clock,
    monitor: app.progress,
  };
}

/** Opens the store the command line names for writing snapshots, under a shared lock. */
export async function withWritableStore<T>(
  app: App,
  command: string,
  use: (store: StoreWriter) => Promise<T>,
): Promise<T> {
  const options = await openOptions(app, await placeOf(app));
  return withStoreWriter({ ...options, lock: { command, ...lockOptions(app) } }, use);
}

/** Opens the store the command line names for maintenance: what changes or removes objects. */
export async function withMaintainedStore<T>(
  app: App,
  use: (store: StoreMaintenance) => Promise<T>,
): Promise<T> {
  return withStoreMaintenance(await openOptions(app, await placeOf(app)), use);
}

/** How long to wait for others, as `--retry-lock` says. */
export function lockOptions(app: App): { retryForMs: number; signal: AbortSignal } {
  return {
    retryForMs: app.options.retryLock === undefined ? 0 : parseDuration(app.options.retryLock),
    signal: app.io.signal,
  };
}

/** Opens the store for reading: no lock is written, so a read-only place will do. */
export async function withReadableStore<T>(app: App, use: (store: Store) => Promise<T>): Promise<T> {
  return withStore(await openOptions(app, await placeOf(app)), use);
}

/** The configuration folder, where identity and trust lie. */
export function configBackend(app: App): Backend {
  return new LocalBackend(resolve(configFolder(app.io)), () => app.io.clock.now());
}
