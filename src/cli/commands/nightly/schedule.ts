/** `schedule`: has the system run `run` every night. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { isRemote, parseRemoteAddress } from '../../../backend/remote-address.ts';
import { KlosetError } from '../../../errors.ts';
import type { Schedule, ScheduleKind } from '../../../operations/schedule/schedule.ts';
import { scheduleKinds } from '../../../operations/schedule/schedule.ts';
import { packageFile } from '../../../own-files.ts';
import type { App } from '../../app/app.ts';
import { configFolder, dataFolder, expandPath } from '../../app/folders.ts';
import { teach } from '../../help/teach.ts';
import { schedulerOf } from '../../session/night/schedulers.ts';
import { nightPolicyOf } from '../../session/night-policy.ts';
import { connectorOf } from '../../session/notion-session.ts';
import { policyOptions } from '../../session/policies.ts';
import { ConnectorFile } from '../../session/settings/connectors.ts';
import { requireNamed } from '../../session/settings/named-others.ts';
import { storeWord } from '../../session/store-path.ts';
import { parseChoice, parseDuration } from '../../text/parse.ts';

interface ScheduleFlags {
  readonly kind?: string;
  readonly name: string;
  readonly time: string;
  readonly delay: string;
  readonly policy?: string;
  readonly print?: boolean;
}

/** Variables that are handed to the scheduled run: paths and addresses, never a secret. */
const handedOn = [
  'NOTION_KLOSET_PASSPHRASE_FILE',
  'NOTION_KLOSET_IDENTITY_PASSPHRASE_FILE',
  'NOTION_KLOSET_SSH_COMMAND',
  'AWS_PROFILE',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'NOTION_API_URL',
  'XDG_CONFIG_HOME',
  'XDG_CACHE_HOME',
  'XDG_DATA_HOME',
];

/** Adds the command group. */
export function registerSchedule(program: Command, app: App): void {
  const group = program.command('schedule').description('let the system run `run` every night');
  const errors = ['not-found', 'unavailable', 'credentials'] as const;
  const install = withName(group.command('install [source]'))
    .description('install a timer that runs `run` for a configured source')
    .option('--time <hh:mm>', 'begin at this time of the day', '02:30')
    .option('--delay <duration>', 'begin at a random moment within this time after it', '30m')
    .option('--policy <name>', 'use this policy instead of that of the source')
    .option('--print', 'print what would be written; write nothing')
    .action((word: string | undefined, flags: ScheduleFlags) => runInstall(app, word, flags));
  const show = withName(group.command('show'))
    .description('print what is installed')
    .action((flags: ScheduleFlags) => runShow(app, flags));
  const remove = withName(group.command('remove'))
    .alias('rm')
    .description('remove what `schedule install` wrote')
    .action((flags: ScheduleFlags) => runRemove(app, flags));
  teach(group, { examples: ['schedule install "@mynotion"', 'schedule show'], errors });
  teach(install, {
    examples: [
      'schedule install "@mynotion" --time 03:15',
      'at "@disk" schedule install "@mynotion" --kind cron --print',
    ],
    errors,
  });
  teach(show, {
    examples: ['schedule show', 'schedule show --kind cron'],
    errors: ['not-found', 'unavailable'],
  });
  teach(remove, {
    examples: ['schedule remove', 'schedule remove --name office'],
    errors: ['not-found', 'unavailable'],
  });
}

function withName(command: Command): Command {
  return command
    .option('--kind <kind>', `use ${scheduleKinds.join(', ')}; default: that of this system`)
    .option('--name <name>', 'tell several schedules of this machine apart', 'nightly');
}

async function runInstall(app: App, word: string | undefined, flags: ScheduleFlags): Promise<void> {
  const kind = kindOf(flags);
  const scheduler = schedulerOf(app, kind);
  const schedule = scheduleOf(app, word, flags);
  if (kind !== 'github') requireUnattended(app, kind, word);
  if (kind !== 'github') requirePolicy(app, word, flags);
  if (flags.print === true) {
    const files = scheduler.files(schedule);
    app.result(
      { kind, files, written: false },
      files.flatMap(({ path, text }) => [`# ${path}`, ...text.trimEnd().split(/\r?\n/)]),
    );
    return;
  }
  const paths = await scheduler.install(schedule);
  app.result({ kind, files: paths, written: true }, [
    ...paths.map((path) => `wrote ${path}`),
    `schedule: runs every day at ${flags.time} (${kind})`,
    ...(kind === 'systemd' ? ['  It runs while you are not logged in after `loginctl enable-linger`.'] : []),
  ]);
}

async function runShow(app: App, flags: ScheduleFlags): Promise<void> {
  const kind = kindOf(flags);
  const files = await schedulerOf(app, kind).installed({ name: nameOf(flags) });
  app.result(
    { kind, files },
    files.flatMap(({ path, text }) => [`# ${path}`, ...text.trimEnd().split(/\r?\n/)]),
  );
  if (files.length === 0) throw nothingInstalled(kind, flags);
}

async function runRemove(app: App, flags: ScheduleFlags): Promise<void> {
  const kind = kindOf(flags);
  const removed = await schedulerOf(app, kind).remove({ name: nameOf(flags) });
  if (removed.length === 0) throw nothingInstalled(kind, flags);
  app.result(
    { kind, removed },
    removed.map((path) => `removed ${path === 'crontab' ? 'the lines of the crontab' : path}`),
  );
}

