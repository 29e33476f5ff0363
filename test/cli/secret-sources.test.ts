/** Every source of every secret, as a table: it is read from there, its first line alone counts, and what is missing, empty or wrong is 77. */
import { execFileSync } from 'node:child_process';
import { createWriteStream, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { systemClock } from '../../src/clock.ts';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { FakeS3, fakeKey } from '../backend/fake-s3.ts';
import { createCheapStore } from './cheap-store.ts';
import { fakeIo } from './fake-io.ts';
import { InProcessMachine } from './in-process-machine.ts';
import { Mailbox } from './nightly/mailbox.ts';

const passphrase = 'nine wet otters juggling plums';
const identityPassphrase = 'six shy badgers yodelling';
const machine = new InProcessMachine();
const server = new FakeS3();
const mailbox = new Mailbox();
let notion: Simulator;
let address = '';
let kit = '';

beforeAll(async () => {
  notion = await startSimulator({ state: sampleWorkspace({ small: true }), clock: 'real' });
  machine.env.NOTION_API_URL = notion.url;
  await server.start();
  address = await mailbox.open();
  await createCheapStore(machine, passphrase, systemClock);
  const given = { NOTION_KLOSET_PASSPHRASE: passphrase };
  await run(0, ['at', machine.store, 'key', 'add', '--key-file', machine.path('kloset.key')], given);
  const added = await run(0, ['at', machine.store, 'key', 'add', '--recovery-kit', '--json'], given);
  kit = JSON.parse(added.out).words;
});
afterAll(async () => {
  machine.dispose();
  await notion.close();
  await server.stop();
  await mailbox.close();
});

interface Given {
  readonly [variable: string]: string;
}

async function run(
  code: number,
  words: readonly string[],
  env: Given = {},
  { answers = [], input = '' }: { readonly answers?: readonly string[]; readonly input?: string } = {},
) {
  const io = fakeIo({ ...machine.env, ...env }, machine.home, [...answers], input);
  const found = await main([...words], io);
  expect({ words, found, err: io.err() }).toMatchObject({ words, found: code });
  return { out: io.out(), err: io.err() };
}

/** A file with the secret on its first line, as editors write it. */
function file(secret: string): string {
  const path = machine.path(`secret-${Math.random().toString(36).slice(2)}`);
  writeFileSync(path, `\ufeff${secret}\r\na second line\n`, { mode: 0o600 });
  return path;
}

/** A pipe into which the secret is written when somebody reads. */
function pipe(secret: string): string {
  const path = machine.path(`pipe-${Math.random().toString(36).slice(2)}`);
  execFileSync('mkfifo', [path]);
  createWriteStream(path).end(`${secret}\n`);
  return path;
}

function kitFile(): string {
  writeFileSync(machine.path('kit'), `${kit}\n`);
  return machine.path('kit');
}

function command(secret: string): string {
  return `printf '%s\\nsecond line\\n' '${secret}'`;
}

interface Source {
  readonly name: string;
  /** Options before the command. */
  readonly flags?: (secret: string) => readonly string[];
  readonly env?: (secret: string) => Given;
  /** Options of a configured store, source or notification. */
  readonly options?: (secret: string) => readonly string[];
  readonly answers?: (secret: string) => readonly string[];
}

const ofStore: readonly Source[] = [
  { name: 'NOTION_KLOSET_PASSPHRASE', env: (secret) => ({ NOTION_KLOSET_PASSPHRASE: `${secret}\n` }) },
  {
    name: 'NOTION_KLOSET_PASSPHRASE_FILE',
    env: (secret) => ({ NOTION_KLOSET_PASSPHRASE_FILE: file(secret) }),
  },
  {
    name: 'NOTION_KLOSET_PASSPHRASE_FILE, a pipe',
    env: (secret) => ({ NOTION_KLOSET_PASSPHRASE_FILE: pipe(secret) }),
  },
  {
    name: 'NOTION_KLOSET_PASSPHRASE_COMMAND',
    env: (secret) => ({ NOTION_KLOSET_PASSPHRASE_COMMAND: command(secret) }),
  },
  { name: 'passphrase of a configured store', options: (secret) => [`passphrase=${secret}`] },
  { name: 'passphrase_file', options: (secret) => [`passphrase_file=${file(secret)}`] },
  { name: 'passphrase_command', options: (secret) => [`passphrase_command=${command(secret)}`] },
  { name: 'passphrase_env', options: () => ['passphrase_env=SECRET'], env: (secret) => ({ SECRET: secret }) },
  { name: 'a question', answers: (secret) => [secret] },
];

async function openStore(code: number, source: Source, secret: string) {
  const { options, flags = () => [], env = () => ({}), answers = () => [] } = source;
  const at = options === undefined ? machine.store : '@here';
  if (options !== undefined) {
    await main(['store', 'rm', 'here'], fakeIo(machine.env, machine.home));
    await run(0, ['store', 'add', 'here', `location=${machine.store}`, ...options(secret)]);
  }
  return await run(code, [...flags(secret), 'at', at, 'ls'], env(secret), { answers: answers(secret) });
}

describe.each(ofStore)('the passphrase of a store: $name', (source) => {
  test('opens it', () => openStore(0, source, passphrase));
  test('is told as wrong, and not shown', async () => {
    const { out, err } = await openStore(77, source, 'another passphrase of no value');
    expect(out + err).not.toContain('another passphrase');
  });
});

test.each([
  ['a key file', () => ['--keyfile', machine.path('kloset.key')]],
  ['the words of a recovery kit in a file', () => ['--keyfile', kitFile()]],
])('--keyfile with %s opens the store', async (_, flags) => {
  await run(0, [...flags(), 'at', machine.store, 'ls']);
});

test('keyfile of a configured store opens it', async () => {
  await run(0, [
    'store',
    'add',
    'keyed',
    `location=${machine.store}`,
    `keyfile=${machine.path('kloset.key')}`,
  ]);
  await run(0, ['at', '@keyed', 'ls']);
});

test.each([
  ['a file that is not there', { NOTION_KLOSET_PASSPHRASE_FILE: '/nowhere/at/all' }],
  ['an empty file', { NOTION_KLOSET_PASSPHRASE_FILE: '/dev/null' }],
  ['a command that fails', { NOTION_KLOSET_PASSPHRASE_COMMAND: 'echo secret; exit 3' }],
  ['a command that prints nothing', { NOTION_KLOSET_PASSPHRASE_COMMAND: 'true' }],
  ['nothing, and nobody to ask', {}],
] as const)('%s is 77', async (_, env) => {
  const { err } = await run(77, ['at', machine.store, 'ls'], env);
  expect(err).not.toContain('secret;');
});

/** Each comes before all that stand after it: the ones after it hold what is wrong. */
const order: readonly (keyof typeof right)[] = ['flag', 'variable', 'file', 'command', 'settings'];
const right = {
  flag: { words: () => ['--keyfile', machine.path('kloset.key')], env: () => ({}) },
  variable: { words: () => [], env: (secret: string) => ({ NOTION_KLOSET_PASSPHRASE: secret }) },
  file: { words: () => [], env: (secret: string) => ({ NOTION_KLOSET_PASSPHRASE_FILE: file(secret) }) },
  command: {
    words: () => [],
    env: (secret: string) => ({ NOTION_KLOSET_PASSPHRASE_COMMAND: command(secret) }),
  },
  settings: { words: () => [], env: () => ({}) },
};

test.each(order)(
  'of several sources of the passphrase, %s counts before those that docs/scripting.md names later',
  async (first) => {
    const later = order.slice(order.indexOf(first) + 1).filter((each) => each !== 'settings');
    const wrong = Object.assign({}, ...later.map((each) => right[each].env('wrong')));
    await main(['store', 'rm', 'ordered'], fakeIo(machine.env, machine.home));
    const settings = `passphrase=${first === 'settings' ? passphrase : 'wrong'}`;
    await run(0, ['store', 'add', 'ordered', `location=${machine.store}`, settings]);
    await run(0, [...right[first].words(), 'at', '@ordered', 'ls'], {
      ...wrong,
      ...right[first].env(passphrase),
    });
  },
);

const ofToken: readonly Source[] = [
  { name: 'NOTION_TOKEN', env: (secret) => ({ NOTION_TOKEN: `${secret}\n` }) },
  { name: 'NOTION_API_TOKEN', env: (secret) => ({ NOTION_API_TOKEN: secret }) },
  { name: 'token', options: (secret) => [`token=${secret}`] },
  { name: 'token_file', options: (secret) => [`token_file=${file(secret)}`] },
  { name: 'token_command', options: (secret) => [`token_command=${command(secret)}`] },
  { name: 'token_env', options: () => ['token_env=SECRET'], env: (secret) => ({ SECRET: secret }) },
  { name: 'token=- from standard input', options: () => ['token=-'] },
  { name: 'token=- as a question', options: () => ['token=-'], answers: (secret) => [secret] },
];

describe.each(ofToken)('a token: $name', ({ options, env = () => ({}), answers }) => {
  async function ping(code: number, secret: string) {
    if (options === undefined)
      return await run(code, ['at', machine.store, 'backup', '--dry-run'], {
        ...env(secret),
        NOTION_KLOSET_PASSPHRASE: passphrase,
      });
    await main(['source', 'rm', 'here'], fakeIo(machine.env, machine.home));
    const given =
      answers === undefined ? { input: `${secret}\nsecond line\n` } : { answers: answers(secret) };
    await run(0, ['source', 'add', 'here', 'location=notion://', ...options(secret)], {}, given);
    // What a variable holds comes after what the source says.
    return await run(code, ['source', 'ping', 'here'], { NOTION_TOKEN: 'ntn_other', ...env(secret) });
  }

  test('lets Notion be read', () => ping(0, notion.token));
  test('is told as wrong, and not shown', async () => {
    const { out, err } = await ping(77, 'ntn_wrong0token0of0no0value');
    expect(out + err).not.toContain('ntn_wrong');
  });
});

describe('the passphrase of the identity', () => {
  const sealed = { XDG_CONFIG_HOME: machine.path('sealed') };
  beforeAll(async () => {
    await run(0, ['identity', 'encrypt'], {
      ...sealed,
      NOTION_KLOSET_IDENTITY_PASSPHRASE: identityPassphrase,
    });
  });

  test.each<Source>([
    { name: 'the variable', env: (secret) => ({ NOTION_KLOSET_IDENTITY_PASSPHRASE: `${secret}\n` }) },
    { name: 'the file', env: (secret) => ({ NOTION_KLOSET_IDENTITY_PASSPHRASE_FILE: file(secret) }) },
    {
      name: 'the command',
      env: (secret) => ({ NOTION_KLOSET_IDENTITY_PASSPHRASE_COMMAND: command(secret) }),
    },
    { name: 'a question', answers: (secret) => [secret] },
  ])('$name opens it', async ({ env = () => ({}), answers = () => [] }) => {
    const words = ['--keyfile', machine.path('kloset.key'), 'create', machine.path(`new-${Math.random()}`)];
    await run(0, words, { ...sealed, ...env(identityPassphrase) }, { answers: answers(identityPassphrase) });
  });

  test('an empty file of it is 77', async () => {
    const env = { ...sealed, NOTION_KLOSET_IDENTITY_PASSPHRASE_FILE: '/dev/null' };
    await run(77, ['--keyfile', machine.path('kloset.key'), 'create', machine.path('never')], env);
  });
});

test.each<Source>([
  { name: 'secret_access_key', options: (secret) => [`secret_access_key=${secret}`] },
  { name: 'secret_access_key_file', options: (secret) => [`secret_access_key_file=${file(secret)}`] },
  {
    name: 'secret_access_key_command',
    options: (secret) => [`secret_access_key_command=${command(secret)}`],
  },
  {
    name: 'secret_access_key_env',
    options: () => ['secret_access_key_env=SECRET'],
    env: (secret) => ({ SECRET: secret }),
  },
])('the key of a bucket: $name', async ({ name, options = () => [], env = () => ({}) }) => {
  const secret = 'a0secret0of0the0storage';
  const words = [
    `location=${server.address}/${name}`,
    `access_key_id=${fakeKey}`,
    `keyfile=${machine.path('kloset.key')}`,
  ];
  await run(0, ['store', 'add', name, ...words, ...options(secret)], {});
  await run(0, ['at', `@${name}`, 'create'], env(secret));
  if (name.endsWith('_env')) await run(77, ['at', `@${name}`, 'ls'], {});
});

test.each<Source>([
  { name: 'url', options: (secret) => [`url=${secret}`] },
  { name: 'url_file', options: (secret) => [`url_file=${file(secret)}`] },
  { name: 'url_command', options: (secret) => [`url_command=${command(secret)}`] },
  { name: 'url_env', options: () => ['url_env=SECRET'], env: (secret) => ({ SECRET: secret }) },
])('the address of a notification: $name', async ({ name, options = () => [], env = () => ({}) }) => {
  await run(0, ['notify', 'add', name, 'type=webhook', ...options(address)]);
  mailbox.take();
  await run(0, ['notify', 'test', name], env(address));
  expect(mailbox.take()).toHaveLength(1);
  if (name === 'url_env') await run(77, ['notify', 'test', name]);
});

test('a new passphrase comes from NOTION_KLOSET_NEW_PASSPHRASE, or is typed twice', async () => {
  const words = ['--keyfile', machine.path('kloset.key'), 'at', machine.store, 'key', 'add'];
  await run(77, words, {}, { answers: ['four loud herons waltzing', 'four loud herons walzing'] });
  const typed = ['four loud herons waltzing', 'four loud herons waltzing'];
  await run(0, words, {}, { answers: typed });
  await run(0, ['at', machine.store, 'ls'], { NOTION_KLOSET_PASSPHRASE: typed[0] ?? '' });
});
