/** The part of `init` that keeps the token and the passphrase in the keychain of the system. */
import type { App } from '../../app/app.ts';
import { configFolder } from '../../app/folders.ts';
import { newEntryName, writeEntries } from '../../session/secrets/keychain-entries.ts';
import type { Connector } from '../../session/settings/connectors.ts';
import { ConnectorFile } from '../../session/settings/connectors.ts';
import type { NamedStore } from '../../session/store-session.ts';

/** True when a keychain answers. An entry of this name need not be there. */
export async function hasKeychain(app: App): Promise<boolean> {
  return await app.io.keychain.read('init').then(
    () => true,
    () => false,
  );
}

/** Adds the source `name`, its token in the keychain. @throws KlosetError `credentials` when that cannot be written */
export async function addSourceWithKeychain(app: App, name: string, options: Connector): Promise<void> {
  const { token: secret, ...others } = options;
  const entry = newEntryName('source', name, 'token');
  const isTyped = secret !== undefined;
  await writeEntries(app, isTyped ? [{ name: entry, secret }] : [], () =>
    new ConnectorFile(configFolder(app.io), 'source').add(
      name,
      isTyped ? { ...others, token_keychain: entry } : options,
    ),
  );
}

/**
 * Adds the store under `name`, the passphrase that was given for it in the keychain; false for a store that opens otherwise or
 * has a name already. @throws KlosetError `credentials` when the keychain cannot be written
 */
export async function addStoreWithKeychain(app: App, name: string, store: NamedStore): Promise<boolean> {
  const secret = app.secrets.get(store.location);
  if (secret?.kind !== 'passphrase' || Object.keys(store.settings).length > 0) return false;
  const entry = newEntryName('store', name, 'passphrase');
  await writeEntries(app, [{ name: entry, secret: secret.passphrase }], () =>
    new ConnectorFile(configFolder(app.io), 'store').add(name, {
      location: store.location,
      passphrase_keychain: entry,
    }),
  );
  return true;
}
