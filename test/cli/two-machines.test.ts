/** The second part of docs/recovery.md: its commands are copied from the page and run on three machines with one store. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LocalBackend } from '../../src/backend/local.ts';
import { resolvedLocation } from '../../src/backend/resolved-location.ts';
import { main } from '../../src/cli/main.ts';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { ensureIdentity } from '../../src/store/access/identity.ts';
import { openTrust } from '../../src/store/access/trust.ts';
import { minCost } from '../../src/store/format/key-slot.ts';
import { createStore } from '../../src/store/open-store.ts';
import { fakeIo } from './fake-io.ts';

const passphrase = 'seven quiet otters juggle';
const page = readFileSync(new URL('../../docs/recovery.md', import.meta.url), 'utf8');
let root: string;
let simulator: Simulator;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'kloset-machines-'));
  simulator = await startSimulator({ state: sampleWorkspace({ small: true }), clock: 'real' });
  const settings = new LocalBackend(join(root, 'old', '.config/notion-kloset'));
  const store = join(root, 'store');
  mkdirSync(join(root, 'old'), { recursive: true });
  // What `create` does, with a key derivation that tests can afford.
  await createStore({
    backend: new LocalBackend(store),
    secret: { kind: 'passphrase', passphrase },
    label: 'old',
    cost: minCost,
    identity: await ensureIdentity(settings, new Date().toISOString()),
    trust: await openTrust(settings, await resolvedLocation(store)),
    clock: { now: Date.now, sleep: async () => {} },
  });
});

afterAll(async () => {
  await simulator.close();
  rmSync(root, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a line of the page on a machine; `> FILE` writes what it prints there. */
async function on(
  machine: string,
  line: string,
  more: { readonly [name: string]: string } = {},
): Promise<Ended> {
  const home = join(root, machine);
  mkdirSync(home, { recursive: true });
  const io = fakeIo(
    {
      HOME: home,
      NOTION_API_URL: simulator.url,
      NOTION_TOKEN: simulator.token,
      NOTION_KLOSET_STORE: join(root, 'store'),
      NOTION_KLOSET_PASSPHRASE: passphrase,
      ...more,
    },
    root,
  );
  const [command = '', file] = line.split(' > ');
  const code = await main(command.split(' ').slice(1), io);
  if (file !== undefined) writeFileSync(join(root, file), io.out());
  return { code, out: io.out(), err: io.err() };
}

/** Runs it and expects that it goes well. */
async function well(
  machine: string,
  line: string,
  more: { readonly [name: string]: string } = {},
): Promise<Ended> {
  const ended = await on(machine, line, more);
  expect([line, ended.code], ended.out + ended.err).toEqual([line, 0]);
  return ended;
}

/** The lines of the fenced blocks below a heading of the page. */
function commandsOf(heading: string): string[] {
  const part = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...part.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.trim().split('\n'));
}

const keyOf = async (machine: string): Promise<string> =>
  JSON.parse((await well(machine, 'notion-kloset identity show --json')).out).key;
const newestOn = async (machine: string): Promise<string> =>
  JSON.parse((await well(machine, 'notion-kloset status --json')).out).latest;

test('a colleague joins, a laptop is stolen and revoked, and a new one takes over with only the passphrase', async () => {
  await well('old', 'notion-kloset backup');

  // A colleague.
  const [show = '', trust = '', add = '', look = '', backup = ''] = commandsOf('A colleague');
  const colleague = /^Key: ([0-9a-f]{64})$/m.exec((await well('colleague', show)).out)?.[1] ?? '';
  await well('old', trust.replace('KEY', colleague));
  await well('old', add, { NOTION_KLOSET_NEW_PASSPHRASE: 'nine wet badgers sing' });
  const firstSeen = await well('colleague', look);
  expect(firstSeen.err).toContain('for the first time');
  const { fingerprint } = JSON.parse((await well('old', 'notion-kloset identity show --json')).out);
  expect(firstSeen.err).toContain(fingerprint);
  expect((await well('colleague', look)).err).toBe('');
  await well('colleague', backup);

  // Before anything happens: the page's first block is a witness.
  const [witness = ''] = commandsOf('Before anything happens');
  await well('old', witness);

  // The old laptop is stolen; its thief goes on with it, until the colleague revokes its key.
  const last = await newestOn('old');
  await well('old', 'notion-kloset backup');
  const byThief = await newestOn('old');
  const [, , revoke = '', slots = '', remove = '', full = ''] = commandsOf('A laptop was stolen');
  const old = await keyOf('old');
  await well('colleague', revoke.replace('KEY', old).replace('SNAPSHOT', last));
  const shown = JSON.parse((await well('colleague', `${slots} --json`)).out).slots;
  const own = shown.find(({ label }: { label: string }) => label === 'colleague').id;
  await well('colleague', remove.replace('SLOT', own));
  await well('colleague', full);
  expect((await on('old', 'notion-kloset backup')).code).toBe(77);
  expect((await on('colleague', `notion-kloset cat ${byThief}:/manifest.json`)).code).toBe(65);
  await well('colleague', `notion-kloset cat ${last}:/manifest.json`);

  // A new laptop and only the passphrase.
  const [check = '', list = '', adopt = '', again = ''] = commandsOf('A new laptop and only the passphrase');
  await well('new', check);
  await well('new', list);
  expect((await on('new', again)).code).toBe(77);
  await well('new', adopt);
  await well('new', again);
  const refused = await on('colleague', list);
  expect([refused.code, refused.err]).toEqual([65, expect.stringContaining(await keyOf('new'))]);
  await well('colleague', `${list} --accept-signer ${await keyOf('new')}`);
  await well('colleague', list);
});
