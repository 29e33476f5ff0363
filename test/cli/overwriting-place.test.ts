/** A bucket whose server knows no conditional PUT: whoever creates, looks at or examines a store in it is told, in one line. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { FakeS3, fakeKey } from '../backend/fake-s3.ts';
import { InProcessMachine } from './in-process-machine.ts';

const line = /cannot refuse to overwrite \(no conditional PUT\)/g;
let simulator: Awaited<ReturnType<typeof startSimulator>>;
const opened: { dispose(): void }[] = [];
const servers: FakeS3[] = [];

beforeAll(async () => {
  simulator = await startSimulator({
    state: generateWorkspace({ seed: 6, pages: 3, media: 1 }),
    clock: 'real',
  });
});
afterAll(async () => {
  for (const machine of opened) machine.dispose();
  for (const server of servers) await server.stop();
  await simulator.close();
});

async function machineAt(server: FakeS3): Promise<InProcessMachine> {
  const machine = new InProcessMachine();
  opened.push(machine);
  machine.connect(simulator);
  machine.env.S3_SECRET = 'secret';
  const options = [
    `access_key_id=${fakeKey}`,
    `keyfile=${machine.keyFile}`,
    'secret_access_key_env=S3_SECRET',
  ];
  await machine.run(['store', 'add', 'far', `location=${server.address}/notion`, ...options]);
  return machine;
}

/** How often the line stands in what each command says. */
async function told(conditional: 'obeyed' | 'refused' | 'ignored') {
  const server = await new FakeS3({ conditional }).start();
  servers.push(server);
  const machine = await machineAt(server);
  const counts: { [command: string]: number } = {};
  for (const words of [['create'], ['status'], ['doctor', '@far']]) {
    const { stdout, stderr } = await machine.run([
      'at',
      '@far',
      ...(words[0] === 'doctor' ? ['doctor'] : words),
    ]);
    counts[words[0] ?? ''] = (stdout + stderr).match(line)?.length ?? 0;
  }
  const ping = await machine.run(['store', 'ping', 'far']);
  counts.ping = (ping.stdout + ping.stderr).match(line)?.length ?? 0;
  expect(await machine.run(['at', '@far', 'backup'])).toMatchObject({ code: 0 });
  const status = await machine.run(['at', '@far', 'status']);
  counts['status after a backup'] = (status.stdout + status.stderr).match(line)?.length ?? 0;
  const json = await machine.run(['at', '@far', 'status', '--json']);
  return { counts, takesTurns: JSON.parse(json.stdout).takes_turns };
}

test.each(['refused', 'ignored'] as const)(
  'where conditions are %s, it is told once by each',
  async (kind) => {
    expect(await told(kind)).toEqual({
      counts: { create: 1, status: 0, doctor: 1, ping: 1, 'status after a backup': 1 },
      takesTurns: true,
    });
  },
);

test('where they are obeyed, nobody is told', async () => {
  expect(await told('obeyed')).toEqual({
    counts: { create: 0, status: 0, doctor: 0, ping: 0, 'status after a backup': 0 },
    takesTurns: false,
  });
});
