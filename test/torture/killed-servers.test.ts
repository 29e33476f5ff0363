/** Servers of stores killed with -9 in the middle of backups, twenty times each. `KLOSET_SEEDS=3,7` chooses others. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backupWhileKilled } from '../servers/killed-server.ts';
import type { StoreServer } from '../servers/server-machine.ts';
import { serverKinds } from '../servers/server-machine.ts';

const seeds =
  process.env.KLOSET_SEEDS?.split(',').map(Number) ?? Array.from({ length: 20 }, (_, index) => index + 1);

describe.each(serverKinds.filter(({ isInstalled }) => isInstalled))('$name', (kind) => {
  let server: StoreServer;
  const codes: number[] = [];
  beforeAll(async () => {
    server = await kind.start();
  });
  afterAll(() => {
    server?.stop();
    process.stdout.write(`${kind.name}: exit codes of the backups that were struck: ${codes.join(' ')}\n`);
  });

  test.each(seeds)('loses nothing and resumes, seed %i', async (seed) => {
    const code = await backupWhileKilled(server, seed);
    codes.push(code);
    expect([0, 69, 75]).toContain(code);
  });
});
