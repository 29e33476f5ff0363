/** A first backup during which the server of the store is killed and, later or never in time, started again. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { generateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { jsonOf } from '../e2e/machine.ts';
import type { StoreServer } from './server-machine.ts';
import { ServerMachine } from './server-machine.ts';

/** Several packfiles of media, so that much is written while pages are still read. */
const workspace = { pages: 12, roots: 3, blocksPerPage: 8, media: 20, mediaBytes: 2_000_000 };

/** Repeatable numbers from 0 to 1, by Mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Kills the server once by `seed`: after a part of the time that a backup takes, for a time that repeats outlast or not. The
 * backup finishes or ends with one clear line; the next one finishes; the store is whole, and holds every snapshot that was
 * committed. Gives how the first one ended.
 */
export async function backupWhileKilled(server: StoreServer, seed: number): Promise<number> {
  const random = randomFrom(seed);
  const simulator = await startSimulator({ state: generateWorkspace({ seed, ...workspace }), clock: 'real' });
  const machine = new ServerMachine(await server.newStore(), server.env);
  try {
    machine.connect(simulator);
    expect(await machine.at(['create'])).toMatchObject({ code: 0 });
    const began = performance.now();
    const first = await machine.at(['backup', '--json', '--root', rootOf(simulator.state)]);
    expect(first.code).toBe(0);
    const kept = [jsonOf(first).snapshot];
    const wholeMs = (performance.now() - began) * 2;

    const running = machine.start(machine.atWords(['backup', '--json']));
    await pause(wholeMs * random());
    server.kill();
    await pause(random() < 0.3 ? 15_000 : random() * 4000);
    await server.start();
    const struck = await running.finished;
    if (struck.code === 0) kept.push(jsonOf(struck).snapshot);
    else {
      expect([69, 75]).toContain(struck.code);
      expect(struck.stderr).not.toMatch(/\n\s+at /);
      expect(jsonOf(struck).error).toMatchObject({ message: expect.stringContaining(machine.store) });
    }
    const again = await machine.at(['backup', '--json', '--retry-lock', '5s']);
    expect(again).toMatchObject({ code: 0 });
    kept.push(jsonOf(again).snapshot);
    expect(await machine.at(['check'])).toMatchObject({ code: 0 });
    const listed = await machine.at(['ls', '--json']);
    for (const id of kept) expect(listed.stdout).toContain(String(id));
    expect(await machine.at(['maintenance', '--apply'])).toMatchObject({ code: 0 });
    expect(await machine.at(['check'])).toMatchObject({ code: 0 });
    return struck.code;
  } finally {
    machine.dispose();
    await simulator.close();
  }
}

function rootOf(state: ReturnType<typeof generateWorkspace>): string {
  for (const { id, parent } of state.pages.values()) if (parent.type === 'workspace') return id;
  throw new Error('the sample has no page at the top');
}
