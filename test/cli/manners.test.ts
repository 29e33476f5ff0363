/** Manners of the command line: which words are refused and how, what a pipe gets, what Plakar's users may type. */
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HiddenInput } from '../../src/cli/app/hidden-input.ts';
import { main } from '../../src/cli/main.ts';
import { BadInputMachine, unclear } from './bad-input.ts';
import { fakeIo } from './fake-io.ts';

const machine = new BadInputMachine();
beforeAll(() => machine.open());
afterAll(() => machine.close());

const anyPage = '1234567890abcdef1234567890abcdef';

/** Words, the exit code, and a word that must be in the error: the flag, or the way out. */
const refused: readonly (readonly [readonly string[], number, string])[] = [
  [['backup', '--tag', ''], 64, '--tag is empty'],
  [['backup', '--tag', 'a', '--tag='], 64, '--tag is empty'],
  [['backup', '--name', ''], 64, '--name is empty'],
  [['backup', '--root', ''], 64, '--root is empty'],
  [['--api-url=', 'backup'], 64, '--api-url is empty'],
  [['--rate=', 'ls'], 64, '--rate is empty'],
  [['cat', ''], 64, '"'],
  [['key', 'add', '--label='], 64, '--label is empty'],
  [['--rate', '0', 'ls'], 64, '--rate'],
  [['--rate', 'abc', 'ls'], 64, '--rate'],
  [['--retry-lock', '-5m', 'ls'], 64, '--retry-lock'],
  [['--limit-upload', 'abc', 'source', 'list'], 64, '--limit-upload'],
  [['--limit-download', '5', 'history'], 64, '--limit-download'],
  [['--parallel', 'many', 'source', 'list'], 64, '--parallel'],
  [['--retry-lock', '9'.repeat(40), 'ls'], 64, '--retry-lock'],
  [['status', '--max-age', 'soon'], 64, '--max-age'],
  [['status', '--max-age', '99999999d'], 64, '--max-age'],
  [['maintenance', '--grace', '-1d'], 64, '--grace'],
  [['maintenance', '--grace', '7'], 64, '7d'],
  [['prune', '--keep-within', '30'], 64, '--keep-within'],
  [['status', '--max-age', '26'], 64, '--max-age'],
  [['policy', 'add', 'p', 'within=30'], 64, 'within'],
  [['prune', '--keep-within', '0'], 64, '--keep-within'],
  [['prune', '--keep-within', '-3d'], 64, '--keep-within'],
  [['prune', '--keep-daily', '0'], 64, '--keep-daily'],
  [['prune', '-days', '0'], 64, '--days'],
  [['prune', '-per-day', '2'], 64, '--keep-daily'],
  [['prune', '-days', '7', '-per-day', 'x'], 64, '--per-day'],
  [['policy', 'add', 'p', 'daily=abc'], 64, 'daily'],
  [['policy', 'add', 'p', 'daily=-1'], 64, 'daily'],
  [['policy', 'add', 'p', 'within=abc'], 64, 'within'],
  [['policy', 'show', 'p'], 66, 'policy add p daily=7'],
  [['prune', '--policy', 'nope'], 66, 'policy add nope daily=7'],
  [['store', 'show', 'nope'], 66, 'store add nope location='],
  [['check', '--fast', '--subset', '5%'], 64, '--subset'],
  [['check', '--latest', 'abcd'], 66, 'abcd'],
  [['rm', 'abcd', '--apply', '--dry-run'], 64, '--dry-run'],
  [['rm', 'latest'], 64, 'last good snapshot'],
  [['prune', '--keep-last', '1', '--apply', '--dry-run'], 64, '--dry-run'],
  [['maintenance', '--apply', '--dry-run'], 64, '--dry-run'],
  [['backup', '--no-media', '--external-media'], 64, '--external-media'],
  [['key', 'add', '--recovery-kit', '--key-file', 'x'], 64, '--key-file'],
  [['--progress', 'fancy', 'backup'], 64, '--progress'],
  [['create', 'text'], 64, 'is a file'],
  [['at', 'one', 'create', 'two'], 64, 'Two stores'],
  [['at', 'one', 'init', 'two', '--source', 'fresh'], 64, 'Two stores'],
  [['sync', 'to', 'text'], 64, 'is a file'],
  [['sync', 'with', 'text'], 64, 'is a file'],
  [['at', 'text', 'backup'], 64, 'is a file'],
  [['at', 'text', 'create'], 64, 'is a file'],
  [['simulator', '--port', '99999'], 64, '--port'],
  [['backup', '-force-timestamp', '2999-01-01'], 64, 'future'],
  [['backup', '-force-timestamp', 'x'], 64, '--force-timestamp'],
  [['backup', '-force-timestamp', '2001-01-01'], 64, 'newest snapshot'],
  [['backup', '--include', ''], 64, '--include is empty'],
  [['backup', '--exclude='], 64, '--exclude is empty'],
  [['backup', '-ignore', ''], 64, '--ignore is empty'],
  [['backup', '--include', '  '], 64, '--include: the pattern "  " is empty'],
  [['backup', '--include', 'title:'], 64, '--include: the pattern'],
  [['backup', '--exclude', '/'], 64, '--exclude: the pattern "/" names nothing'],
  [['backup', '--exclude', '!'], 64, '--exclude: the pattern'],
  [['backup', '-ignore', 'database:'], 64, '--ignore: the pattern'],
  [['backup', '--exclude', 'https://example.org/x'], 64, '--exclude: the pattern'],
  [['backup', '--include', 'Home', '--exclude', 'Home'], 64, '--include and --exclude both name Home'],
  [['backup', '--exclude-file', 'nowhere'], 64, '--exclude-file: '],
  [['backup', '-ignore-file', 'nowhere'], 64, '--ignore-file: '],
  [['backup', '--exclude-file', 'folder'], 64, '--exclude-file: '],
  [['backup', '--exclude-file', 'empty'], 64, 'has no pattern'],
  [['backup', '--no-selection', '--include', 'Home'], 64, '--no-selection'],
  [['backup', '--no-selection', '-ignore', 'Home'], 64, '--no-selection'],
  [['backup', '--requests-per-hour', '0'], 64, '--requests-per-hour'],
  [['backup', '--requests-per-hour', '-5'], 64, '--requests-per-hour'],
  [['backup', '--requests-per-hour', 'many'], 64, '--requests-per-hour'],
  [['backup', '--quiet-hours', 'soon'], 64, '--quiet-hours'],
  [['backup', '--quiet-hours', '25:00-03:00'], 64, '--quiet-hours'],
  [['backup', '--quiet-hours', '08:61-09:00'], 64, '--quiet-hours'],
  [['backup', '--quiet-hours', '08:00-08:00'], 64, '--quiet-hours begins and ends'],
  [['backup', '--quiet-hours', '00:00-24:00'], 64, '--quiet-hours begins and ends'],
  [['backup', '--quiet-hours', '08:00-18:00 Mars/Base'], 64, '"Mars/Base"'],
  [['backup', '--job', 'a,b'], 64, '--job'],
  [['backup', '--tag', '!x'], 64, '--tag'],
  [['policy', 'add', 'p', 'exclude=/'], 64, 'exclude: the pattern'],
  [['policy', 'add', 'p', 'include=title:'], 64, 'include: the pattern'],
  [['policy', 'add', 'p', 'exclude_file=nowhere'], 64, 'exclude_file: '],
  [['policy', 'add', 'p', 'requests_per_hour=0'], 64, 'requests_per_hour'],
  [['policy', 'add', 'p', 'quiet_hours=x'], 64, 'quiet_hours'],
  [['policy', 'add', 'p', 'environment=a,b'], 64, 'environment'],
  [['policy', 'add', 'p', 'include=Home', 'exclude=Home'], 64, 'include and exclude both name Home'],
  [['backup', '-o', 'token'], 64, 'option=value'],
  [['backup', '-o', 'colour=red'], 64, 'colour'],
  [['backup', '-o', 'token=-'], 77, 'Standard input'],
  [['backup', '-o', 'token_keychain=-'], 64, 'source set'],
  [['backup', '-o', 'limit_download=3'], 64, 'limit_download'],
  [['export', 'text/x'], 69, 'cannot be created'],
  [['dump', 'latest'], 64, '--to'],
  [['archive', '-output', 'a.tar', '--to', 'b.tar'], 64, '--to'],
  [['policy', 'add', 'p', 'max_age=never'], 64, 'max_age'],
  [['key', 'add', '--key-file', 'text'], 64, 'exists already'],
  [['diag', 'dirpack'], 64, 'diag vfs'],
  [['store', 'check', 'disk'], 64, 'store ping'],
  [['services'], 64, 'schedule install'],
  // What an option says must happen, or be refused: none is accepted by a command that does not look at it.
  [['restore', '-to', 'out', '--markers'], 64, '--markers'],
  [['restore', '-to', 'out', '--verify', 'full'], 64, '--verify'],
  [['restore', '-to', 'out', '--no-verify'], 64, '--no-verify'],
  [['restore', '-to', 'out', '--property', 'Status'], 64, '--property'],
  [['restore', '-to', 'out', '--prune-added'], 64, '--prune-added'],
  [['restore', '-to', 'out', '--dry-run'], 64, '--dry-run'],
  [['restore', '-to', 'out', '--no-comments'], 64, '--no-comments'],
  [['restore', '-to', 'out', '--comments', 'footnotes'], 64, '--comments'],
  [['restore', '-to', 'out', '--view', 'Board'], 64, '--view'],
  [['restore', '--root-id', anyPage, '-as', 'md'], 64, '--as'],
  [['restore', '--root-id', anyPage, '--umask'], 64, '--umask'],
  [['restore', '--root-id', anyPage, '--view', 'Board'], 64, '--view'],
  [['restore', '--root-id', anyPage, '--comments', 'none'], 64, '--comments'],
  [['restore', '--root-id', anyPage, '--property', 'Status'], 64, '--property'],
  [['restore', '--root-id', anyPage, '--dry-run', '--prune-added'], 64, '--prune-added'],
  [['restore', '--in-place', '--yes', '--root-id', anyPage], 64, '--root-id'],
  [['restore', '--in-place', '--dry-run', '--workspace-root'], 64, '--workspace-root'],
  [['restore', '--in-place', '--dry-run', '--comments', 'margin'], 64, '--comments'],
  [['restore', '--undo', '--dry-run', '--yes'], 64, '--dry-run'],
  [['restore', '--undo', '--in-place'], 64, '--in-place'],
  [['restore', '--undo', '--verify', 'full'], 64, '--verify'],
  [['restore', 'latest', '--undo', '--yes'], 64, 'latest'],
  [['cat', '-as', 'md', '--view', 'Board', 'latest:/Home'], 64, '--view'],
  [['cat', '--view', 'Board', 'latest:/Home'], 64, '--view'],
  [['cat', '--comments', 'none', 'latest:/Home'], 64, '--comments'],
  [['cat', '-as', 'csv', '--comments', 'footnotes', 'latest:/Shelves'], 64, '--comments'],
  [['cat', '--json', '-as', 'md', 'latest:/Home'], 64, '--as'],
  [['dump', '--to', 'x.tar', '--view', 'Board'], 64, '--view'],
  [['dump', '--to', 'x.tar', '--comments', 'none'], 64, '--comments'],
  [['check', '--subset', '1/2', 'latest'], 64, '--subset'],
  [['check', '--subset', '1/2', '--since', '7d'], 64, '--subset'],
  [['status', '--witness', '--max-age', '1s'], 64, '--max-age'],
  [['status', '--witness', '--metrics', 'm.prom'], 64, '--metrics'],
  [['unlock', '--all', '3f9a2b1c'], 64, '--all'],
  [['locate', '--all', '--latest', 'Home'], 64, '--latest'],
  [['info', '--errors'], 64, '--errors'],
  [['init', 'fresh', '--source', 'fresh', '--generate-passphrase'], 64, '--generate-passphrase'],
  [['info', 'latest:/Home'], 64, '/Home'],
  [['drill', 'latest:/Home'], 64, '/Home'],
  [['ls', '--changes', 'latest:/'], 64, '--changes'],
  [['tag', 'latest', 'a,b', '--remove', 'b'], 64, '"b"'],
  [['repair', '--from', 'store', 'packs'], 64, '--from'],
  [['repair', '--other-keyfile', 'key', 'index'], 64, '--other-keyfile'],
  [['repair', 'config', '--from', 'store'], 64, '--from'],
  [['repair', '--from', 'x', '--other-keyfile', 'a', '--other-passphrase-file', 'b'], 64, '--other-keyfile'],
  [['sync', 'to', 'x', '--other-keyfile', 'a', '--other-passphrase-file', 'b'], 64, '--other-keyfile'],
  [['cached'], 64, 'nothing has to run'],
];

