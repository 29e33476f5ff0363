/**
 * The keychain of this user: Keychain on macOS, Credential Manager on Windows, a Secret Service (GNOME Keyring, KWallet,
 * KeePassXC) on Linux. The only importer of @napi-rs/keyring, which is optional and loaded when a keychain is used.
 */
import type { AsyncEntry } from '@napi-rs/keyring';
import { KlosetError, messageOf } from '../../errors.ts';

/** Named secrets. Every method throws a KlosetError `credentials` when the keychain cannot be used. */
export interface Keychain {
  /** Undefined when there is no such entry, or when the keychain is locked: some do not tell them apart. */
  read(name: string): Promise<string | undefined>;
  write(name: string, secret: string): Promise<void>;
  /** Does nothing when there is no such entry. */
  remove(name: string): Promise<void>;
}

export const keyringPackage = '@napi-rs/keyring';

/** The service under which all entries lie, as `secret-tool` and Keychain Access show them. */
const service = 'notion-kloset';

/** A person may have to unlock it. */
const waitMs = 60_000;

/** The keychain of the system; nothing is loaded before it is used. */
export function systemKeychain(signal: AbortSignal): Keychain {
  return {
    read: (name) => use(name, signal, async (entry, limit) => (await entry.getPassword(limit)) ?? undefined),
    write: (name, secret) => use(name, signal, (entry, limit) => entry.setPassword(secret, limit)),
    async remove(name) {
      await use(name, signal, (entry, limit) => entry.deletePassword(limit));
    },
  };
}

async function use<T>(
  name: string,
  signal: AbortSignal,
  act: (entry: AsyncEntry, limit: AbortSignal) => Promise<T>,
): Promise<T> {
  const { AsyncEntry: Entry } = await loadKeyring();
  try {
    // Without this choice it would take the kernel's keyring on Linux, which forgets at the next start.
    const entry = new Entry(service, name, { linux: { store: 'secret-service' } });
    return await act(entry, AbortSignal.any([signal, AbortSignal.timeout(waitMs)]));
  } catch (cause) {
    signal.throwIfAborted();
    throw unusable(`The keychain of this system cannot be used: ${messageOf(cause)}.`, noService, cause);
  }
}

const noService =
  'On Linux it needs a Secret Service (GNOME Keyring, KWallet, KeePassXC) that is unlocked, and the D-Bus session of a login.';

async function loadKeyring(): Promise<typeof import('@napi-rs/keyring')> {
  try {
    return await import('@napi-rs/keyring');
  } catch (cause) {
    throw unusable(
      `The keychain needs the package ${keyringPackage}, which is not installed or does not run on this system.`,
      `Install it beside this program: \`npm install -g notion-kloset ${keyringPackage}\`.`,
      cause,
    );
  }
}

function unusable(message: string, way: string, cause: unknown): KlosetError {
  return new KlosetError('credentials', message, {
    hint: `${way} A secret may also lie in a file, or come from a command.`,
    cause,
  });
}
