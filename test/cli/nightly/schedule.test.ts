import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { crontabLines, withLines, withoutLines } from '../../../src/operations/schedule/cron.ts';
import { launchdPlist } from '../../../src/operations/schedule/launchd.ts';
import type { Schedule } from '../../../src/operations/schedule/schedule.ts';
import { systemdUnits } from '../../../src/operations/schedule/systemd.ts';
import { windowsTask } from '../../../src/operations/schedule/windows.ts';
import { NightMachine } from './night-machine.ts';

const canary = 'ntn_canary0token0that0must0not0leak';
const passphrase = 'canary passphrase of nine quiet otters';
const machine = new NightMachine();

/** Writes a command that notes how it was called. */
function fake(name: string, script: string): void {
  mkdirSync(machine.path('bin'), { recursive: true });
  writeFileSync(machine.path('bin', name), `#!/bin/sh\n${script}\n`);
  chmodSync(machine.path('bin', name), 0o755);
}

beforeAll(async () => {
  writeFileSync(machine.path('token'), `${canary}\n`);
  writeFileSync(machine.path('pass'), `${passphrase}\n`);
  machine.env.PATH = `${machine.path('bin')}:${process.env.PATH}`;
  machine.env.NOTION_TOKEN = canary;
  machine.env.NOTION_KLOSET_PASSPHRASE = passphrase;
  machine.env.NOTION_KLOSET_PASSPHRASE_FILE = machine.path('pass');
  fake('systemctl', `echo "$@" >> ${machine.path('systemctl.log')}`);
  fake('crontab', `f=${machine.path('crontab.txt')}; if [ "$1" = -l ]; then cat $f; else cat > $f; fi`);
  await machine.run(['source', 'add', 'mine', 'location=notion://', `token_file=${machine.path('token')}`]);
});
afterAll(() => machine.close());

const odd: Schedule = {
  name: 'odd',
  command: ['/opt/my node/bin/node', '/a "b"/$HOME/100%/c\\d', "it's"],
  hour: 2,
  minute: 5,
  delayMs: 1_800_000,
  environment: { NOTION_KLOSET_PASSPHRASE_FILE: '/etc/a b/pass%word' },
  logFile: '/var/log/a b.log',
};

test('`schedule install` writes a timer of systemd, enables it, and `remove` takes it away', async () => {
  const { code, stdout } = await machine.at(['schedule', 'install', '@mine', '--time', '03:15']);
  expect(code).toBe(0);
  expect(stdout).toContain('runs every day at 03:15');
  const timer = readFileSync(machine.path('config/systemd/user/notion-kloset-nightly.timer'), 'utf8');
  expect(timer).toContain('OnCalendar=*-*-* 03:15:00');
  expect(timer).toContain('Persistent=true');
  expect(timer).toContain('RandomizedDelaySec=1800s');
  const service = readFileSync(machine.path('config/systemd/user/notion-kloset-nightly.service'), 'utf8');
  expect(service).toContain('Type=oneshot');
  expect(service).toContain(`Environment=NOTION_KLOSET_PASSPHRASE_FILE=${machine.path('pass')}`);
  expect(service).toMatch(/^ExecStart=\S*node\S* \S+notion-kloset\.js .* run "?@mine"?$/m);
  expect(readFileSync(machine.path('systemctl.log'), 'utf8')).toBe(
    '--user daemon-reload\n--user enable --now notion-kloset-nightly.timer\n',
  );
  expect((await machine.at(['schedule', 'show'])).stdout).toContain('OnCalendar');
  expect((await machine.at(['schedule', 'remove'])).code).toBe(0);
  expect(existsSync(machine.path('config/systemd/user/notion-kloset-nightly.timer'))).toBe(false);
  expect((await machine.at(['schedule', 'show'])).code).toBe(66);
  expect((await machine.at(['schedule', 'remove'])).code).toBe(66);
});

