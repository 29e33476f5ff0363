/** Entries of the keychain that the program makes itself for `token_keychain=-`, and removes when no setting names them any more. */
import { randomBytes } from 'node:crypto';
import { messageOf } from '../../../errors.ts';
import type { App } from '../../app/app.ts';
import type { SecretSettings } from './secret-option.ts';

/** An entry that is to be written. */
export interface NewEntry {
  readonly name: string;
  readonly secret: string;
}

/** A name that no other settings folder has: the last word is drawn by lot. */
export function newEntryName(kind: string, connector: string, secret: string): string {
  return `${kind} ${connector} ${secret} ${randomBytes(4).toString('hex')}`;
}

const ownName = /^[a-z]+ \S+ [a-z_]+ [0-9a-f]{8}$/;

/**
 * Writes `entries`, then runs `keep`, which names them in the settings. When it fails they are removed again.
 * @throws KlosetError `credentials` when the keychain cannot be used, and what `keep` throws
 */
export async function writeEntries(app: App, entries: readonly NewEntry[], keep: () => void): Promise<void> {
  const { keychain } = app.io;
  for (const { name, secret } of entries) await keychain.write(name, secret);
  try {
    keep();
  } catch (error) {
    for (const { name } of entries) await keychain.remove(name).catch(() => undefined);
    throw error;
  }
}

/** Removes entries of ours that `before` names and `after` does not. One that cannot be removed is a warning. */
export async function removeEntries(app: App, before: SecretSettings, after: SecretSettings): Promise<void> {
  const kept = new Set(entriesOf(after));
  for (const name of entriesOf(before).filter((each) => ownName.test(each) && !kept.has(each)))
    await app.io.keychain.remove(name).catch((error: unknown) => {
      app.warn(`warning: The entry "${name}" stays in the keychain: ${messageOf(error)}`);
    });
}

function entriesOf(settings: SecretSettings): string[] {
  return Object.entries(settings).flatMap(([option, value]) =>
    option.endsWith('_keychain') && value !== undefined ? [value] : [],
  );
}
