import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { App } from '../../src/cli/app/app.ts';
import { main } from '../../src/cli/main.ts';
import { tokenOf } from '../../src/cli/session/notion-session.ts';
import { ConnectorFile } from '../../src/cli/session/settings/connectors.ts';
import { encodeKeyFile } from '../../src/store/access/key-file.ts';
import type { FakeIo } from './fake-io.ts';
import { fakeIo } from './fake-io.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kloset-cli-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function run(...argv: string[]): Promise<FakeIo & { code: number }> {
  const io = fakeIo({ HOME: home });
  const code = await main(argv, io);
  return Object.assign(io, { code });
}

const sources = () => join(home, '.config/notion-kloset/sources.yml');

test('a source and a destination are added, changed and shown as the guides write it', async () => {
  expect((await run('source', 'add', 'mynotion', 'location=notion://', 'token=ntn_secret')).code).toBe(0);
  expect((await run('destination', 'add', 'mynotion', 'location=notion://', 'token=ntn_secret')).code).toBe(
    0,
  );
  expect((await run('destination', 'set', 'mynotion', 'rootID=1234567890abcdef1234567890abcdef')).code).toBe(
    0,
  );
  const shown = await run('destination', 'show', 'mynotion');
  expect(shown.out()).toContain('rootID: 1234567890abcdef1234567890abcdef');
  expect(shown.out()).toContain('location: notion://');
  expect((await run('source', 'list')).out()).toBe('mynotion\n');
});

test('secrets are kept for their owner alone and never printed', async () => {
  await run('source', 'add', 'a', 'location=notion://', 'token=ntn_secret');
  expect(readFileSync(sources(), 'utf8')).toContain('ntn_secret');
  expect(statSync(sources()).mode & 0o777).toBe(0o600);
  for (const argv of [
    ['source', 'show'],
    ['--json', 'source', 'show', 'a'],
    ['source', 'add', 'a', 'location=notion://', 'token=ntn_secret'],
    ['source', 'show', 'missing'],
  ]) {
    const io = await run(...argv);
    expect(io.out() + io.err()).not.toContain('ntn_secret');
  }
});

test.each([
  ['source', 'api_url=zz', /API URL/],
  ['source', 'api_url=http://elsewhere.example.com', /http to another machine/],
  ['source', 'limit_download=fast', /limit_download must be/],
  ['destination', 'rootID=zz', /Invalid Notion id for rootID/],
  ['destination', 'limit_upload=5', /limit_upload must be/],
  ['store', 'append_only=perhaps', /append_only must be true or false/],
  ['store', 'limit_upload=-1', /limit_upload must be/],
  ['source', `rootID=${'ab'.repeat(16)}`, /option of a destination/],
  ['store', 'region=eu-central-1', /region is for a store at s3/],
  ['store', 'secret_access_key_file=key', /secret_access_key_file is for a store at s3/],
  ['store', 'ssh_command=ssh -4', /ssh_command is for a store at sftp/],
] as const)('%s %s is refused when it is set, and kept nowhere', async (kind, option, said) => {
  const location = kind === 'store' ? `location=${join(home, 'store')}` : 'location=notion://';
  for (const words of [
    ['add', 'bad', location, option],
    ['add', 'good', location],
    ['set', 'good', option],
  ]) {
    const { code, err } = await run(kind, ...words);
    const isGood = words[1] === 'good' && words[0] === 'add';
    expect(code, words.join(' ')).toBe(isGood ? 0 : 64);
    if (!isGood) expect(err()).toMatch(said);
  }
  expect((await run(kind, 'show')).out()).toBe(`good:\n  ${location.replace('=', ': ')}\n`);
});

test('a notification is not sent to what is no address', async () => {
  const { code, err } = await run('notify', 'add', 'ops', 'type=slack', 'url=hooks.example.com');
  expect(code).toBe(64);
  expect(err()).toContain('not an http or https address');
  expect(err()).not.toContain('hooks.example.com');
});

