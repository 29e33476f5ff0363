/** Edits a generated world between two backups and compares what `diff` says with what was done. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../src/cli/main.ts';
import { startSimulator } from '../../../src/simulator/server.ts';
import { seededRandom, shuffled } from '../../../src/simulator/workspace/random.ts';
import { encodeKeyFile } from '../../../src/store/access/key-file.ts';
import { fakeIo } from '../../cli/fake-io.ts';
import { blockEdits } from './block-edits.ts';
import { addUnusedOptions, databaseEdits } from './database-edits.ts';
import type { Edit } from './edited-world.ts';
import { EditedWorld, said } from './edited-world.ts';
import { pageEdits } from './page-edits.ts';

/** Every kind of edit, named. */
export const allEdits: readonly (readonly [name: string, edit: Edit])[] = [
  ...Object.entries(blockEdits),
  ...Object.entries(pageEdits),
  ...Object.entries(databaseEdits),
];

export interface EditedDiff {
  /** What was done and `diff` did not say, with the names of the edits. */
  readonly missed: string[];
  /** What `diff` said and nobody did. */
  readonly extra: string[];
  /** Names of the edits done. */
  readonly done: Set<string>;
}

/** One world of the seed: a backup, every kind of edit `rounds` times in a random order, a backup, a diff. */
export async function editedDiff(seed: number, rounds: number): Promise<EditedDiff> {
  const world = new EditedWorld(seed);
  addUnusedOptions(world);
  const home = mkdtempSync(join(tmpdir(), 'kloset-edits-'));
  const simulator = await startSimulator({ state: world.state, clock: 'real' });
  const run = async (...argv: string[]) => {
    const io = fakeIo({ HOME: home, NOTION_API_URL: simulator.url, NOTION_TOKEN: simulator.token }, home);
    const code = await main(['--keyfile', 'key', '--json', ...argv], io);
    if (code !== 0) throw new Error(`${argv.join(' ')}: ${code} ${io.err()}`);
    return JSON.parse(io.out());
  };
  try {
    writeFileSync(join(home, 'key'), encodeKeyFile(new Uint8Array(32).fill(9)));
    const { snapshot: before } = await run('backup', '--comments', 'all', '--alarm-loss', '100');
    const expected = new Map<string, string>();
    const done = new Set<string>();
    const random = seededRandom(seed);
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, edit] of shuffled(allEdits, random)) {
        const lines = edit(world);
        if (lines === undefined) continue;
        if (lines.length > 0) done.add(name);
        for (const line of lines) expected.set(line, name);
      }
    }
    const { snapshot: after } = await run('backup', '--comments', 'all', '--alarm-loss', '100');
    const lines = said((await run('diff', before, after)).objects);
    const all = new Set(lines);
    const twice = lines.filter((line, index) => lines.indexOf(line) !== index);
    return {
      missed: [...expected].filter(([line]) => !all.has(line)).map(([line, name]) => `${name}: ${line}`),
      extra: [...[...all].filter((line) => !expected.has(line)), ...twice.map((line) => `twice: ${line}`)],
      done,
    };
  } finally {
    await simulator.close();
    rmSync(home, { recursive: true, force: true });
  }
}