test.each(refused)('%j ends with %i and names %s', async (words, code, part) => {
  const told = await machine.run(words);
  expect({ code: told.code, unclear: unclear(told) }).toEqual({ code, unclear: undefined });
  expect(told.err).toContain(part);
  expect(told.err.trimEnd().split('\n').length).toBeLessThanOrEqual(3);
});

/** Options of Plakar and restic that there are not, with a word of what to use instead. */
const elsewhere: readonly (readonly [readonly string[], string])[] = [
  [['-configdir', '/x', 'ls'], 'XDG_CONFIG_HOME'],
  [['-cachedir', '/x', 'ls'], 'XDG_CACHE_HOME'],
  [['-cpu', '2', 'ls'], 'Leave it out'],
  [['-time', 'ls'], 'time'],
  [['-trace', 'all', 'ls'], 'NOTION_KLOSET_TRACE'],
  [['-stdio', 'ls'], '--progress lines'],
  [['--repo', '/x', 'ls'], 'at STORE'],
  [['-r', '/x', 'ls'], 'at STORE'],
  [['ls', '-l'], '--long'],
  [['create', '-plaintext', '/x'], 'encrypted'],
  [['backup', '-packfiles', '/x'], 'XDG_CACHE_HOME'],
  [['backup', '-no-xattr'], 'Leave it out'],
  [['backup', '-cache', 'no'], '--full'],
  [['cat', '-highlight', 'latest:/'], '-as html'],
  [['restore', '-skip-permissions'], 'Leave it out'],
  [['restore', '--target', '/x'], '-to FOLDER'],
  [['prune', '-mondays', '2'], '--keep-weekly'],
  [['prune', '-per-sunday', '2'], '--keep-weekly'],
  [['digest', '-hashing', 'SHA256'], 'SHA-256'],
  [['diff', '-highlight', 'latest', 'latest'], 'Leave it out'],
  [['locate', '-snapshot', 'latest', 'Home'], '--latest'],
  [['maintenance', '--repack'], '--apply'],
  [['ui', '-no-auth'], 'token'],
  [['ui', '-cors'], 'Leave it out'],
  [['ui', '-no-spawn'], '--no-open'],
  [['ui', '-cert', 'x'], '--tls-cert'],
  [['dump', '-rebase', '--to', 'x.tar'], 'Leave it out'],
];

