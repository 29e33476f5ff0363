/** Four writers, one maintainer and one checker on one store for five minutes; `KLOSET_SECONDS=60` for another time. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workTogether } from '../servers/many-writers.ts';
import type { StoreServer } from '../servers/server-machine.ts';
import { serverKinds } from '../servers/server-machine.ts';

const seconds = Number(process.env.KLOSET_SECONDS ?? 300);
const seed = Number(process.env.KLOSET_SEED ?? 1);

describe.each(serverKinds.filter(({ isInstalled }) => isInstalled))('$name', (kind) => {
  let server: StoreServer;
  beforeAll(async () => {
    server = await kind.start();
  });
  afterAll(() => server?.stop());

  test('many machines on one store lose nothing and alarm nobody', async () => {
    const ends = await workTogether(server, seconds, seed);
    const told = [...ends].sort().map(([end, count]) => `${end}: ${count}`);
    process.stdout.write(`${kind.name}, ${seconds} s, seed ${seed}: ${told.join(', ')}\n`);
    for (const command of ['backup', 'prune', 'maintenance', 'check'])
      expect(ends.get(`${command} 0`) ?? 0, command).toBeGreaterThan(0);
  });
});
