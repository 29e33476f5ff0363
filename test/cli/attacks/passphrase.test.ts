/** Passphrases as files, variables and editors give them, and versions that this program does not know. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LocalBackend } from '../../../src/backend/local.ts';
import { resolvedLocation } from '../../../src/backend/resolved-location.ts';
import { systemClock } from '../../../src/clock.ts';
import { ensureIdentity } from '../../../src/store/access/identity.ts';
import { openTrust } from '../../../src/store/access/trust.ts';
import { minCost } from '../../../src/store/format/key-slot.ts';
import { createStore } from '../../../src/store/open-store.ts';
import { Forger, readClear, writeClear } from './forge.ts';
import { ended, ok, useStage } from './stage.ts';

const stage = useStage({ snapshots: 1 });

test('a byte order mark in the file and a final newline in the variable are no part of a passphrase', async () => {
  const { laptop } = stage;
  const place = laptop.path('other');
  const passphrase = 'nine wet otters juggle';
  const settings = new LocalBackend(laptop.path('config', 'notion-kloset'));
  await createStore({
    backend: new LocalBackend(place),
    secret: { kind: 'passphrase', passphrase },
    label: '',
    cost: minCost,
    identity: await ensureIdentity(settings, new Date().toISOString()),
    trust: await openTrust(settings, await resolvedLocation(place)),
    clock: systemClock,
  });
  writeFileSync(laptop.path('file'), `\ufeff${passphrase}\r\nsecond line\n`);
  for (const env of [
    { NOTION_KLOSET_PASSPHRASE: `${passphrase}\n` },
    { NOTION_KLOSET_PASSPHRASE_FILE: laptop.path('file') },
  ])
    ok(await laptop.run(['at', place, 'ls'], { env }));
});

test.for([
  ['a file of Latin letters', Buffer.from('m\u00f6torhead lives long 77\n', 'latin1')],
  ['a file of random bytes', Buffer.alloc(32, 0x9c)],
  ['a file in UTF-16', Buffer.from('\ufeffnine wet otters juggle\n', 'utf16le')],
] as const)('%s is no new passphrase, since other bytes would open for it', async ([, bytes]) => {
  const { laptop } = stage;
  writeFileSync(laptop.path('bytes'), bytes);
  const env = { NOTION_KLOSET_PASSPHRASE_FILE: laptop.path('bytes') };
  ended(await laptop.run(['at', laptop.path('not-created'), 'create'], { env }), 77);
  expect(existsSync(laptop.path('not-created'))).toBe(false);
  const identity = { NOTION_KLOSET_IDENTITY_PASSPHRASE_FILE: laptop.path('bytes') };
  ended(await laptop.run(['identity', 'export', laptop.path('sealed')], { env: identity }), 77);
  const read = await laptop.at(['key', 'add'], {
    env: { NOTION_KLOSET_NEW_PASSPHRASE: bytes.toString('utf8').split('\0').join('') },
  });
  ended(read, 77);
  expect(read.stderr).toContain('UTF-8');
});

test('a variable that holds nothing but a newline is no passphrase', async () => {
  const run = await stage.laptop.run(['at', stage.laptop.store, 'ls'], {
    env: { NOTION_KLOSET_PASSPHRASE: '\n' },
  });
  ended(run, 77);
});

test.for(['CONFIG', 'keys/roster'])('%s of a later version is told apart from damage', async (name) => {
  const path = join(stage.laptop.store, name);
  writeClear(path, { ...readClear(path), version: 9 });
  ended(await stage.laptop.at(['ls']), 78);
});

test('a key slot of a later version is told apart from damage', async () => {
  const { store } = stage.laptop;
  const [id = ''] = Object.values(readClear(join(store, 'keys/roster')).slots ?? []).map(String);
  const path = join(store, 'keys', id);
  writeClear(path, { ...readClear(path), version: 9 });
  ended(await stage.laptop.at(['ls']), 78);
});

test('chunk sizes out of bounds are another format', async () => {
  const { store } = stage.laptop;
  new Forger(store).rewrite('CONFIG', 'config', (members) => ({
    ...members,
    chunkSizes: {
      document: { averageBytes: 16384, maxBytes: 2 ** 31, minBytes: 4096 },
      media: { averageBytes: 1048576, maxBytes: 4194304, minBytes: 262144 },
    },
  }));
  ended(await stage.laptop.at(['ls']), 78);
});

test('a secret that opens no slot is told apart from damage', async () => {
  const run = await stage.laptop.run(['at', stage.laptop.store, 'ls'], {
    env: { NOTION_KLOSET_PASSPHRASE: 'wrong' },
  });
  ended(run, 77);
  expect(run.stderr).not.toContain('wrong');
});
