import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { encodeKeyFile } from '../../src/store/access/key-file.ts';
import { fakeIo } from './fake-io.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kloset-race-'));
  for (const machine of [1, 2])
    writeFileSync(join(folder, `key${machine}`), encodeKeyFile(new Uint8Array(32).fill(machine)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command of one of two machines, each with a home and a key of its own. */
async function run(machine: number, ...words: string[]): Promise<number> {
  const io = fakeIo({ HOME: join(folder, `home${machine}`) }, folder);
  return await main(['--keyfile', `key${machine}`, ...words], io);
}

test('of two machines that create a store at one place at once, one has it and the other is told', async () => {
  for (let round = 0; round < 8; round++) {
    const place = `store${round}`;
    const codes = await Promise.all([run(1, 'create', place), run(2, 'create', place)]);
    expect([...codes].sort()).toEqual([0, 64]);
    const winner = codes.indexOf(0) + 1;
    expect(await run(winner, 'at', place, 'check')).toBe(0);
    expect(await run(3 - winner, 'at', place, 'ls')).toBe(77);
    // The roster and the one key slot it names.
    expect(readdirSync(join(folder, place, 'keys'))).toHaveLength(2);
  }
});
