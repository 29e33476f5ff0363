/** From the command line to a store: which one, and the secret that opens it. */
import { AppendOnlyBackend } from '../../backend/append-only.ts';
import { backendAt } from '../../backend/at-location.ts';
import { KlosetError } from '../../errors.ts';
import { createStoreAt } from '../../operations/stores/create-store.ts';
import type { StoreAccess } from '../../operations/stores/open-store.ts';
import {
  withMaintainedStore as openMaintained,
  withReadableStore as openReadable,
  withWritableStore as openWritable,
} from '../../operations/stores/open-store.ts';
import type { Acceptances } from '../../store/access/pins/acceptance.ts';
import type { Store, StoreMaintenance, StoreWriter } from '../../store/open-store.ts';
import type { App } from '../app/app.ts';
import { configFolder, defaultStore } from '../app/folders.ts';
import type { Connector } from './connectors.ts';
import { ConnectorFile } from './connectors.ts';
import { jobOf } from './job.ts';
import { askNewPassphrase, findSecret, hasSecret, warnOfWeakness } from './secret.ts';
import { storePath } from './store-path.ts';

/** The store a command means, with its settings. */
export interface NamedStore extends StoreAccess {
  /** Options of a configured store; empty otherwise. */
  readonly settings: Connector;
}

/** Finds the store without opening it: a folder or an exported file. `word` is a path or `@name`; by default that of `at`. */
export async function storeAt(
  app: App,
  word: string = app.store ?? defaultStore(app.io),
): Promise<NamedStore> {
  const settings = word.startsWith('@')
    ? new ConnectorFile(configFolder(app.io), 'store').get(word.slice(1))
    : {};
  const location = storePath(app.io, settings.location ?? word);
  const backend = await backendAt(location, () => app.io.clock.now());
  const appendOnly = app.options.appendOnly === true || settings.append_only === 'true';
  return {
    location,
    backend: appendOnly ? new AppendOnlyBackend(backend) : backend,
    settings,
    accept: acceptancesOf(app),
    async unlock() {
      const secret = app.secrets.get(location) ?? (await findSecret(app, settings)).secret;
      app.secrets.set(location, secret);
      return secret;
    },
  };
}

function acceptancesOf({ options }: App): Acceptances {
  const { acceptSigner = [], acceptLoss, acceptConfig, acceptPlace } = options;
  return {
    signers: acceptSigner.map(signingKeyOf),
    loss: acceptLoss === true,
    config: acceptConfig === true,
    place: acceptPlace === true,
  };
}

function signingKeyOf(word: string): string {
  if (/^[0-9a-f]{64}$/i.test(word)) return word.toLowerCase();
  throw new KlosetError('usage', `--accept-signer takes a key of 64 hex digits, not "${word}".`, {
    hint: 'Run `notion-kloset identity show` on the machine of that key.',
  });
}

export interface CreateFlags {
  /** Also where this machine remembers another store. */
  readonly replaces?: boolean;
}

/** Creates a store. A passphrase typed now is typed twice. */
export async function createNamedStore(app: App, store: NamedStore, flags: CreateFlags = {}): Promise<void> {
  const secret = hasSecret(app, store.settings)
    ? (await findSecret(app, store.settings)).secret
    : await askNewPassphrase(app, `New passphrase for ${store.location}: `);
  warnOfWeakness(app, secret);
  app.secrets.set(store.location, secret);
  await createStoreAt(jobOf(app), store, secret, flags);
}

/** Opens the store of the command line for reading: no lock is written, so a read-only place is enough. */
export async function withReadableStore<T>(app: App, use: (store: Store) => Promise<T>): Promise<T> {
  return openReadable(jobOf(app), await storeAt(app), use);
}

/** Opens the store of the command line for writing snapshots, under a lock in the name of `command`. */
export async function withWritableStore<T>(
  app: App,
  command: string,
  use: (store: StoreWriter) => Promise<T>,
): Promise<T> {
  return openWritable(jobOf(app), await storeAt(app), command, use);
}

/** Opens the store of the command line for changes and removals; each of them takes the lock it needs. */
export async function withMaintainedStore<T>(
  app: App,
  use: (store: StoreMaintenance) => Promise<T>,
): Promise<T> {
  return openMaintained(jobOf(app), await storeAt(app), use);
}