test.each(elsewhere)('%j is refused in one line that says what to use instead', async (words, instead) => {
  const { code, err } = await machine.run(words);
  expect(code).toBe(64);
  expect(err).toContain('There is no option --');
  expect(err).toContain(instead);
});

/** What Plakar's users type, and works. */
const welcome: readonly (readonly string[])[] = [
  ['backup', '-check'],
  ['backup', '-o', 'api_url=SAME'],
  ['backup', '-job', 'nightly', '-environment', 'prod', '-perimeter', 'team', '-category', 'docs'],
  ['backup', '-tag', 'a,b', '-name', 'n', '-no-progress'],
  ['backup', '-ignore', 'Journal', '-check'],
  ['backup', '-dry-run', '-ignore', 'Journal'],
  ['check', '-fast', '-no-verify'],
  ['check', '-latest', 'latest'],
  ['-silent', 'ls'],
  ['-concurrency', '3', 'ls'],
  ['prune', '-days', '7', '-per-day', '2', '-months', '3'],
  ['prune', '-minutes', '5'],
  ['digest'],
  ['digest', 'latest:/workspace.json'],
  ['sync', 'with', 'second'],
  ['archive', '-output', 'a.tar', 'latest:/workspace.json'],
  ['archive', '-format', 'zip', '-output', 'a', 'latest'],
  ['diag', 'state'],
];

