/** A machine that never saw the store: told once what to compare, and given a witness to compare with. */
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Forger, readClear } from './forge.ts';
import { jsonOf } from './laptop.ts';
import { ended, ok, useStage } from './stage.ts';

const stage = useStage({
  between: ({ laptop }, done) => {
    if (done === 1) cpSync(laptop.store, laptop.path('yesterday'), { recursive: true });
  },
});

async function witness(): Promise<string> {
  const { laptop } = stage;
  const line = ok(await laptop.at(['status', '--witness'])).stdout;
  expect(line).toMatch(/^[^\n]+\n$/);
  return line;
}

function setBack(): void {
  const { laptop } = stage;
  rmSync(laptop.store, { recursive: true });
  cpSync(laptop.path('yesterday'), laptop.store, { recursive: true });
}

test('the first opening tells the store, its signers and its newest snapshot, once', async () => {
  const { laptop, snapshots } = stage;
  const env = laptop.other('fresh');
  const shown = jsonOf(ok(await laptop.at(['identity', 'show', '--json'])));
  const first = ok(await laptop.at(['ls'], { env }));
  expect(first.stderr).toContain(String(readClear(join(laptop.store, 'CONFIG')).storeId).slice(0, 8));
  expect(first.stderr).toContain(String(shown.fingerprint));
  expect(first.stderr).toContain((snapshots.at(-1) ?? '').slice(0, 8));
  const second = ok(await laptop.at(['ls'], { env }));
  expect(second.stderr).toBe('');
  expect(second.stdout).toBe(first.stdout);
});

test('the first opening keeps stdout to the one JSON object', async () => {
  const { laptop } = stage;
  jsonOf(ok(await laptop.at(['ls', '--json'], { env: laptop.other('fresh') })));
});

test('a witness holds on a fresh machine, also when newer snapshots came', async () => {
  const { laptop } = stage;
  writeFileSync(laptop.path('witness'), await witness());
  ok(await laptop.at(['check', '--witness', laptop.path('witness')], { env: laptop.other('fresh') }));
  ok(await laptop.at(['backup']));
  ok(await laptop.at(['check', '--witness', laptop.path('witness')], { env: laptop.other('fresher') }));
});

test('check --witness - takes the line from standard input, and none that is empty', async () => {
  const { laptop } = stage;
  const stdin = await witness();
  ok(await laptop.at(['check', '--witness', '-'], { stdin }));
  ended(await laptop.at(['check', '--witness', '-']), 64);
  setBack();
  ended(await laptop.at(['check', '--witness', '-'], { stdin, env: laptop.other('fresh') }), 65);
});

test('a witness shows a fresh machine that the store was set back before its first use', async () => {
  const { laptop } = stage;
  writeFileSync(laptop.path('witness'), await witness());
  setBack();
  ended(await laptop.at(['check', '--witness', laptop.path('witness')], { env: laptop.other('fresh') }), 65);
});

test('a witness of another store, or one that was altered, is refused', async () => {
  const { laptop } = stage;
  const line = await witness();
  const head = stage.snapshots.at(-1) ?? '';
  const { storeId } = new Forger(laptop.store);
  const altered = [
    line.replace(head.slice(0, 8), stage.snapshots[0]?.slice(0, 8) ?? ''),
    line.replace(storeId.slice(0, 8), 'f'.repeat(8)),
    line.slice(0, line.length >> 1),
  ];
  for (const text of altered) {
    expect(text).not.toBe(line);
    writeFileSync(laptop.path('witness'), text);
    const run = await laptop.at(['check', '--witness', laptop.path('witness')]);
    expect([64, 65]).toContain(run.code);
  }
});
