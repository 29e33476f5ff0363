/** Secrets that were removed, and slots and rosters put back, forged or damaged by who once knew one. */
import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Forger } from './forge.ts';
import type { Run } from './laptop.ts';
import { jsonOf, recordsIn } from './laptop.ts';
import { ended, flip, ok, pictureOf, useStage } from './stage.ts';

const stage = useStage({
  snapshots: 1,
  between: async ({ laptop }) => {
    // A colleague had a key file of their own, and lost it again.
    const added = ok(await laptop.at(['key', 'add', '--key-file', laptop.path('old-key'), '--json']));
    oldSlot = String(jsonOf(added).slot);
    cpSync(join(laptop.store, 'keys'), laptop.path('old-keys'), { recursive: true });
    ok(await laptop.at(['key', 'remove', oldSlot]));
  },
});
let oldSlot = '';

const roster = () => join(stage.laptop.store, 'keys', 'roster');
const openWithOld = (): Promise<Run> =>
  stage.laptop.run(['--keyfile', stage.laptop.path('old-key'), 'at', stage.laptop.store, 'ls'], {
    env: stage.laptop.other('colleague'),
  });

function putSlotBack(): void {
  copyFileSync(stage.laptop.path('old-keys', oldSlot), join(stage.laptop.store, 'keys', oldSlot));
}

test('a removed slot that is put back opens nothing', async () => {
  putSlotBack();
  ended(await openWithOld(), 77);
});

test('an old roster that is put back is refused', async () => {
  putSlotBack();
  copyFileSync(stage.laptop.path('old-keys', 'roster'), roster());
  ended(await stage.laptop.at(['ls']), 65);
});

test('repair config asks before it lets slots count, and names those it found', async () => {
  const { laptop } = stage;
  putSlotBack();
  rmSync(roster());
  const before = pictureOf(laptop.store);
  const run = await laptop.at(['repair', 'config']);
  expect([3, 64]).toContain(run.code);
  expect(run.stdout + run.stderr).toContain(oldSlot.slice(0, 8));
  expect(run.stdout + run.stderr).toContain('--yes');
  expect(pictureOf(laptop.store)).toEqual(before);
});

test.for([
  ['gone', () => rmSync(roster())],
  ['damaged', () => flip(roster())],
] as const)('a removed slot stays out when the roster is %s and repaired', async ([, damage]) => {
  const { laptop } = stage;
  putSlotBack();
  damage();
  ok(await laptop.at(['repair', 'config', '--yes']));
  ok(await laptop.at(['ls']));
  ended(await openWithOld(), 77);
});

test('repair config lets the slots count that are named or answered for, and no other', async () => {
  const { laptop } = stage;
  const added = ok(await laptop.at(['key', 'add', '--key-file', laptop.path('new-key'), '--json']));
  const newSlot = String(jsonOf(added).slot);
  const env = laptop.other('fresh');
  const opens = async () => [
    (await openWithOld()).code,
    (await laptop.run(['--keyfile', laptop.path('new-key'), 'at', laptop.store, 'ls'], { env })).code,
  ];
  const repair = async (words: readonly string[], answers: readonly string[] = []) => {
    rmSync(roster());
    return ok(await laptop.at(['repair', 'config', ...words], { answers }));
  };
  putSlotBack();
  await repair(['--yes']);
  expect(await opens()).toEqual([77, 0]);
  await repair(['--slot', oldSlot.slice(0, 8)]);
  expect(await opens()).toEqual([0, 0]);
  rmSync(roster());
  ended(await laptop.at(['repair', 'config', '--slot', 'ffff']), 66);
  // Asked for each slot, in the order of their names.
  const slots = Object.keys(pictureOf(join(laptop.store, 'keys'))).sort();
  const asked = ok(
    await laptop.at(['repair', 'config'], { answers: slots.map((id) => (id === newSlot ? 'no' : 'yes')) }),
  );
  for (const id of slots) expect(asked.stderr).toContain(id.slice(0, 8));
  expect(await opens()).toEqual([0, 77]);
});

test('a roster forged with the master key, but without a trusted signer, is refused', async () => {
  const { laptop } = stage;
  putSlotBack();
  new Forger(laptop.store).rewrite('keys/roster', 'slots', (members) => ({
    ...members,
    generation: Number(members.generation) + 1,
    slots: [...(Array.isArray(members.slots) ? members.slots : []), oldSlot].sort(),
  }));
  ended(await laptop.at(['ls']), 65);
  const run = await openWithOld();
  expect([65, 77]).toContain(run.code);
});

test('a roster forged with the master key that drops a slot is refused', async () => {
  const { laptop } = stage;
  ok(await laptop.at(['key', 'add', '--key-file', laptop.path('new-key')]));
  new Forger(laptop.store).rewrite('keys/roster', 'slots', (members) => ({
    ...members,
    generation: Number(members.generation) + 1,
    slots: (Array.isArray(members.slots) ? members.slots : []).slice(0, 1),
  }));
  ended(await laptop.at(['ls']), 65);
});

test('a damaged slot that the roster names is listed, and can be removed', async () => {
  const { laptop } = stage;
  const added = ok(await laptop.at(['key', 'add', '--key-file', laptop.path('new-key'), '--json']));
  const id = String(jsonOf(added).slot);
  flip(join(laptop.store, 'keys', id));
  const list = await laptop.at(['key', 'list', '--json']);
  const slots = recordsIn(jsonOf(list).slots);
  expect(slots.map((slot) => slot.id)).toContain(id);
  expect(JSON.stringify(slots.find((slot) => slot.id === id))).toMatch(/damage|problem/i);
  ok(await laptop.at(['key', 'remove', id.slice(0, 8)]));
  ok(await laptop.at(['check']));
});

test('a damaged slot is replaced by key passwd, and the store is whole again', async () => {
  const { laptop } = stage;
  const keyFile = laptop.path('new-key');
  const added = ok(await laptop.at(['key', 'add', '--key-file', keyFile, '--json']));
  const id = String(jsonOf(added).slot);
  flip(join(laptop.store, 'keys', id));
  ended(await laptop.at(['check']), 65);
  const passphrase = 'nine wet otters juggle';
  ok(
    await laptop.at(['key', 'passwd', id.slice(0, 8)], { env: { NOTION_KLOSET_NEW_PASSPHRASE: passphrase } }),
  );
  ok(await laptop.at(['check']));
  expect(Object.keys(pictureOf(join(laptop.store, 'keys')))).not.toContain(id);
});

test('the only slot is not removed because a damaged one is listed beside it', async () => {
  const { laptop } = stage;
  const added = ok(await laptop.at(['key', 'add', '--key-file', laptop.path('new-key'), '--json']));
  const id = String(jsonOf(added).slot);
  flip(join(laptop.store, 'keys', id));
  const names = Object.keys(pictureOf(join(laptop.store, 'keys')));
  const whole = names.find((name) => name !== id && name !== 'roster') ?? '';
  const run = await laptop.at(['key', 'remove', whole]);
  expect([64, 65]).toContain(run.code);
  ok(await laptop.at(['ls']));
});

test('a key file that has more in it than a key is refused by name', async () => {
  const { laptop } = stage;
  writeFileSync(laptop.path('bad-key'), `${readFileSync(laptop.keyFile, 'utf8')}more\n`);
  ended(await laptop.run(['--keyfile', laptop.path('bad-key'), 'at', laptop.store, 'ls']), 77);
});