test.each(welcome.map((words) => [words.join(' '), words] as const))('`%s` works', async (_title, words) => {
  const { code, err } = await machine.run(words.map((word) => word.replace('SAME', machine.apiUrl)));
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
});

test('maintenance counts what is left after its work, and promises no number that only the work shows', async () => {
  for (const words of [['backup'], ['backup', '--full']]) await machine.run(words);
  const [first] = JSON.parse((await machine.run(['ls', '--json'])).out).snapshots;
  await machine.run(['rm', first.id, '--apply', '--force']);
  const plan = (await machine.run(['maintenance'])).out;
  expect(plan).toMatch(/^would repack \d+ packfiles?$/m);
  const { out } = await machine.run(['maintenance', '--apply', '--grace', '0']);
  const { packs } = JSON.parse((await machine.run(['info', '--json'])).out);
  expect(out).toMatch(new RegExp(`^\\d+ snapshots? in ${packs} packfiles?: `));
  expect(out).not.toMatch(/deleted 0 packfiles/);
});

test('a cap of `prune` needs its rule, also beside a policy that has others', async () => {
  await machine.run(['policy', 'add', 'weeks', 'weekly=4']);
  const { code, err } = await machine.run(['prune', '--policy', 'weeks', '--per-day', '3']);
  expect([code, err]).toEqual([64, expect.stringContaining('--keep-daily')]);
  expect((await machine.run(['prune', '--policy', '@weeks', '--per-week', '3'])).code).toBe(0);
});

