/**
 * Finds the secret that opens a store. In this order: `--keyfile`, NOTION_KLOSET_PASSPHRASE, the same with _FILE, _COMMAND and
 * _KEYCHAIN, the store's own settings, a question.
 */
import { KlosetError } from '../../errors.ts';
import { parseKeyFile } from '../../store/access/key-file.ts';
import { parseRecoveryWords } from '../../store/access/recovery-kit.ts';
import { passphraseWeakness } from '../../store/crypto/passphrase.ts';
import type { Secret } from '../../store/format/key-slot.ts';
import type { App } from '../app/app.ts';
import { secretFromKeychain, secretOption } from './secrets/secret-option.ts';
import { secretFromCommand, secretFromFile, secretText, variableText } from './secrets/secret-sources.ts';
import type { Connector } from './settings/connectors.ts';
import { waysToGive } from './settings/ways-to-give.ts';

/** A secret and whether a person typed it just now (a new one is then asked for twice). */
export interface FoundSecret {
  readonly secret: Secret;
  readonly wasAsked: boolean;
}

/**
 * The secret for the store configured as `settings`.
 * @throws KlosetError `credentials` when there is none and no terminal to ask on, or a file or command fails
 */
export async function findSecret(app: App, settings: Connector, location = ''): Promise<FoundSecret> {
  const given = await givenSecret(app, settings);
  if (given !== undefined) return { secret: given, wasAsked: false };
  if (!app.io.isInteractive) throw noSecret(app);
  app.endProgress();
  const question = `Passphrase that opens the store ${location}`.trim();
  return { secret: passphrase(await app.io.ask(`${question}: `, { hidden: true })), wasAsked: true };
}

/** True when `findSecret` would not have to ask. */
export function hasSecret(app: App, settings: Connector): boolean {
  const { env } = app.io;
  return [
    app.options.keyfile,
    ...passphraseVariables('').map((name) => env[name]),
    settings.keyfile,
    ...waysToGive('passphrase').map((way) => settings[way]),
  ].some((value) => value !== undefined && value !== '');
}

/**
 * The passphrase of this machine's identity: NOTION_KLOSET_IDENTITY_PASSPHRASE, _FILE, _COMMAND, _KEYCHAIN, or a question; `isNew`
 * asks twice. @throws KlosetError `credentials` when there is none and no terminal to ask on, or a new one is not text
 */
export async function identityPassphrase(
  app: App,
  { isNew = false }: { readonly isNew?: boolean } = {},
): Promise<string> {
  const secret = (await givenIdentityPassphrase(app)) ?? (await askIdentityPassphrase(app, isNew));
  if (secret.kind !== 'passphrase') throw new KlosetError('internal', 'Not a passphrase.');
  if (isNew) judgeNewSecret(app, secret);
  app.identityPassphrase = secret.passphrase;
  return secret.passphrase;
}

async function givenIdentityPassphrase(app: App): Promise<Secret | undefined> {
  if (app.identityPassphrase !== undefined) return passphrase(app.identityPassphrase);
  return await secretOfVariables(app, 'IDENTITY_');
}

/** The variables that give a passphrase: itself, a file, a command, an entry of the keychain. */
function passphraseVariables(whose: '' | 'IDENTITY_'): string[] {
  return ['', '_FILE', '_COMMAND', '_KEYCHAIN'].map((end) => `NOTION_KLOSET_${whose}PASSPHRASE${end}`);
}

async function secretOfVariables(app: App, whose: '' | 'IDENTITY_'): Promise<Secret | undefined> {
  const [text, file, command, entry] = passphraseVariables(whose).map((name) => app.io.env[name]);
  if (text) return passphrase(variableText(text));
  if (file) return passphrase(await secretFromFile(app, file, 'passphrase'));
  if (command) return passphrase(await secretFromCommand(app, command, 'passphrase'));
  return entry ? passphrase(await secretFromKeychain(app, entry, 'passphrase')) : undefined;
}

async function askIdentityPassphrase(app: App, isNew: boolean): Promise<Secret> {
  if (!app.io.isInteractive)
    throw new KlosetError(
      'credentials',
      'The identity of this machine needs a passphrase, none is set and there is no terminal to ask for one.',
      {
        hint: `Set one of ${passphraseVariables('IDENTITY_').join(', ')}.`,
      },
    );
  app.endProgress();
  if (isNew)
    return askNewPassphrase(app, { question: 'New passphrase for the identity: ', weakPassphrase: true });
  const question = 'Passphrase of the identity, the key that signs snapshots: ';
  return passphrase(await app.io.ask(question, { hidden: true }));
}

