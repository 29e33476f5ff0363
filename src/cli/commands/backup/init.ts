/** `init`: from nothing to a first backup that runs every night. Nothing is created before the token works. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Command } from 'commander';
import { KlosetError } from '../../../errors.ts';
import { defaultCommentShare } from '../../../operations/backup/backup-notion.ts';
import { estimateBackup } from '../../../operations/backup/estimate.ts';
import { pingNotion } from '../../../operations/doctor/diagnose-notion.ts';
import { requireFirstUse, storeExists } from '../../../operations/stores/create-store.ts';
import type { App, RunCommand } from '../../app/app.ts';
import { exitOk } from '../../app/exit-codes.ts';
import { configFolder, defaultStore, expandPath } from '../../app/folders.ts';
import type { Io } from '../../app/io.ts';
import { teach } from '../../help/teach.ts';
import { jobOf } from '../../session/job.ts';
import { withNotion } from '../../session/notion-session.ts';
import { hasSecret } from '../../session/secret.ts';
import type { Connector } from '../../session/settings/connectors.ts';
import { ConnectorFile } from '../../session/settings/connectors.ts';
import type { NamedStore } from '../../session/store-session.ts';
import { createNamedStore, requireNoFile, requireOneStore, storeAt } from '../../session/store-session.ts';
import { addSourceWithKeychain, addStoreWithKeychain, hasKeychain } from './init-keychain.ts';
import { estimateLines } from './print-estimate.ts';

interface InitFlags {
  readonly source: string;
  readonly tokenFile?: string;
  readonly generatePassphrase?: boolean;
  readonly weakPassphrase?: boolean;
  readonly recoveryKit?: boolean;
  readonly keychain?: boolean;
  readonly backup?: boolean;
  readonly schedule?: boolean;
}

/** Adds the command. `run` runs the commands that follow it. */
export function registerInit(program: Command, app: App, run: RunCommand): void {
  const command = program
    .command('init [store]')
    .description('set up a source and a store, and take the first backup, step by step')
    .option('--source <name>', 'keep the token under this name', 'mynotion')
    .option('--token-file <path>', 'read the token from this file each time it is needed')
    .option('--generate-passphrase', 'create a passphrase, and print it once')
    .option('--weak-passphrase', 'take a passphrase that is easy to guess')
    .option('--recovery-kit', 'print words that open the store too, to keep on paper')
    .option('--keychain', 'keep the token and the passphrase in the keychain of this system')
    .option('--no-keychain', 'keep the token in the settings, and the passphrase nowhere')
    .option('--backup', 'take the first backup at once')
    .option('--no-backup', 'take no backup yet')
    .option('--schedule', 'let the system run it every night')
    .option('--no-schedule', 'install no schedule')
    .action((word: string | undefined, flags: InitFlags) => init(app, run, word, flags));
  teach(command, {
    examples: ['init', 'init /var/backups --token-file ~/notion.token --backup --no-schedule'],
    errors: ['incomplete', 'integrity', 'unavailable', 'temporary', 'credentials'],
  });
}