function nothingInstalled(kind: ScheduleKind, { name }: ScheduleFlags): KlosetError {
  return new KlosetError('not-found', `No schedule "${name}" of ${kind} is installed.`, {
    hint: 'Install one with `notion-kloset schedule install`; --kind and --name choose another.',
  });
}

function kindOf({ kind }: ScheduleFlags): ScheduleKind {
  if (kind !== undefined) return parseChoice(kind, scheduleKinds, '--kind');
  return process.platform === 'darwin' ? 'launchd' : process.platform === 'win32' ? 'windows' : 'systemd';
}

function nameOf({ name }: ScheduleFlags): string {
  if (/^[A-Za-z0-9][A-Za-z0-9-]{0,40}$/.test(name)) return name;
  throw new KlosetError('usage', `--name takes letters, digits and dashes, not "${name}".`);
}

function scheduleOf(app: App, word: string | undefined, flags: ScheduleFlags): Schedule {
  const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(flags.time) ?? [];
  if (hour === undefined || Number(hour) > 23 || Number(minute) > 59)
    throw new KlosetError('usage', `--time takes a time of the day like 02:30, not "${flags.time}".`);
  const { store, io, options } = app;
  const place = storeWord(io, store);
  const keyFile = options.keyfile === undefined ? [] : ['--keyfile', expandPath(io, options.keyfile)];
  const policy = flags.policy === undefined ? [] : ['--policy', flags.policy];
  const program = fileURLToPath(packageFile('bin/notion-kloset.js'));
  const environment = Object.fromEntries(
    handedOn.flatMap((name) => {
      const value = io.env[name];
      return value ? [[name, name.endsWith('_FILE') ? expandPath(io, value) : value]] : [];
    }),
  );
  return {
    name: nameOf(flags),
    command: [
      process.execPath,
      program,
      ...keyFile,
      'at',
      place,
      'run',
      ...(word === undefined ? [] : [word]),
      ...policy,
    ],
    hour: Number(hour),
    minute: Number(minute),
    delayMs: parseDuration(flags.delay, '--delay'),
    environment,
    logFile: join(dataFolder(io), `${nameOf(flags)}.log`),
  };
}

/** @throws KlosetError `not-found`, `usage` for a policy that is not there, or that no run could follow */
function requirePolicy(app: App, word: string | undefined, flags: ScheduleFlags): void {
  const options = policyOptions(app, connectorOf(app, 'source', word), flags.policy);
  nightPolicyOf(options);
  requireNamed(app, 'policy', options);
}

/**
 * A run at night finds no terminal and nothing of this shell. @throws KlosetError `credentials` when the token or the secret of the
 * store would not be there
 */
function requireUnattended(app: App, kind: ScheduleKind, word: string | undefined): void {
  const source = connectorOf(app, 'source', word);
  const { token, token_file, token_command, token_keychain } = source;
  if ([token, token_file, token_command, token_keychain].every((way) => way === undefined))
    throw new KlosetError(
      'credentials',
      'A scheduled run has no variables of this shell, and so no Notion token.',
      {
        hint: 'Add a source that holds it, `notion-kloset source add mynotion location=notion:// token=-` (or token_file=PATH), and name it: `schedule install "@mynotion"`.',
      },
    );
  const { store, io, options } = app;
  const settings = store?.startsWith('@')
    ? new ConnectorFile(configFolder(io), 'store').get(store.slice(1))
    : {};
  if (io.env.AWS_SECRET_ACCESS_KEY && !settings.access_key_id) requireNoBucket(settings.location ?? store);
  const ways = [
    options.keyfile,
    io.env.NOTION_KLOSET_PASSPHRASE_FILE,
    settings.keyfile,
    settings.passphrase,
    settings.passphrase_file,
    settings.passphrase_command,
    settings.passphrase_keychain,
  ];
  const used = ways.find((way) => way);
  const isKeychainUsed = used !== undefined && used === settings.passphrase_keychain;
  if (token_keychain !== undefined || isKeychainUsed) requireLogin(app, kind);
  if (used) return;
  throw new KlosetError('credentials', 'A scheduled run cannot be asked for the passphrase of the store.', {
    hint: 'Set NOTION_KLOSET_PASSPHRASE_FILE, give --keyfile PATH, or configure the store: `notion-kloset store add disk location=… passphrase_file=PATH`.',
  });
}

/** @throws KlosetError `credentials` for a store in a bucket, of which the key is in a variable of this shell */
function requireNoBucket(location: string | undefined): void {
  if (location === undefined || !isRemote(location) || parseRemoteAddress(location).kind !== 's3') return;
  throw new KlosetError(
    'credentials',
    'A scheduled run has no variables of this shell, and so no key of the bucket.',
    {
      hint: 'Keep it in a profile (~/.aws/credentials), or configure the store: `notion-kloset store add offsite location=… access_key_id=… secret_access_key_file=PATH`.',
    },
  );
}

/** The keychain is there for programs of a login. @throws KlosetError `credentials` for a schedule that has none */
function requireLogin(app: App, kind: ScheduleKind): void {
  if (kind === 'cron' || kind === 'systemd-system')
    throw new KlosetError('credentials', `A run that ${kind} starts does not reach the keychain.`, {
      hint: 'Choose another --kind, or keep the token and the passphrase in files: token_file=PATH, passphrase_file=PATH.',
    });
  app.tellOnce(
    'A run while you are not logged in finds the keychain locked, and fails; the next one makes up for it.',
  );
}