export interface NewPassphrase {
  readonly question?: string;
  /** Takes one that is easy to guess. */
  readonly weakPassphrase?: boolean;
}

/**
 * A new passphrase from the terminal, typed twice. @throws KlosetError `credentials` when the two differ, or when it is easy
 * to guess and that was not asked for
 */
export async function askNewPassphrase(
  app: App,
  { question = 'New passphrase: ', weakPassphrase = false }: NewPassphrase = {},
): Promise<Secret> {
  const first = await app.io.ask(question, { hidden: true });
  const weakness = first === '' || weakPassphrase ? undefined : passphraseWeakness(first);
  if (weakness !== undefined)
    throw new KlosetError('credentials', weakness, {
      hint: 'Take another one, or give --weak-passphrase. Nothing was changed.',
    });
  const second = await app.io.ask('Repeat the passphrase: ', { hidden: true });
  if (first === second) return passphrase(first);
  throw new KlosetError('credentials', 'The two passphrases differ.', { hint: 'Run the command again.' });
}

/** The passphrase of NOTION_KLOSET_NEW_PASSPHRASE, or one that is typed. A warning on stderr tells when it is weak. */
export async function newPassphrase(
  app: App,
  flags: Pick<NewPassphrase, 'weakPassphrase'> = {},
): Promise<Secret> {
  const given = app.io.env.NOTION_KLOSET_NEW_PASSPHRASE;
  const secret = given ? passphrase(variableText(given)) : await askNewPassphrase(app, flags);
  judgeNewSecret(app, secret, flags);
  return secret;
}

/**
 * Warns of a new passphrase that is weak, which a script may use, unless it was asked for.
 * @throws KlosetError `credentials` for bytes that are not UTF-8: all of them would be read as one letter, and open for each other
 */
export function judgeNewSecret(
  app: App,
  secret: Secret,
  { weakPassphrase = false }: Pick<NewPassphrase, 'weakPassphrase'> = {},
): void {
  if (secret.kind !== 'passphrase') return;
  if (secret.passphrase.includes(notUtf8))
    throw new KlosetError('credentials', 'The passphrase is not text in UTF-8.', {
      hint: 'Random bytes are no passphrase: write them as text with `openssl rand -base64 33`, or use a key file (`key add --key-file FILE`).',
    });
  if (weakPassphrase) return;
  const weakness = passphraseWeakness(secret.passphrase);
  if (weakness !== undefined) app.warn(`warning: ${weakness}`);
}

/** Stands in decoded text for bytes that are not UTF-8. */
const notUtf8 = '\ufffd';

async function givenSecret(app: App, settings: Connector): Promise<Secret | undefined> {
  if (app.options.keyfile !== undefined) return keyFile(app, app.options.keyfile);
  return (await secretOfVariables(app, '')) ?? (await secretOf(app, settings));
}

/** The secret that the settings of a store name; undefined when they name none. @throws KlosetError `credentials` */
export async function secretOf(
  app: App,
  settings: { readonly [name: string]: string | undefined },
): Promise<Secret | undefined> {
  if (settings.keyfile) return keyFile(app, settings.keyfile);
  const found = await secretOption(app, settings, 'passphrase', 'passphrase');
  return found === undefined ? undefined : passphrase(found);
}

function passphrase(text: string): Secret {
  if (text === '') throw new KlosetError('credentials', 'The passphrase is empty.');
  return { kind: 'passphrase', passphrase: text };
}

async function keyFile(app: App, path: string): Promise<Secret> {
  const text = (await secretText(app, path, 'key file')).replace(/^\ufeff/, '');
  // A recovery kit typed into a file opens the store it was printed for.
  if (!text.startsWith('NOTION-KLOSET')) return { kind: 'recovery-kit', key: parseRecoveryWords(text) };
  return { kind: 'key-file', key: parseKeyFile(text) };
}

function noSecret({ io: { env } }: App): KlosetError {
  const plakars = env.PLAKAR_PASSPHRASE ? 'PLAKAR_PASSPHRASE is set, which is not read here. ' : '';
  return new KlosetError('credentials', 'No passphrase is set and there is no terminal to ask for one.', {
    hint: `${plakars}Set one of ${passphraseVariables('').join(', ')}, or give --keyfile.`,
  });
}