async function init(app: App, run: RunCommand, word: string | undefined, flags: InitFlags): Promise<void> {
  requireOneStore(app, word);
  const token = await givenToken(app, flags);
  requireNewName(app, 'source', flags.source);
  if (flags.keychain === true) requireNewName(app, 'store', flags.source);
  await requireWorkingToken(app, token);
  const isKept = await keepsInKeychain(app, flags);
  const location =
    word ?? app.store ?? (await answer(app, 'Where is the store to lie?', defaultStore(app.io)));
  requireNoFile(app, location);
  const { store, generated } = await createStore(app, location, flags);
  if (isKept) await addSourceWithKeychain(app, flags.source, token);
  else new ConnectorFile(configFolder(app.io), 'source').add(flags.source, token);
  const isInKeychain = isKept && token.token !== undefined;
  app.line(`kept the token as the source "${flags.source}"${isInKeychain ? ', in the keychain' : ''}`);
  const isNamed = isKept && (await addStoreWithKeychain(app, flags.source, store));
  if (isNamed) app.line(`kept the passphrase with the store "${flags.source}", in the keychain`);
  const place = isNamed ? `@${flags.source}` : location.startsWith('@') ? location : store.location;
  const at = ['at', place];
  const io = ioOfSteps(app, store.location);
  const key = app.options.keyfile === undefined ? [] : ['--keyfile', app.options.keyfile];
  const follow = async (words: readonly string[]) => {
    const code = await run([...key, ...at, ...words], io);
    if (code !== exitOk && app.exitCode === exitOk) app.exitCode = code;
    return code === exitOk;
  };
  const done: string[] = [];
  const doWhen = async (
    name: string,
    flag: boolean | undefined,
    question: string,
    words: readonly string[],
  ) => {
    if (await agreed(app, flag, question)) if (await follow(words)) done.push(name);
  };
  const kit = 'Print a recovery kit, words on paper that open the store when the passphrase is lost?';
  await doWhen('recovery-kit', flags.recoveryKit, kit, ['key', 'add', '--recovery-kit']);
  if (flags.backup !== false) await tellEstimate(app, token);
  await doWhen('backup', flags.backup, 'Take the first backup now?', ['backup', `@${flags.source}`]);
  if (await agreed(app, flags.schedule, 'Back up every night from now on?'))
    if (await schedule(app, flags.source, isNamed, at, (words) => run(words, io), follow))
      done.push('schedule');
  app.result({ store: place, source: flags.source, generated_passphrase: generated ?? null, done }, [
    `init: ready. Next: \`notion-kloset at ${isNamed ? `"${place}"` : place} ${done.includes('backup') ? 'ls latest:/' : `backup "@${flags.source}"`}\``,
  ]);
}

/** A run at night is not asked for a passphrase: where none lies in a file or the keychain, it gets a key file of its own. */
async function schedule(
  app: App,
  source: string,
  isInKeychain: boolean,
  at: readonly string[],
  run: (words: readonly string[]) => Promise<number>,
  follow: (words: readonly string[]) => Promise<boolean>,
): Promise<boolean> {
  const install = ['schedule', 'install', `@${source}`];
  if (isInKeychain || app.options.keyfile !== undefined || app.io.env.NOTION_KLOSET_PASSPHRASE_FILE)
    return await follow(install);
  const keyFile = join(configFolder(app.io), 'nightly.key');
  if (!(await follow(['key', 'add', '--key-file', keyFile, '--label', 'nightly runs']))) return false;
  return (await run(['--keyfile', keyFile, ...at, ...install])) === exitOk;
}

/** The steps open the store with the passphrase that was just given; with `--json` they print nothing of their own. */
function ioOfSteps(app: App, location: string): Io {
  const secret = app.secrets.get(location);
  const env =
    secret?.kind === 'passphrase'
      ? { ...app.io.env, NOTION_KLOSET_PASSPHRASE: secret.passphrase }
      : app.io.env;
  const stdout = app.options.json === true ? { ...app.io.stdout, write: () => {} } : app.io.stdout;
  return { ...app.io, env, stdout };
}

/** The options of the source: the token of a file, of the variable, or one that is typed. @throws KlosetError `credentials` */
async function givenToken(app: App, { tokenFile }: InitFlags): Promise<Connector> {
  const { NOTION_TOKEN, NOTION_API_TOKEN, NOTION_API_URL } = app.io.env;
  const address = NOTION_API_URL ? { api_url: NOTION_API_URL } : {};
  const base = { location: 'notion://', ...address };
  if (tokenFile !== undefined) return { ...base, token_file: expandPath(app.io, tokenFile) };
  const found = NOTION_TOKEN || NOTION_API_TOKEN;
  if (found) return { ...base, token: found.trim() };
  if (!app.io.isInteractive)
    throw new KlosetError('credentials', 'No Notion token is set.', {
      hint: 'Run `notion-kloset doctor` to see how to get one; give it with --token-file PATH or NOTION_TOKEN.',
    });
  app.line(
    'A token comes from https://www.notion.so/profile/integrations (`notion-kloset doctor` says how).',
  );
  const typed = await app.io.ask('Notion token: ', { hidden: true });
  return { ...base, token: typed.trim() };
}

function requireNewName(app: App, kind: 'source' | 'store', name: string): void {
  if (!new ConnectorFile(configFolder(app.io), kind).read().has(name)) return;
  const way = kind === 'source' ? `back it up: \`notion-kloset backup "@${name}"\`` : 'leave out --keychain';
  throw new KlosetError('usage', `A ${kind} named "${name}" exists already.`, {
    hint: `Give another name with --source, or ${way}.`,
  });
}