test('search says how many backups it looked at', async () => {
  const { snapshots } = JSON.parse((await machine.run(['ls', '--json'])).out);
  const { out } = await machine.run(['search', '--json', '--all', 'Home']);
  expect(JSON.parse(out)).toMatchObject({ searched: snapshots.length });
});

test('search --in takes a path of titles, as every page types it, and says where nothing lies', async () => {
  const total = async (path: string) =>
    JSON.parse((await machine.run(['search', '--json', '--in', path, 'Monday'])).out).total;
  expect(await total('/Home')).toBeGreaterThan(0);
  for (const path of ['/Home/Journal', 'Home/Journal/', '/'])
    expect([path, await total(path)]).toEqual([path, await total('/Home')]);
  expect(await total('/Home/Shelves')).toBe(0);
  expect((await machine.run(['search', '--in', '/Nowhere', 'Monday'])).code).toBe(66);
  expect((await machine.run(['search', '--in', 'latest:/Home', 'Monday'])).code).toBe(64);
});

test('labels are tags of the snapshot', async () => {
  await machine.run(['backup', '-job', 'nightly', '-environment', 'prod', '--tag', 'x']);
  const { snapshots } = JSON.parse((await machine.run(['ls', '--json'])).out);
  expect(snapshots.at(-1).tags).toEqual(['x', 'job=nightly', 'environment=prod']);
});

test('a pipe gets no progress unless it asks for lines or JSON', async () => {
  expect((await machine.run(['backup'])).err).toBe('');
  expect((await machine.run(['--progress', 'lines', 'backup'])).err).toMatch(/^listing$/m);
  const { out, err } = await machine.run(['backup', '--progress', 'json', '--json']);
  const events = err
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map(({ type }) => type)).toContain('phase');
  expect(events.every(({ time }) => typeof time === 'string')).toBe(true);
  expect(JSON.parse(out)).toHaveProperty('snapshot');
});

test('--quiet prints what a command is asked for, and nothing of what a command did', async () => {
  expect((await machine.run(['ls', '--quiet'])).out).toContain('notion://');
  expect((await machine.run(['digest', '--quiet', 'latest:/workspace.json'])).out).toMatch(
    /^SHA256 \(\/workspace\.json\) = [0-9a-f]{64}\n$/,
  );
  expect(await machine.run(['backup', '--quiet'])).toMatchObject({ code: 0, out: '', err: '' });
});

/** Commands that are run for what they print, and a part of that. */
const answers: readonly (readonly [readonly string[], string])[] = [
  [['notify', 'list'], 'quiet-ops'],
  [['notify', 'show', 'quiet-ops'], 'type: command'],
  [['source', 'ping', 'quiet'], 'token'],
  [['key', 'add', '--recovery-kit'], 'RECOVERY KIT'],
  [['schedule', 'install', '@quiet', '--kind', 'cron', '--print'], '--log'],
  [['backup', '--dry-run'], 'requests'],
  [['rm', 'latest', '--force'], 'would remove'],
  [['prune', '--keep-last', '1'], 'dry run'],
  [['maintenance'], 'Dry run'],
  [['repair', 'packs'], 'Dry run'],
  [['restore', '--in-place', '--dry-run'], 'Dry run'],
];

test.each(answers)('%j --quiet prints what it was run for', async (words, part) => {
  await machine.run(['notify', 'add', 'quiet-ops', 'type=command', 'command=true']);
  await machine.run([
    'source',
    'add',
    'quiet',
    'location=notion://',
    'token=ntn_simulated0token0of0no0value',
  ]);
  await machine.run(['source', 'set', 'quiet', `api_url=${machine.apiUrl}`]);
  const { out } = await machine.run([...words, '--quiet']);
  expect(out).toContain(part);
});

