/** Kills two machines that work on a store and its copy side by side, again and again, and looks at what they left. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { LocalBackend } from '../../src/backend/local.ts';
import { systemClock } from '../../src/clock.ts';
import { silentMonitor } from '../../src/monitor.ts';
import { ensureIdentity } from '../../src/store/access/identity.ts';
import { unlockStore } from '../../src/store/access/key-slots.ts';
import { openTrust } from '../../src/store/access/trust.ts';
import type { Secret } from '../../src/store/format/key-slot.ts';
import type { Store } from '../../src/store/open-store.ts';
import { withStore } from '../../src/store/open-store.ts';
import { installPackage } from '../e2e/installed.ts';
import { randomNumbers } from '../store/random.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const worker = fileURLToPath(new URL('kill-worker.mjs', import.meta.url));
const secrets: readonly Secret[] = [1, 2].map((fill) => ({
  kind: 'key-file',
  key: new Uint8Array(32).fill(fill),
}));

/** What the worker said it did before it died. */
interface Told {
  readonly committed: Map<string, Set<string>>;
  readonly removing: Set<string>;
}

const machines = ['a', 'b'] as const;

/** Kills one machine or the other `kills` times. When both are dead every store is checked and every snapshot read back. */
export async function killAgainAndAgain(seed: number, kills: number, mostMs: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kloset-kill-'));
  try {
    const compiled = await compiledInto(folder);
    const below = randomNumbers(seed);
    const told: Told = {
      committed: new Map([
        ['store', new Set()],
        ['copy', new Set()],
      ]),
      removing: new Set(),
    };
    for (let killed = 0; killed < kills; killed += machines.length) {
      const works = machines.map((machine, at) =>
        workAndDie(
          [worker, compiled, folder, String(seed * 1000 + killed + at), machine],
          below(mostMs),
          told,
        ),
      );
      // The folder must not go while one of them still works in it.
      const ends = await Promise.allSettled(works);
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
      for (const place of ['store', 'copy'])
        await lookAt(folder, place, told, `seed ${seed}, kill ${killed}`);
    }
    tell(told, kills);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A run in which nothing was finished shows nothing. */
function tell({ committed, removing }: Told, kills: number): void {
  const counts = [...committed].map(([place, ids]) => `${ids.size} snapshots in the ${place}`);
  console.info(`${kills} kills: ${counts.join(', ')}, ${removing.size} removals`);
}

/** The compiled program in a folder that nobody else removes, however long the kills go on. */
async function compiledInto(folder: string): Promise<string> {
  const compiled = join(folder, 'dist');
  cpSync((await installPackage()).modules, compiled, { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return compiled;
}

/** Lets the worker run for `afterMs` from its first word, then kills it. */
async function workAndDie(command: readonly string[], afterMs: number, told: Told): Promise<void> {
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    complaint += bytes.toString();
  });
  let isKilled = false;
  for await (const line of createInterface({ input: child.stdout ?? expect.fail('no stdout') })) {
    const [word, place = '', ...ids] = line.split(' ');
    if (word === 'ready') setTimeout(() => (isKilled = child.kill('SIGKILL')), afterMs);
    if (word === 'committed') for (const id of ids) told.committed.get(place)?.add(id);
    if (word === 'removing') for (const id of ids) told.removing.add(`${place} ${id}`);
  }
  await ended(child);
  // It never ends by itself: an error in it is an error of the store.
  if (!isKilled) throw new Error(`the worker failed:\n${complaint}`);
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('close', () => resolve());
  });
}

async function lookAt(folder: string, place: string, told: Told, when: string): Promise<void> {
  const backend = new LocalBackend(join(folder, place));
  if (!(await isStore(backend))) {
    expect(told.committed.get(place)?.size, when).toBe(0);
    return;
  }
  await withStore(await optionsFor(folder, backend), async (store) => {
    const { findings } = await store.check();
    expect(
      findings.filter(({ severity }) => severity === 'error'),
      when,
    ).toEqual([]);
    const snapshots = await store.listSnapshots();
    const present = new Set<string>(snapshots.map(({ id }) => id));
    const wanted = [...(told.committed.get(place) ?? [])].filter(
      (id) => !told.removing.has(`${place} ${id}`),
    );
    expect(
      wanted.filter((id) => !present.has(id)),
      when,
    ).toEqual([]);
    for (const { id, header } of snapshots) await readBack(store, id, header?.description ?? '', when);
  });
}

async function isStore(backend: LocalBackend): Promise<boolean> {
  return await backend.size('CONFIG').then(
    () => true,
    () => false,
  );
}

/** The one who looks is a machine of its own: it remembers what it saw after the last kill. */
async function optionsFor(folder: string, backend: LocalBackend) {
  const configuration = new LocalBackend(join(folder, 'onlooker'));
  return {
    backend,
    unlock: async (storeId: string) => {
      for (const secret of secrets) {
        if (await unlockStore(backend, storeId, secret).catch(() => undefined)) return secret;
      }
      throw new Error('no secret opens the store');
    },
    identity: await ensureIdentity(configuration, new Date(0).toISOString()),
    trust: await openTrust(configuration, backend.location),
    cacheFolder: join(folder, 'onlooker-cache'),
    clock: systemClock,
    monitor: silentMonitor,
  };
}

async function readBack(store: Store, id: string, description: string, when: string): Promise<void> {
  const pages: unknown = JSON.parse(description);
  const reader = await store.openSnapshot(id);
  const found: string[] = [];
  for await (const entry of reader.walk('/')) {
    if (entry.type === 'directory') continue;
    const parts: Uint8Array[] = [];
    for await (const part of reader.read(entry.content)) parts.push(part);
    found.push(`${entry.path} ${digestOf(Buffer.concat(parts))}`);
  }
  const wanted = Array.isArray(pages)
    ? pages.map((page) => `/${String(page).padStart(3, '0')}.json ${pageDigest(page)}`)
    : [];
  expect(found, when).toEqual(wanted);
}

const pageDigests = new Map<unknown, string>();

function pageDigest(page: unknown): string {
  const known = pageDigests.get(page);
  if (known !== undefined) return known;
  const blocks = Array.from({ length: 60 }, (_, block) =>
    createHash('sha256').update(`page ${page} block ${block}`).digest(),
  );
  const digest = digestOf(Buffer.concat(blocks));
  pageDigests.set(page, digest);
  return digest;
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
