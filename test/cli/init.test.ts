/** `init` and the estimate of a first backup. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { fakeIo } from './fake-io.ts';
import { NightMachine } from './nightly/night-machine.ts';

let machine: NightMachine;
let notion: Simulator;
beforeEach(async () => {
  machine = new NightMachine();
  notion = await machine.notion();
  machine.env.NOTION_API_URL = notion.url;
  mkdirSync(machine.path('bin'));
  writeFileSync(machine.path('bin/systemctl'), `#!/bin/sh\necho "$@" >> ${machine.path('systemctl.log')}\n`);
  chmodSync(machine.path('bin/systemctl'), 0o755);
  machine.env.PATH = `${machine.path('bin')}:${process.env.PATH}`;
});
afterEach(() => machine.close());

/** Answers the questions in order; each is kept. */
async function talk(words: string[], answers: string[]) {
  const asked: string[] = [];
  const io = {
    ...fakeIo(machine.env, machine.home, ['a person is there']),
    clock: machine.clock,
    ask: async (question: string) => {
      asked.push(question);
      return answers[asked.length - 1] ?? '';
    },
  };
  return { code: await main(words, io), asked, out: io.out(), err: io.err() };
}

test('a person is led from a token to a backup every night', async () => {
  const store = machine.path('kept');
  const { code, asked, out, err } = await talk(['init'], [notion.token, store, 'y', 'n', 'y', 'y']);
  expect({ code, err: err.replace(/^The passphrase or key .*\n/m, '') }).toEqual({ code: 0, err: '' });
  expect(asked.map((question) => question.split(' ').slice(0, 3).join(' '))).toEqual([
    'Notion token: ',
    'Where is the',
    'Create a passphrase',
    'Print a recovery',
    'Take the first',
    'Back up every',
  ]);
  expect(out).toContain('The token works: internal integration');
  expect(out).toMatch(/about \d+ requests? and \d+ minutes?; \d+ of the requests are for comments/);
  expect(out).toContain('With --comments pages');
  const [, passphrase = ''] = /printed this once: (\S+)/.exec(out) ?? [];
  expect(passphrase).toMatch(/^(?:[a-z2-9]{5}-){4}[a-z2-9]{5}$/);
  const ls = await machine.run(['at', store, 'ls'], { env: { NOTION_KLOSET_PASSPHRASE: passphrase } });
  expect(ls.stdout.trimEnd().split('\n')).toHaveLength(1);
  // The night needs no passphrase: it has a key file, which is its owner's alone.
  const service = readFileSync(machine.path('config/systemd/user/notion-kloset-nightly.service'), 'utf8');
  expect(service).toContain('nightly.key');
  expect(service).not.toContain(passphrase);
  const night = await machine.run([
    '--keyfile',
    machine.path('config/notion-kloset/nightly.key'),
    'at',
    store,
    'run',
    '@mynotion',
  ]);
  expect(night.code).toBe(0);
});

test('flags set up everything for a script, and JSON stands alone', async () => {
  writeFileSync(machine.path('token'), notion.token);
  const { code, stdout } = await machine.run([
    ...['init', machine.store, '--token-file', machine.path('token'), '--generate-passphrase'],
    ...['--backup', '--no-schedule', '--recovery-kit', '--json'],
  ]);
  expect(code).toBe(0);
  const json = JSON.parse(stdout);
  expect(json).toMatchObject({ store: machine.store, source: 'mynotion', done: ['recovery-kit', 'backup'] });
  const env = { NOTION_KLOSET_PASSPHRASE: json.generated_passphrase };
  expect(
    (await machine.run(['at', machine.store, 'key', 'list'], { env })).stdout.trimEnd().split('\n'),
  ).toHaveLength(2);
});

test('nothing is created before the token works, and no flag means nothing more', async () => {
  const refused = await machine.run(['init', machine.store, '--generate-passphrase'], {
    env: { NOTION_TOKEN: 'ntn_wrong0token0of0no0value' },
  });
  expect(refused.code).toBe(77);
  expect(refused.stderr).toContain('Nothing was created.');
  expect(existsSync(machine.store)).toBe(false);
  expect(existsSync(machine.path('config/notion-kloset/sources.yml'))).toBe(false);
  const none = await machine.run(['init', machine.store]);
  expect(none.code).toBe(77);
  expect(none.stderr).toContain('notion-kloset doctor');
  const env = { NOTION_TOKEN: notion.token };
  const open = await machine.run(['init', machine.store], { env });
  expect({ code: open.code, store: existsSync(machine.store) }).toEqual({ code: 77, store: false });
  const only = await machine.run(['--keyfile', machine.keyFile, 'init', machine.store, '--json'], { env });
  expect(JSON.parse(only.stdout)).toMatchObject({ done: [], generated_passphrase: null });
  const again = await machine.run(['--keyfile', machine.keyFile, 'init', machine.path('other')], { env });
  expect(again.code).toBe(64);
  expect(again.stderr).toContain('--source');
});

test('a weak passphrase is refused while nothing is lost by it', async () => {
  const { code, err } = await talk(
    ['init', machine.store, '--no-backup', '--no-schedule'],
    [notion.token, 'n', 'hello1'],
  );
  expect(code).toBe(77);
  expect(err).toContain('--weak-passphrase');
  expect(existsSync(machine.store)).toBe(false);
});

test('the estimate of a dry run is near the requests that the backup takes, and less for the next one', async () => {
  machine.connect(notion);
  const estimate = await machine.json(['backup', '--dry-run']);
  expect(estimate.code).toBe(0);
  expect(existsSync(machine.store)).toBe(false);
  const { json } = await machine.json(['backup']);
  const [guessed, spent] = [Number(estimate.json.requests), Number(json.requests)];
  expect(guessed).toBeGreaterThan(spent / 2);
  expect(guessed).toBeLessThan(spent * 2);
  machine.sleepADay();
  const next = (await machine.json(['backup', '--dry-run'])).json;
  expect(next.changed).toBe(0);
  expect(Number(next.requests)).toBeLessThan(guessed);
  expect((await machine.json(['ls'])).json.snapshots).toHaveLength(1);
  // Pages that are not read are asked for comments, as far as the share goes.
  for (const words of [[], ['--comment-share', '0'], ['--comment-share', '100'], ['--comments', 'none']]) {
    const told = (await machine.json(['backup', '--dry-run', ...words])).json;
    machine.sleepADay();
    const taken = Number((await machine.json(['backup', ...words])).json.requests);
    const asked = Number(told.requests);
    expect({ words, asked, taken, isNear: asked > taken / 2 && asked < taken * 2 }).toMatchObject({
      isNear: true,
    });
  }
  const pages = (await machine.json(['backup', '--dry-run', '--full', '--comments', 'pages'])).json;
  expect(pages.saved_by_comments_pages).toBe(0);
  expect(Number(pages.comment_requests)).toBe(Number(pages.pages));
});
