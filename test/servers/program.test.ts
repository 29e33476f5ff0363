/** The whole program on real servers: every command that reads, writes or removes. */
import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backendAt } from '../../src/backend/location/at-location.ts';
import { generateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { namesOf } from '../backend/contract.ts';
import type { Finished } from '../e2e/machine.ts';
import { jsonOf } from '../e2e/machine.ts';
import { backupWhileKilled } from './killed-server.ts';
import type { StoreServer } from './server-machine.ts';
import { ServerMachine, serverKinds } from './server-machine.ts';

describe.each(serverKinds.filter(({ isInstalled }) => isInstalled))('a store on $name', (kind) => {
  let server: StoreServer;
  let simulator: Awaited<ReturnType<typeof startSimulator>>;
  let machine: ServerMachine;
  beforeAll(async () => {
    server = await kind.start();
    simulator = await startSimulator({
      state: generateWorkspace({ seed: 13, pages: 12, media: 6 }),
      clock: 'real',
    });
    machine = new ServerMachine(await server.newStore(), server.env);
    machine.connect(simulator);
  });
  afterAll(async () => {
    machine?.dispose();
    await simulator?.close();
    server?.stop();
  });

  const good = async (...words: string[]): Promise<Finished> => {
    const finished = await machine.at(words);
    expect(finished, words.join(' ')).toMatchObject({ code: 0 });
    return finished;
  };

  test('is created once, filled, looked into, verified and restored', async () => {
    expect(await machine.at(['ls'])).toMatchObject({ code: 66 });
    await good('create');
    expect(await machine.at(['create'])).toMatchObject({ code: 64 });
    const first = jsonOf(await good('backup', '--json'));
    const second = jsonOf(await good('backup', '--json'));
    expect(second.snapshot).not.toBe(first.snapshot);
    for (const words of [
      ['ls'],
      ['ls', 'latest', '--recursive'],
      ['info'],
      ['status'],
      ['check', '--subset', '50%'],
      ['check'],
    ])
      await good(...words);
    await good('restore', '-to', machine.path('restored'), 'latest');
    expect(readdirSync(machine.path('restored')).length).toBeGreaterThan(0);
    const cold = new ServerMachine(machine.store, server.env);
    try {
      expect(await cold.run(['--keyfile', machine.keyFile, 'at', machine.store, 'check'])).toMatchObject({
        code: 0,
      });
    } finally {
      cold.dispose();
    }
  });

  test('gives back the room of what is removed, and stays whole', async () => {
    const before = JSON.parse((await good('ls', '--json')).stdout).snapshots.length;
    expect(before).toBe(2);
    await good('prune', '--keep-last', '1', '--apply');
    await good('maintenance', '--apply');
    await good('check');
    expect(JSON.parse((await good('ls', '--json')).stdout).snapshots).toHaveLength(1);
  });

  test('is copied to a folder and from a folder to another address, and comes back from the copy', async () => {
    await good('sync', 'to', machine.path('copy'));
    expect(
      await machine.run(['--keyfile', machine.keyFile, 'at', machine.path('copy'), 'check']),
    ).toMatchObject({ code: 0 });
    const elsewhere = await server.newStore();
    const onward = ['--keyfile', machine.keyFile, 'at', machine.path('copy'), 'sync', 'to', elsewhere];
    expect(await machine.run(onward)).toMatchObject({ code: 0 });
    expect(await machine.run(['--keyfile', machine.keyFile, 'at', elsewhere, 'check'])).toMatchObject({
      code: 0,
    });
    await good('sync', 'from', machine.path('copy'));
    await good('export', machine.path('exported'));
    expect(
      await machine.run(['--keyfile', machine.keyFile, 'at', machine.path('exported'), 'check']),
    ).toMatchObject({ code: 0 });
  });

  test('is named in the settings, and refuses what only a folder can do', async () => {
    await machine.run(['store', 'add', 'far', `location=${machine.store}`, `keyfile=${machine.keyFile}`]);
    expect(await machine.run(['at', '@far', 'ls'])).toMatchObject({ code: 0 });
    expect(await machine.at(['key', 'rotate-master', '--yes'])).toMatchObject({ code: 64 });
    const rotated = await server.newStore();
    expect(await machine.at(['key', 'rotate-master', '--yes', '--to', rotated])).toMatchObject({ code: 0 });
    expect(await machine.run(['--keyfile', machine.keyFile, 'at', rotated, 'check'])).toMatchObject({
      code: 0,
    });
    expect(await machine.at(['sync', 'to', `${machine.store}/`])).toMatchObject({ code: 64 });
  });

  test('that was wiped is not taken for a new one', async () => {
    const other = new ServerMachine(await server.newStore(), server.env);
    try {
      other.connect(simulator);
      expect(await other.at(['create'])).toMatchObject({ code: 0 });
      const backend = await backendAt(other.store, server.options);
      for (const name of await namesOf(backend)) await backend.remove(name);
      for (const words of [['ls'], ['backup'], ['check']])
        expect(await other.at(words), words.join(' ')).toMatchObject({ code: 66 });
      expect(await namesOf(backend)).toEqual([]);
      expect(await other.at(['create', '--replace'])).toMatchObject({ code: 0 });
      expect(await other.at(['backup'])).toMatchObject({ code: 0 });
    } finally {
      other.dispose();
    }
  });

  test('gives its lock back when Ctrl-C ends a backup', async () => {
    const backend = await backendAt(machine.store, server.options);
    // There is one already unless this test runs alone.
    await machine.at(['create']);
    const running = machine.start(machine.atWords(['backup', '--full']));
    while ((await namesOf(backend, 'locks/')).length === 0) await pause(50);
    running.process.kill('SIGINT');
    const { code, stderr } = await running.finished;
    expect({ code, said: /notion-kloset: Interrupted\./.test(stderr) }).toEqual({ code: 75, said: true });
    expect(await namesOf(backend, 'locks/')).toEqual([]);
    await good('check');
  });

  test.each([1, 2])('survives a server that is killed in the middle of a backup, seed %i', async (seed) => {
    await backupWhileKilled(server, seed);
  });
});
