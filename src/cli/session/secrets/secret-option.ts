/** Secrets that settings name in one of the ways there are: itself, a file, a command, a variable, the keychain. */
import { KlosetError } from '../../../errors.ts';
import type { App } from '../../app/app.ts';
import { waysToGive } from '../settings/ways-to-give.ts';
import { secretFromCommand, secretFromFile, secretFromVariable } from './secret-sources.ts';

/** Settings by name, as a connector has them. */
export interface SecretSettings {
  readonly [option: string]: string | undefined;
}

/**
 * The secret `name` of `settings`; undefined when none of its ways is set. `what` names it for people.
 * @throws KlosetError `credentials` when it is not where the settings say
 */
export async function secretOption(
  app: App,
  settings: SecretSettings,
  name: string,
  what: string,
): Promise<string | undefined> {
  const [plain, file, command, variable, entry] = waysToGive(name).map((way) => settings[way]);
  if (plain) return plain;
  if (file) return await secretFromFile(app, file, what);
  if (command) return await secretFromCommand(app, command, what);
  if (variable) return secretFromVariable(app, variable, what);
  return entry ? await secretFromKeychain(app, entry, what) : undefined;
}

/** The secret that the keychain has under `name`. @throws KlosetError `credentials` */
export async function secretFromKeychain(app: App, name: string, what: string): Promise<string> {
  const secret = await app.io.keychain.read(name);
  if (secret !== undefined && secret !== '') return secret;
  throw new KlosetError(
    'credentials',
    `The keychain has no entry "${name}" for the ${what}, or keeps it locked.`,
    {
      hint: 'Unlock it by logging in, or put the secret there again: `set` the option that ends in _keychain to - once more.',
    },
  );
}