test('no secret is in anything that is written, printed or handed on', async () => {
  for (const kind of ['systemd', 'systemd-system', 'cron', 'launchd', 'windows', 'github']) {
    const { code, stdout, stderr } = await machine.at([
      'schedule',
      'install',
      '@mine',
      '--kind',
      kind,
      '--print',
      '--json',
    ]);
    expect({ kind, code }).toEqual({ kind, code: 0 });
    expect(stdout + stderr).not.toContain(canary);
    expect(stdout + stderr).not.toContain(passphrase);
  }
});

test.each([
  ['sftp://backup@nas.example/srv/kloset', 'sftp://backup@nas.example/srv/kloset'],
  ['S3://bucket/notion/', 's3://bucket/notion'],
  ['./kept', machine.path('kept')],
])('a schedule opens the store at %s where it lies', async (written, location) => {
  const words = ['at', written, 'schedule', 'install', '@mine', '--print', '--kind', 'systemd'];
  const { code, stdout } = await machine.run(words, { env: { AWS_PROFILE: 'backups' } });
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^ExecStart=.* at "?${location}"? run`, 'm'));
  expect(stdout).toContain('Environment=AWS_PROFILE=backups');
});

test('a schedule without the key of the bucket is refused', async () => {
  const words = ['at', 's3://bucket/notion', 'schedule', 'install', '@mine', '--print'];
  const env = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'canary' };
  const { code, stderr } = await machine.run(words, { env });
  expect(code).toBe(77);
  expect(stderr).toContain('key of the bucket');
  expect(stderr).not.toContain('canary');
});

test('the lines of a crontab are put in, found, and taken out, and others stay as they are', async () => {
  const own = '# mine\nMAILTO=me@example.com\n0 5 * * * /usr/bin/true\n';
  writeFileSync(machine.path('crontab.txt'), own);
  for (let n = 0; n < 2; n += 1)
    expect((await machine.at(['schedule', 'install', '@mine', '--kind', 'cron'])).code).toBe(0);
  const text = readFileSync(machine.path('crontab.txt'), 'utf8');
  expect(text.startsWith(own)).toBe(true);
  expect(text.match(/BEGIN notion-kloset/g)).toHaveLength(1);
  const lines = text.split('\n').filter((line) => /^\d/.test(line) && line.includes('notion-kloset'));
  expect(lines.map((line) => line.split(' ').slice(0, 5).join(' '))).toEqual(['30 2 * * *', '0 * * * *']);
  expect(lines[1]).toContain('--if-due 25h');
  expect((await machine.at(['schedule', 'show', '--kind', 'cron'])).stdout).toContain('--if-due 25h');
  expect((await machine.at(['schedule', 'remove', '--kind', 'cron'])).code).toBe(0);
  expect(readFileSync(machine.path('crontab.txt'), 'utf8')).toBe(own);
});

test('a crontab that cannot be read is not written over', async () => {
  const own = '0 5 * * * /usr/bin/true\n';
  writeFileSync(machine.path('crontab.txt'), own);
  const f = machine.path('crontab.txt');
  fake('crontab', `if [ "$1" = -l ]; then echo 'crontab: cannot lock' >&2; exit 1; else cat > ${f}; fi`);
  for (const words of [['install', '@mine'], ['show'], ['remove']]) {
    const { code, stderr } = await machine.at(['schedule', ...words, '--kind', 'cron']);
    expect({ words, code }).toEqual({ words, code: 69 });
    expect(stderr).toContain('cannot lock');
  }
  expect(readFileSync(f, 'utf8')).toBe(own);
});

test('lines after a first mark whose second one is gone are not taken for ours', () => {
  const [begin = '', ...lines] = crontabLines(odd);
  const broken = `${begin}\n0 5 * * * /usr/bin/true\n`;
  expect(withoutLines(broken, odd)).toBe(broken);
  expect(withoutLines(withLines(broken, odd, [begin, ...lines]), odd)).toBe(broken);
});

test('odd words come out as they went in', () => {
  const [service] = systemdUnits(odd, false);
  expect(service.text).toContain(
    'ExecStart="/opt/my node/bin/node" "/a \\"b\\"/$$HOME/100%%/c\\\\d" "it\'s"',
  );
  expect(service.text).toContain('Environment="NOTION_KLOSET_PASSPHRASE_FILE=/etc/a b/pass%%word"');
  const words = [...odd.command, '\\\\ \\% \\'];
  const [, , line = ''] = crontabLines({ ...odd, command: ['printf', '%s|', ...words] });
  // cron takes the first of two backslashes away, too.
  const command = line
    .split(' ')
    .slice(5)
    .join(' ')
    .replace(/\\([\\%])/g, '$1');
  const printed = execFileSync('/bin/sh', ['-c', command.replace(/ --delay.*/, '')], { encoding: 'utf8' });
  expect(printed).toBe(`${words.join('|')}|`);
  expect(launchdPlist(odd).text).toContain('<string>/a &quot;b&quot;/$HOME/100%/c\\d</string>');
  expect(windowsTask(odd).text).toContain('<StartWhenAvailable>true</StartWhenAvailable>');
  expect(withoutLines(withLines('', odd, crontabLines(odd)), odd)).toBe('');
});

test.skipIf(!existsSync('/usr/bin/systemd-analyze'))(
  '`systemd-analyze verify` accepts the units, odd words and all',
  () => {
    const folder = machine.path('units');
    mkdirSync(folder, { recursive: true });
    for (const isSystem of [true, false]) {
      const units = systemdUnits(
        { ...odd, name: `v${isSystem}`, command: [process.execPath, ...odd.command.slice(1)] },
        isSystem,
      );
      for (const { name, text } of units) writeFileSync(`${folder}/${name}`, text);
      const paths = units.map(({ name }) => `${folder}/${name}`);
      const told = execFileSync(
        'sh',
        ['-c', 'systemd-analyze verify --man=no "$@" 2>&1 || echo "exit $?"', 'sh', ...paths],
        {
          encoding: 'utf8',
        },
      );
      expect(told.split('\n').filter((line) => line.includes('notion-kloset'))).toEqual([]);
      expect(told).not.toMatch(/exit \d/);
    }
  },
);
if (!existsSync('/usr/bin/systemd-analyze'))
  process.stderr.write('systemd-analyze is not on this machine: the units are tested as text alone\n');

test('the workflow of GitHub is YAML, takes its secrets from the repository, and lets no two runs overlap', async () => {
  const { json } = await machine.json([
    'schedule',
    'install',
    '@mine',
    '--kind',
    'github',
    '--print',
    '--time',
    '4:05',
  ]);
  const [file] = json.files as unknown as { path: string; text: string }[];
  expect(file?.path).toMatch(/\.github\/workflows\/notion-kloset-nightly\.yml$/);
  const workflow = parse(file?.text ?? '');
  expect(workflow.on.schedule).toEqual([{ cron: '5 4 * * *' }]);
  expect(workflow.concurrency['cancel-in-progress']).toBe(false);
  expect(workflow.jobs.run.env.NOTION_TOKEN).toMatch(/^\$\{\{ secrets\.NOTION_TOKEN \}\}$/);
});

test('what a night would lack is refused by day', async () => {
  const none = { NOTION_KLOSET_PASSPHRASE_FILE: '' };
  const cases: readonly (readonly [readonly string[], { [name: string]: string }, number, string])[] = [
    [['schedule', 'install'], {}, 77, 'no Notion token'],
    [['at', machine.store, 'schedule', 'install', '@mine'], none, 77, 'passphrase of the store'],
    [['schedule', 'install', '@nobody'], {}, 66, '@nobody'.slice(1)],
    [['schedule', 'install', '@mine', '--time', '25:00'], {}, 64, '--time'],
    [['schedule', 'install', '@mine', '--delay', 'long'], {}, 64, '--delay'],
    [['schedule', 'install', '@mine', '--kind', 'at'], {}, 64, '--kind'],
    [['schedule', 'install', '@mine', '--name', '../x'], {}, 64, '--name'],
  ];
  for (const [words, env, code, part] of cases) {
    const told = await machine.run(words, { env });
    expect({ words, code: told.code }).toEqual({ words, code });
    expect(told.stderr).toContain(part);
  }
});

test('a scheduler that is not there or fails is told in one line', async () => {
  fake('systemctl', 'echo "Failed to connect to bus" >&2; exit 1');
  const { code, stderr } = await machine.at(['schedule', 'install', '@mine']);
  expect(code).toBe(69);
  expect(stderr).toContain('Failed to connect to bus');
});

test('`run --if-due` does nothing when a run ended well within the time, and --log keeps what happened', async () => {
  const notion = await machine.notion();
  machine.env.NOTION_API_URL = notion.url;
  writeFileSync(machine.path('token'), notion.token);
  const log = machine.path('night.log');
  await machine.run(['--keyfile', machine.keyFile, 'create', machine.store]);
  const due = ['run', '@mine', '--if-due', '25h', '--delay', '10m', '--log', log, '--quiet'];
  expect(await machine.at(due)).toMatchObject({ code: 0, stdout: '', stderr: '' });
  const requests = notion.log.length;
  machine.clock.advance(3_600_000);
  expect((await machine.at(due)).code).toBe(0);
  expect(notion.log.length).toBe(requests);
  machine.clock.advance(25 * 3_600_000);
  expect((await machine.at(due)).code).toBe(0);
  expect(notion.log.length).toBeGreaterThan(requests);
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  expect(lines.every((line) => /^\d{4}-\d\d-\d\dT[\d:.]+Z \S/.test(line))).toBe(true);
  expect(lines.filter((line) => line.includes('succeeded'))).toHaveLength(2);
  writeFileSync(log, 'x'.repeat(1024 * 1024 + 1));
  await machine.at(['run', '@mine', '--log', log]);
  expect(readFileSync(`${log}.1`, 'utf8')).toHaveLength(1024 * 1024 + 1);
});

test('`run --if-due` asks when this source was backed up, not another one into the same store', async () => {
  const notion = await machine.notion();
  machine.env.NOTION_API_URL = notion.url;
  writeFileSync(machine.path('token'), notion.token);
  await machine.run(['source', 'add', 'other', 'location=notion://', `token_file=${machine.path('token')}`]);
  await machine.run(['--keyfile', machine.keyFile, 'create', machine.path('shared')]);
  const due = async (source: string, store = machine.path('shared')) => {
    const { stdout } = await machine.run([
      '--keyfile',
      machine.keyFile,
      'at',
      store,
      'run',
      source,
      '--if-due',
      '25h',
    ]);
    return stdout.startsWith('run: not due');
  };
  expect([await due('@mine'), await due('@other'), await due('@mine'), await due('@other')]).toEqual([
    ...[false, false],
    ...[true, true],
  ]);
  // A store is the same one however it is written.
  expect(await due('@mine', `fs:${machine.path('shared')}`)).toBe(true);
});

test('`schedule install` refuses a policy that is not there, and one whose notifications or stores are not', async () => {
  const install = ['schedule', 'install', '@mine', '--kind', 'cron', '--print'];
  expect(await machine.at([...install, '--policy', 'nobodys'])).toMatchObject({ code: 66 });
  await machine.run(['policy', 'add', 'lame', 'notify=nobody', 'copies=@nowhere']);
  const told = await machine.at([...install, '--policy', 'lame']);
  expect([told.code, told.stdout]).toEqual([66, '']);
  expect(told.stderr).toContain('nobody');
  await machine.run(['policy', 'unset', 'lame', 'notify']);
  expect((await machine.at([...install, '--policy', 'lame'])).stderr).toContain('nowhere');
  await machine.run(['policy', 'unset', 'lame', 'copies']);
  expect((await machine.at([...install, '--policy', 'lame'])).code).toBe(0);
});