test.each(['true', 'Yes', 'on', '1'])('append_only=%s keeps a store from being changed', async (value) => {
  const keyFile = join(home, 'key');
  writeFileSync(keyFile, encodeKeyFile(Buffer.alloc(32, 7)), { mode: 0o600 });
  const store = join(home, 'store');
  const location = [`location=${store}`, `keyfile=${keyFile}`];
  expect(await run('store', 'add', 'own', ...location, `append_only=${value}`)).toMatchObject({ code: 0 });
  expect(await run('--keyfile', keyFile, 'at', store, 'create')).toMatchObject({ code: 0 });
  const refused = await run('at', '@own', 'maintenance', '--apply');
  expect(refused.code).toBe(64);
  expect(refused.err()).toContain('append-only');
});

test('a word that is neither yes nor no, written into the settings by hand, opens no store', async () => {
  await run('store', 'add', 'own', `location=${join(home, 'store')}`);
  const file = join(home, '.config/notion-kloset/stores.yml');
  writeFileSync(file, `${readFileSync(file, 'utf8')}  append_only: perhaps\n`);
  const { code, err } = await run('at', '@own', 'ls');
  expect(code).toBe(64);
  expect(err()).toContain('append_only must be true or false');
});

test('values that a person wrote are taken as they stand there, whatever YAML would read in them', async () => {
  await run('store', 'add', 'a', 'location=/somewhere', 'passphrase=x');
  const file = join(home, '.config/notion-kloset/stores.yml');
  const written = [
    '00123456',
    '123456789012345678901',
    '1e5',
    '0x10',
    'true',
    'null',
    '~',
    '2026-11-01',
    '1.50',
  ];
  for (const value of written) {
    writeFileSync(file, `a:\n  location: /somewhere\n  passphrase: ${value}\n`);
    expect(new ConnectorFile(join(home, '.config/notion-kloset'), 'store').get('a').passphrase).toBe(value);
  }
  for (const value of ['[one, two]', '{one: two}']) {
    writeFileSync(file, `a:\n  location: /somewhere\n  passphrase: ${value}\n`);
    const { code, err } = await run('at', '@a', 'ls').then((io) => ({ code: io.code, err: io.err() }));
    expect(code).toBe(64);
    expect(err).toContain('passphrase of "a" is not a single value');
  }
});

test('an empty variable is noticed instead of stored', async () => {
  const io = await run('source', 'add', 'a', 'location=notion://', 'token=');
  expect(io.code).toBe(64);
  expect(io.err()).toContain('token is empty');
});

test('mistakes are told in one line with the way out', async () => {
  const cases: [string[], number][] = [
    [['source', 'add', 'a', 'token=x'], 64],
    [['source', 'add', 'a', 'location=s3://bucket', 'token=x'], 64],
    [['source', 'add', '../a', 'location=notion://'], 64],
    [['source', 'add', 'a', 'location=notion://', 'colour=red'], 64],
    [['source', 'rm', 'nobody'], 66],
    [['source', 'frobnicate'], 64],
    [['frobnicate'], 64],
  ];
  for (const [argv, code] of cases) {
    const io = await run(...argv);
    expect([argv.join(' '), io.code]).toEqual([argv.join(' '), code]);
    expect(io.err()).not.toMatch(/\n\s+at /);
    expect(io.err()).toMatch(/^(notion-kloset: |error: )/);
  }
});

test('a file that is not ours to read is refused without quoting it', async () => {
  await run('source', 'add', 'a', 'location=notion://', 'token=ntn_secret');
  writeFileSync(sources(), 'a: {token: ntn_secret, broken');
  const io = await run('source', 'list');
  expect(io.code).toBe(64);
  expect(io.err()).not.toContain('ntn_secret');
});

test('options can be unset and connectors removed', async () => {
  await run('source', 'add', 'a', 'notion://', 'token=x', 'limit_upload=2M');
  await run('source', 'unset', 'a', 'limit-upload');
  expect((await run('source', 'show', 'a')).out()).not.toContain('limit');
  expect((await run('source', 'rm', 'a')).code).toBe(0);
  expect((await run('source', 'list')).out()).toBe('');
});

/** The token that `backup "@a"` would use. */
async function tokenOfA(env: { readonly [name: string]: string } = {}): Promise<string> {
  const app = new App(fakeIo({ HOME: home, ...env }), undefined);
  return await tokenOf(app, new ConnectorFile(join(home, '.config/notion-kloset'), 'source').get('a'));
}

async function addGiven(word: string, io: FakeIo): Promise<void> {
  expect(await main(['source', 'add', 'a', 'notion://', word], io)).toBe(0);
  expect(io.out() + io.err()).not.toContain('ntn_secret');
}

