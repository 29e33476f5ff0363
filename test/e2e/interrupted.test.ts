/** Backups that are ended in the middle, without warning or by Ctrl-C: the next one goes on from there. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringAt } from '../../src/document/json.ts';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Machine, Running } from './machine.ts';
import { jsonOf, withMachine } from './machine.ts';

/** Slow enough that a run can be caught in the middle, in milliseconds. */
const latencyMs = 3;
/** Kills, each once the server has seen so many requests; a whole run takes some 1,200. */
const killsAt = [350, 700];
/** A crawl reads so many pages side by side. */
const mostInFlight = 16;

test('after kill -9 the next backup reads again only the pages that were under way, and the store is whole', async () => {
  await withSimulator(async (simulator, machine) => {
    for (const requests of killsAt) {
      const running = await startedUntil(machine, simulator, requests);
      running.process.kill('SIGKILL');
      expect((await running.finished).code).toBe(-1);
    }
    expect(snapshotsIn(machine)).toEqual([]);
    // The locks of what was killed on this machine keep nobody waiting, and go.
    expect(readdirSync(join(machine.store, 'locks'))).not.toEqual([]);
    expect(await machine.at(['maintenance', '--apply'])).toMatchObject({ code: 0 });
    expect(readdirSync(join(machine.store, 'locks'))).toEqual([]);

    const backup = await machine.at(['backup', '--json']);
    expect(backup.code).toBe(0);
    expect(snapshotsIn(machine)).toEqual([stringAt(jsonOf(backup), 'snapshot')]);
    const { pages, others } = askedAgain(simulator);
    expect(pages.size).toBeGreaterThan(0);
    expect(pages.size).toBeLessThanOrEqual(mostInFlight * killsAt.length);
    expect(others.filter((request) => !listings.test(request))).toEqual([]);
    expect(await machine.at(['check'])).toMatchObject({ code: 0 });
  });
});

test('Ctrl-C ends a backup in order, with exit 75, one line, no snapshot and no lock', async () => {
  await withSimulator(async (simulator, machine) => {
    const running = await startedUntil(machine, simulator, 300);
    running.process.kill('SIGINT');
    const { code, stderr } = await running.finished;
    expect(code).toBe(75);
    expect(stderr.split('\n').filter((line) => line.startsWith('notion-kloset: '))).toEqual([
      'notion-kloset: Interrupted.',
    ]);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(snapshotsIn(machine)).toEqual([]);
    expect(readdirSync(join(machine.store, 'locks'))).toEqual([]);
  });
});

/** What a run asks to learn what there is; it is asked anew by each. */
const listings =
  /^(GET \/v1\/users(\/me)?|GET \/v1\/custom_emojis|POST \/v1\/search|POST \/v1\/data_sources\/[^/]+\/query|GET \/v1\/(databases|data_sources|views)\b.*)(\?.*)?$/;

async function withSimulator(use: (simulator: Simulator, machine: Machine) => Promise<void>): Promise<void> {
  const simulator = await startSimulator({ state: sampleWorkspace(), clock: 'real', latencyMs });
  try {
    await withMachine(
      async (machine) => {
        machine.connect(simulator);
        expect(await machine.at(['create'])).toMatchObject({ code: 0 });
        await use(simulator, machine);
      },
      { isHere: true },
    );
  } finally {
    await simulator.close();
  }
}

/** Starts a backup; resolves once the server has seen that many requests in all. */
async function startedUntil(machine: Machine, simulator: Simulator, requests: number): Promise<Running> {
  const running = machine.start(machine.atWords(['backup']));
  await logged(simulator, requests);
  return running;
}

/** Resolves with the request that makes the log that long. */
function logged({ log }: Simulator, requests: number): Promise<void> {
  return new Promise((resolve) => {
    const push = log.push.bind(log);
    log.push = (...entries) => {
      const length = push(...entries);
      if (length >= requests) resolve();
      return length;
    };
  });
}

/** What was asked for more than once: the pages it was about, and the requests that are about no page. */
function askedAgain({ log, state }: Simulator): { pages: Set<string>; others: string[] } {
  const times = new Map<string, number>();
  for (const { method, path, query } of log) {
    const request = `${method} ${path}${query}`;
    times.set(request, (times.get(request) ?? 0) + 1);
  }
  const pages = new Set<string>();
  const others: string[] = [];
  for (const [request, count] of times) {
    if (count === 1) continue;
    const page = pageOf(state, /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(request)?.[0]);
    if (page === undefined) others.push(request);
    else pages.add(page);
  }
  return { pages, others };
}

/** The page a block or page stands on or is. */
function pageOf({ blocks, pages }: Simulator['state'], id: string | undefined): string | undefined {
  let here = id ?? '';
  for (let block = blocks.get(here); block !== undefined; block = blocks.get(here)) here = block.parent.id;
  return pages.has(here) ? here : undefined;
}

function snapshotsIn(machine: Machine): string[] {
  const folder = join(machine.store, 'snapshots');
  return existsSync(folder) ? readdirSync(folder).filter((name) => /^[0-9a-f]{64}$/.test(name)) : [];
}
