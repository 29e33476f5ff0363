/** The command line behind a proxy. Requests to this machine go directly, so the simulator is reached in any case. */
import * as http from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { InProcessMachine } from './in-process-machine.ts';

const canUse = 'setGlobalProxyFromEnv' in http;
let simulator: Simulator;
let machine: InProcessMachine;

beforeAll(async () => {
  simulator = await startSimulator({
    state: generateWorkspace({ seed: 3, pages: 3, media: 1 }),
    clock: 'real',
  });
  machine = new InProcessMachine();
  machine.connect(simulator);
  expect(await machine.at(['create'])).toMatchObject({ code: 0 });
});
afterAll(async () => {
  machine.dispose();
  await simulator.close();
});

test('what is not the address of a proxy is told without its password, where Node would use it', async () => {
  const env = { HTTPS_PROXY: 'secret0of0the0proxy@' };
  const { code, stderr } = await machine.run(machine.atWords(['backup']), { env });
  expect(code).toBe(canUse ? 64 : 0);
  if (canUse) expect(stderr).toContain('HTTPS_PROXY is not the address of a proxy.');
  expect(stderr).not.toContain('secret0of0the0proxy');
});

test('a proxy that this Node cannot use is told of, once; one that it can is used without a word', async () => {
  const env = { HTTPS_PROXY: 'http://127.0.0.1:9' };
  const { code, stderr } = await machine.run(machine.atWords(['backup']), { env });
  expect(code).toBe(0);
  expect(stderr.match(/HTTPS_PROXY is set, and this Node .* cannot use it/g) ?? []).toHaveLength(
    canUse ? 0 : 1,
  );
});

test('commands that reach nothing say nothing of it', async () => {
  const env = { HTTPS_PROXY: 'http://127.0.0.1:9' };
  const { code, stderr } = await machine.run(machine.atWords(['ls']), { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
