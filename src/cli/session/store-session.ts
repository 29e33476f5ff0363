/** From the command line to a store: which one, and the secret that opens it. */
import { AppendOnlyBackend } from '../../backend/append-only.ts';
import { isFile } from '../../backend/disk-errors.ts';
import { backendAt } from '../../backend/location/at-location.ts';
import { isRemote, parseRemoteAddress } from '../../backend/remote-address.ts';
import { KlosetError } from '../../errors.ts';
import type { StoreAccess } from '../../operations/stores/open-store.ts';
import {
  withMaintainedStore as openMaintained,
  withReadableStore as openReadable,
  withWritableStore as openWritable,
} from '../../operations/stores/open-store.ts';
import type { Acceptances } from '../../store/access/pins/acceptance.ts';
import type { Secret } from '../../store/format/key-slot.ts';
import type { Store, StoreMaintenance, StoreWriter } from '../../store/open-store.ts';
import type { App } from '../app/app.ts';
import { configFolder, defaultStore } from '../app/folders.ts';
import { parseSwitch } from '../text/parse.ts';
import { jobOf } from './job.ts';
import { throughProxy } from './network/through-proxy.ts';
import { placeOptions } from './place-options.ts';
import { askNewPassphrase, findSecret, hasSecret, judgeNewSecret } from './secret.ts';
import type { Connector } from './settings/connectors.ts';
import { ConnectorFile } from './settings/connectors.ts';
import { storePath } from './store-path.ts';

/** The store a command means, with its settings. */
export interface NamedStore extends StoreAccess {
  /** Options of a configured store; empty otherwise. */
  readonly settings: Connector;
}

/** Finds the store without opening it: a folder, an exported file, or the address of one on another machine. `word` is a path or `@name`; by default that of `at`. */
export async function storeAt(
  app: App,
  word: string = app.store ?? defaultStore(app.io),
): Promise<NamedStore> {
  tellOfPlakar(app);
  const settings = word.startsWith('@')
    ? new ConnectorFile(configFolder(app.io), 'store').get(word.slice(1))
    : {};
  const location = storePath(app.io, settings.location ?? word);
  if (isRemote(location) && parseRemoteAddress(location).kind === 's3') await throughProxy(app);
  const backend = await backendAt(location, await placeOptions(app, settings));
  const { append_only: setting } = settings;
  const appendOnly =
    (setting !== undefined && parseSwitch(setting, 'append_only')) || app.options.appendOnly === true;
  return {
    location,
    backend: appendOnly ? new AppendOnlyBackend(backend) : backend,
    settings,
    accept: acceptancesOf(app),
    async unlock() {
      const secret = app.secrets.get(location) ?? (await findSecret(app, settings, location)).secret;
      app.secrets.set(location, secret);
      return secret;
    },
  };
}

/** A word for those who come from Plakar and expect that its variable counts. */
function tellOfPlakar(app: App): void {
  const { PLAKAR_REPOSITORY, NOTION_KLOSET_STORE } = app.io.env;
  if (app.store !== undefined || !PLAKAR_REPOSITORY || NOTION_KLOSET_STORE) return;
  app.tellOnce(
    `PLAKAR_REPOSITORY is set, which is not read here: the store is ${defaultStore(app.io)}. Name another with \`at STORE\` or NOTION_KLOSET_STORE.`,
  );
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

/** @throws KlosetError `usage` when `at` names one store and `word` another, of which only one could be created */
export function requireOneStore({ store }: App, word: string | undefined): void {
  if (store === undefined || word === undefined || store === word) return;
  throw new KlosetError('usage', `Two stores are named: ${store} and ${word}.`, {
    hint: 'Leave out one of them.',
  });
}

/** @throws KlosetError `usage` when `word`, which is to become a store, is a file */
export function requireNoFile(app: App, word: string = app.store ?? defaultStore(app.io)): void {
  if (word.startsWith('@')) return;
  const location = storePath(app.io, word);
  if (!isFile(location)) return;
  throw new KlosetError('usage', `${location} is a file; a store is a folder.`, {
    hint: 'Name a folder, which need not exist yet.',
  });
}

export interface CreateFlags {
  /** The secret that is to open it; the one at hand, or a typed one, by default. */
  readonly secret?: Secret;
  /** Takes a passphrase that is easy to guess, though a person typed it. */
  readonly weakPassphrase?: boolean;
  /** Also where this machine remembers another store. */
  readonly replaces?: boolean;
  /** Days for which the server is asked to keep every object. */
  readonly objectLockDays?: number | undefined;
}

/** Creates a store. A passphrase typed now is typed twice. */
export async function createNamedStore(app: App, store: NamedStore, flags: CreateFlags = {}): Promise<void> {
  const secret =
    flags.secret ??
    (hasSecret(app, store.settings)
      ? (await findSecret(app, store.settings)).secret
      : await askNewPassphrase(app, { question: `New passphrase for ${store.location}: `, ...flags }));
  judgeNewSecret(app, secret, flags);
  app.secrets.set(store.location, secret);
  const { createStoreAt } = await import('../../operations/stores/create-store.ts');
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