test('init --quiet prints the passphrase that it made, which nobody gets to see again', async () => {
  const io = fakeIo(
    { HOME: machine.home, NOTION_API_URL: machine.apiUrl, NOTION_TOKEN: 'ntn_simulated0token0of0no0value' },
    machine.home,
  );
  const words = ['init', 'generated', '--source', 'generated', '--generate-passphrase', '--quiet'];
  expect(await main(words, io)).toBe(0);
  expect(io.out()).toMatch(/^Its passphrase, which is printed this once: (?:[a-z2-9]{5}-){4}[a-z2-9]{5}\n$/);
});

test('a port in use is told as such', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { code, err } = await machine.run(['simulator', '--port', String(port)]);
  server.close();
  expect({ code, unclear: unclear({ code, err }) }).toEqual({ code: 69, unclear: undefined });
  expect(err).toContain(`Port ${port}`);
  expect(err).toContain('--port 0');
});

test('a weak passphrase that a person types is refused unless it is asked for', async () => {
  const type = async (words: string[], typed: string[]) => {
    const io = fakeIo({ HOME: machine.home }, machine.home, typed);
    return { code: await main(words, io), err: io.err() };
  };
  const { code, err } = await type(['create', 'weak'], ['hello1', 'hello1']);
  expect(code).toBe(77);
  expect(err).toContain('--weak-passphrase');
  expect((await machine.run(['at', 'weak', 'ls'])).code).toBe(66);
  expect(await type(['create', 'weak', '--weak-passphrase'], ['hello1', 'hello1'])).toEqual({
    code: 0,
    err: '',
  });
});

test('the question for a passphrase says which store it opens', async () => {
  const asked: string[] = [];
  const io = {
    ...fakeIo({ HOME: machine.home }, machine.home, ['x']),
    ask: async (question: string) => {
      asked.push(question);
      return 'wrong';
    },
  };
  expect(await main(['at', 'store', 'ls'], io)).toBe(77);
  expect(asked).toEqual([`Passphrase that opens the store ${machine.home}/store: `]);
});

test("Plakar's variables are mentioned when they are set and ours are not", async () => {
  const plakar = { HOME: machine.home, PLAKAR_REPOSITORY: '/x', PLAKAR_PASSPHRASE: 'y' };
  const io = fakeIo(plakar, machine.home);
  await main(['ls'], io);
  expect(io.err()).toContain('PLAKAR_REPOSITORY');
  const named = fakeIo(plakar, machine.home);
  expect(await main(['at', 'store', 'ls'], named)).toBe(77);
  expect(named.err()).not.toContain('PLAKAR_REPOSITORY');
  expect(named.err()).toContain('PLAKAR_PASSPHRASE');
});

test('what is typed ahead of a hidden question answers it and is never shown', async () => {
  let raw = false;
  const listeners = new Set<(bytes: Buffer) => void>();
  const changes: boolean[] = [];
  const input = new HiddenInput({
    setRawMode: (isRaw) => {
      raw = isRaw;
      changes.push(isRaw);
    },
    on: (_event, listener) => listeners.add(listener),
    off: (_event, listener) => listeners.delete(listener),
    resume: () => {},
    pause: () => {},
  });
  const type = (text: string) => {
    for (const listener of [...listeners]) listener(Buffer.from(text));
  };
  const first = input.line();
  expect(raw).toBe(true);
  type('sesame\rsesa');
  expect(await first).toBe('sesame');
  const second = input.line();
  type('mX\u007fe\n');
  expect(await second).toBe('sesame');
  expect(changes).toEqual([true]);
  const third = input.line();
  type('\u0003');
  await expect(third).rejects.toMatchObject({ code: 'temporary' });
  await new Promise((resolve) => setImmediate(resolve));
  expect(raw).toBe(false);
});

test('a file where the folder of settings should be is wrong usage', async () => {
  const io = fakeIo({ HOME: machine.home, XDG_CONFIG_HOME: `${machine.home}/text`, X: 'y' }, machine.home);
  expect(await main(['source', 'add', 'x', 'location=notion://', 'token_env=X'], io)).toBe(64);
  expect(io.err()).toContain('A file lies where');
});