/** @throws KlosetError `credentials` when a keychain is asked for and none answers */
async function keepsInKeychain(app: App, { keychain, source }: InitFlags): Promise<boolean> {
  if (keychain === true) {
    await app.io.keychain.read('init');
    return true;
  }
  const isFree = !new ConnectorFile(configFolder(app.io), 'store').read().has(source);
  if (keychain === false || !app.io.isInteractive || !isFree || !(await hasKeychain(app))) return false;
  return await agreed(app, undefined, 'Keep the token and the passphrase in the keychain of this system?');
}

/** @throws KlosetError as the connection does, before anything is created */
async function requireWorkingToken(app: App, token: Connector): Promise<void> {
  const [found] = await withNotion(app, token, (api) => pingNotion(api));
  if (found?.state === 'failed')
    throw new KlosetError(found.code ?? 'credentials', found.text, {
      hint: `${found.hint ?? ''} Nothing was created.`.trim(),
    });
  app.line(`The token works: ${found?.text}.`);
}

interface CreatedStore {
  readonly store: NamedStore;
  /** The passphrase, where one was generated. */
  readonly generated?: string;
}

async function createStore(app: App, location: string, flags: InitFlags): Promise<CreatedStore> {
  const store = await storeAt(app, location);
  if (await storeExists(store))
    throw new KlosetError('usage', `There is a store at ${store.location} already.`, {
      hint: 'Name another place, or add the source alone: `notion-kloset source add`.',
    });
  await requireFirstUse(jobOf(app), store);
  const isOpen = hasSecret(app, store.settings);
  if (isOpen && flags.generatePassphrase === true)
    throw new KlosetError(
      'usage',
      'A secret of the store is given already, so --generate-passphrase would create none.',
      {
        hint: 'Leave it out; or unset the variables NOTION_KLOSET_PASSPHRASE…, and give no --keyfile. Nothing was created.',
      },
    );
  const isGenerated =
    !isOpen &&
    (await agreed(app, flags.generatePassphrase, 'Create a passphrase for you? (No: you type one.)'));
  if (!isGenerated) {
    if (!isOpen && !app.io.isInteractive) throw noPassphrase();
    await createNamedStore(app, store, { weakPassphrase: flags.weakPassphrase === true });
    app.line(`created store ${store.location}`);
    return { store };
  }
  const passphrase = newPassphrase();
  await createNamedStore(app, store, { secret: { kind: 'passphrase', passphrase } });
  app.line(`created store ${store.location}`);
  app.lineOfOnce(`Its passphrase, which is printed this once: ${passphrase}`);
  return { store, generated: passphrase };
}

function noPassphrase(): KlosetError {
  return new KlosetError('credentials', 'No passphrase is set and there is no terminal to ask for one.', {
    hint: 'Set NOTION_KLOSET_PASSPHRASE_FILE, or give --generate-passphrase or --keyfile PATH.',
  });
}

/** 100 bits in five groups, without letters that look alike. */
function newPassphrase(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  const groups = Array.from({ length: 5 }, () =>
    [...randomBytes(64)]
      .filter((byte) => byte < letters.length * 8)
      .slice(0, 5)
      .map((byte) => letters[byte % letters.length])
      .join(''),
  );
  return groups.join('-');
}

async function tellEstimate(app: App, token: Connector): Promise<void> {
  const estimate = await withNotion(app, token, (api) =>
    estimateBackup({ api, comments: 'changed', commentShare: defaultCommentShare, full: false }),
  );
  for (const line of estimateLines(estimate)) app.line(line);
}

/** The flag, else what a person answers; no where nobody can be asked. */
async function agreed(app: App, flag: boolean | undefined, question: string): Promise<boolean> {
  if (flag !== undefined) return flag;
  if (!app.io.isInteractive) return false;
  app.endProgress();
  return !/^n/i.test((await app.io.ask(`${question} [Y/n] `)).trim());
}

async function answer(app: App, question: string, fallback: string): Promise<string> {
  if (!app.io.isInteractive) return fallback;
  const typed = (await app.io.ask(`${question} [${fallback}] `)).trim();
  return typed === '' ? fallback : typed;
}
