/** A damaged file that every command reads first: the error names a way out that leads out, not a check that fails alike. */
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ended, ok, useStage } from './attacks/stage.ts';

const stage = useStage({ snapshots: 1 });

test('the memory of a store: a witness, and --accept-place once', async () => {
  const { laptop } = stage;
  const folder = laptop.path('config', 'notion-kloset', 'trust');
  for (const text of ['', '{', 'x\n'.repeat(3)]) {
    for (const name of readdirSync(folder).filter((each) => each.endsWith('.json')))
      writeFileSync(`${folder}/${name}`, text);
    const refused = await laptop.at(['ls']);
    ended(refused, 65);
    expect(refused.stderr).toContain('--accept-place');
    expect(refused.stderr).not.toContain('kloset check`');
    ok(await laptop.at(['ls', '--accept-place']));
    ok(await laptop.at(['check']));
  }
});

test('CONFIG and the list of key slots: repair config', async () => {
  const { laptop } = stage;
  for (const name of ['CONFIG', 'keys/roster']) {
    writeFileSync(`${laptop.store}/${name}`, '{');
    for (const words of [['ls'], ['check'], ['backup']]) {
      const refused = await laptop.at(words);
      ended(refused, 65);
      expect(refused.stderr).toContain('`notion-kloset repair config`');
      expect(refused.stderr).not.toContain('kloset check`');
    }
    ok(await laptop.at(['repair', 'config', '--yes']));
    ok(await laptop.at(['check']));
  }
});

test('the identity: its file from a backup of the machine, or a new key', async () => {
  const { laptop } = stage;
  const path = laptop.path('config', 'notion-kloset', 'identity.json');
  writeFileSync(path, '{');
  const refused = await laptop.at(['backup']);
  ended(refused, 65);
  expect(refused.stderr).toContain('move it away');
  expect(refused.stderr).not.toContain('kloset check`');
  renameSync(path, `${path}.damaged`);
  ok(await laptop.run(['identity', 'show']));
});