test('a token is read from standard input, or typed unseen, and kept', async () => {
  await addGiven('token=-', fakeIo({ HOME: home }, home, [], '\ufeffntn_secret\r\nmore\n'));
  expect(await tokenOfA()).toBe('ntn_secret');
  await run('source', 'rm', 'a');
  await addGiven('token=-', fakeIo({ HOME: home }, home, ['ntn_secret']));
  expect(await tokenOfA()).toBe('ntn_secret');
});

test('a token is read from a file, a command or the environment each time it is needed', async () => {
  writeFileSync(join(home, 'token'), 'ntn_secret1\n');
  await addGiven('token_file=token', fakeIo({ HOME: home }, home));
  expect(await tokenOfA()).toBe('ntn_secret1');
  writeFileSync(join(home, 'token'), 'ntn_secret2\n');
  expect(await tokenOfA()).toBe('ntn_secret2');
  for (const way of ['token_cmd', 'token_command']) {
    expect((await run('source', 'set', 'a', `${way}=cat ${join(home, 'token')}`)).code).toBe(0);
    writeFileSync(join(home, 'token'), `ntn_${way}\n`);
    expect(await tokenOfA()).toBe(`ntn_${way}`);
  }
  expect((await run('source', 'set', 'a', 'token_env=MY_TOKEN')).code).toBe(0);
  expect(await tokenOfA({ MY_TOKEN: 'ntn_secret3\n' })).toBe('ntn_secret3');
  // A way given later takes the place of the earlier ones.
  expect((await run('source', 'show', 'a')).out()).toBe('a:\n  location: notion://\n  token_env: MY_TOKEN\n');
});

test('a token that cannot be had is an error of credentials, and never another token', async () => {
  const cases = [
    ['token_file=gone', 'gone'],
    ['token_file=.', 'Cannot read'],
    ['token_file=empty', 'is empty'],
    ['token_file=/dev/zero', 'larger than'],
    ['token_cmd=exit 3', 'failed'],
    ['token_cmd=true', 'printed nothing'],
    ['token_env=NOT_SET', 'NOT_SET'],
  ] as const;
  writeFileSync(join(home, 'empty'), '');
  for (const [word, told] of cases) {
    await addGiven(word, fakeIo({ HOME: home }, home));
    const io = fakeIo({ HOME: home, NOTION_TOKEN: 'ntn_other' }, home);
    expect({ word, code: await main(['backup', '@a'], io) }).toEqual({ word, code: 77 });
    expect(io.err()).toContain(told);
    await run('source', 'rm', 'a');
  }
});

test('a pipe gives its secret, however late it comes', async () => {
  execFileSync('mkfifo', [join(home, 'pipe')]);
  await addGiven('token_file=pipe', fakeIo({ HOME: home }, home));
  const [token] = await Promise.all([
    tokenOfA(),
    new Promise((resolve) => setTimeout(resolve, 50)).then(() =>
      execFileSync('sh', ['-c', `echo ntn_piped > ${join(home, 'pipe')}`]),
    ),
  ]);
  expect(token).toBe('ntn_piped');
});

test('a secret on the command line is taken with a warning, and two ways to give one are refused', async () => {
  const io = await run('source', 'add', 'a', 'location=notion://', 'token=ntn_secret');
  expect(io.code).toBe(0);
  expect(io.err()).toMatch(/^warning: token=… .*token=-/);
  expect((await run('store', 'add', 'b', '/s', 'passphrase=secret words')).err()).toContain('passphrase=-');
  expect((await run('source', 'add', 'c', 'notion://', 'token=x', 'token_env=Y')).code).toBe(64);
});

test('paths in settings mean the same from every working folder', async () => {
  const words = ['store', 'add', 'disk', 'location=fs:/var/s', 'passphrase_file=words'];
  await main(words, fakeIo({ HOME: home }, '/work'));
  expect(JSON.parse((await run('--json', 'store', 'show')).out()).stores.disk).toEqual({
    location: '/var/s',
    passphrase_file: '/work/words',
  });
  expect((await run('store', 'add', 'cloud', 'gs://bucket')).code).toBe(64);
  expect((await run('store', 'add', 'cloud', 's3://bucket/../x')).code).toBe(64);
});

