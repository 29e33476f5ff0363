/** The counted bounds of `npm run bench:crawl`, on the sources and on a workspace small enough for every run of the tests. */
import { describe, expect, it } from 'vitest';
import { LocalBackend } from '../../src/backend/local.ts';
import { MemoryBackend } from '../../src/backend/memory.ts';
import { systemClock } from '../../src/clock.ts';
import { silentMonitor } from '../../src/monitor.ts';
import { connectNotion } from '../../src/notion/api/client.ts';
import { backup } from '../../src/operations/backup/backup.ts';
import { notionSource } from '../../src/operations/backup/notion-source.ts';
import { generateWorkspace, mutateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { ensureIdentity } from '../../src/store/access/identity.ts';
import { openTrust } from '../../src/store/access/trust.ts';
import { createStore, withStore, withStoreWriter } from '../../src/store/open-store.ts';
import type { CountedRun } from './economy.js';
import { measureLimiter, measureRuns } from './economy.js';
import { withFolder } from './workplace.js';

const product = {
  LocalBackend,
  MemoryBackend,
  backup,
  connectNotion,
  createStore,
  ensureIdentity,
  generateWorkspace,
  mutateWorkspace,
  notionSource,
  openTrust,
  silentMonitor,
  startSimulator,
  systemClock,
  withStore,
  withStoreWriter,
};

/** Blocks cost time, not requests. */
const blocksPerPage = 6;

/** Kinds of requests that went beyond the floor, or stayed below it. */
function differences({ used, floor }: CountedRun): { [kind: string]: number } {
  const kinds = new Set([...used.keys(), ...floor.keys()]);
  const extra = [...kinds].map((kind) => [kind, (used.get(kind) ?? 0) - (floor.get(kind) ?? 0)] as const);
  return Object.fromEntries(extra.filter(([, count]) => count !== 0));
}

/** Thousands of requests: on a machine with much else to do they may take longer than a test commonly may. */
const timeout = 180_000;

describe('requests of backups of 1,000 pages', { timeout }, () => {
  it('stay at the floor but for who the token is, the edits made meanwhile, and what vanished', async () => {
    const runs = await withFolder((folder) =>
      measureRuns(product, folder, { pages: 1_000, blocksPerPage, comments: 'none' }),
    );
    expect(runs.first.ratio).toBeLessThanOrEqual(1.05);
    expect(runs.unchanged.ratio).toBeLessThanOrEqual(1.1);
    expect(runs.changed.ratio).toBeLessThanOrEqual(1.1);
    expect(differences(runs.first)).toEqual({ 'GET users/me': 1, 'POST search': 1 });
    expect(differences(runs.unchanged)).toEqual({ 'GET users/me': 1, 'POST search': 1 });
    expect(differences(runs.changed)).toEqual({ 'GET users/me': 1, 'POST search': 2 });
  });
});

describe('a budget of 180 requests a minute', { timeout }, () => {
  for (const isDocumented of [true, false]) {
    it(`is used to 97 % at least, never against Retry-After, ${isDocumented ? 'known' : 'unknown'} beforehand`, async () => {
      const options = { pages: 200, blocksPerPage, perMinute: 180, latencyMs: 300, isDocumented };
      const { windows, share, impatient } = await withFolder((folder) =>
        measureLimiter(product, folder, options),
      );
      expect(windows.length).toBeGreaterThanOrEqual(5);
      expect(share).toBeGreaterThanOrEqual(0.97);
      expect(impatient).toBe(0);
    });
  }
});