test('a bucket keeps its address, and the secret of its key is not shown', async () => {
  const words = [
    's3+https://HOST/bucket/a/',
    'access_key_id=AKID',
    'secret_access_key=s3cret0',
    'region=eu-1',
  ];
  const added = await run('store', 'add', 'cloud', ...words);
  expect(added.code).toBe(0);
  expect(added.err()).toMatch(/secret_access_key=… stood on the command line/);
  await run('store', 'set', 'cloud', 'secret_access_key_env=S3_SECRET');
  const shown = await run('--json', 'store', 'show');
  expect(JSON.parse(shown.out()).stores.cloud).toEqual({
    location: 's3+https://host/bucket/a',
    access_key_id: 'AKID',
    secret_access_key_env: 'S3_SECRET',
    region: 'eu-1',
  });
  expect((await run('store', 'add', 'half', 's3://bucket', 'access_key_id=AKID')).code).toBe(0);
  expect((await run('at', '@half', 'ls')).code).toBe(64);
});

test.each([
  ['policy', 'tags=,'],
  ['policy', 'tag= , '],
  ['policy', 'copies=,'],
  ['policy', 'notify=,'],
  ['policy', 'exclude=,'],
])('%s %s is a list of nothing, and refused', async (kind, option) => {
  const { code, err } = await run(kind, 'add', 'a', option);
  expect({ code, err: err() }).toEqual({ code: 64, err: expect.stringContaining('is empty') });
});

test('a notification that no state is told of is refused', async () => {
  expect((await run('notify', 'add', 'a', 'type=command', 'command=true', 'on=,')).code).toBe(64);
});

test('a page for drills that is no page is refused when the policy is set', async () => {
  const { code, err } = await run('policy', 'add', 'a', 'drill_to=somewhere');
  expect({ code, err: err() }).toEqual({ code: 64, err: expect.stringContaining('drill_to') });
});

test('settings that name others which are not there yet are kept with a warning', async () => {
  const source = await run('source', 'add', 'a', 'notion://', 'token_env=X', 'policy=nighly');
  expect([source.code, source.err()]).toEqual([0, expect.stringMatching(/no policy named "nighly" yet/)]);
  const policy = await run('policy', 'add', 'nightly', 'notify=ops', 'copies=@disk,/mnt/x');
  expect(policy.code).toBe(0);
  expect(policy.err()).toMatch(/no notification named "ops" yet.*\n.*no store named "disk" yet/);
  expect((await run('source', 'set', 'a', 'policy=nightly')).err()).toBe('');
});

test('a key file and a passphrase of a store take the place of each other', async () => {
  expect((await run('store', 'add', 'a', '/s', 'keyfile=k', 'passphrase_env=P')).code).toBe(64);
  await run('store', 'add', 'a', '/s', 'keyfile=k');
  await run('store', 'set', 'a', 'passphrase_env=P');
  expect((await run('store', 'show', 'a')).out()).toBe('a:\n  location: /s\n  passphrase_env: P\n');
});

test('a file that people write may spell an option in each way, and one that there is not is refused by name', async () => {
  await run('store', 'add', 'a', '/s', 'passphrase_env=P');
  const stores = join(home, '.config/notion-kloset/stores.yml');
  writeFileSync(stores, 'a: {location: /s, append-only: "true"}\nb: {location: /t, apend_only: "true"}\n');
  expect((await run('store', 'show', 'a')).out()).toContain('append_only: true');
  const b = await run('at', '@b', 'ls');
  expect([b.code, b.err()]).toEqual([64, expect.stringMatching(/no option "apend_only", as "b" has/)]);
  expect((await run('store', 'list')).out()).toBe('a\nb\n');
});

test('the second variable of a token counts where the first is empty', async () => {
  const app = new App(fakeIo({ HOME: home, NOTION_TOKEN: '', NOTION_API_TOKEN: 'ntn_second' }), undefined);
  expect(await tokenOf(app, {})).toBe('ntn_second');
});

test('a token for one run takes the place of that of the source, in whatever way either is given', async () => {
  await run('source', 'add', 'a', 'notion://', 'token=ntn_own');
  const io = await run('backup', '@a', '-o', 'token_env=NOT_SET');
  expect([io.code, io.err()]).toEqual([77, expect.stringContaining('NOT_SET')]);
});
