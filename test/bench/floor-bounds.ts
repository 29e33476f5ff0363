/** What backups may ask for beyond the least number of requests, counted on the sources. */
import { expect } from 'vitest';
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
import { measureRuns } from './economy.js';
import { withFolder } from './workplace.js';

export const product = {
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
export const blocksPerPage = 6;

/** Kinds of requests that went beyond the floor, or stayed below it. */
function differences({ used, floor }: CountedRun): { [kind: string]: number } {
  const kinds = new Set([...used.keys(), ...floor.keys()]);
  const extra = [...kinds].map((kind) => [kind, (used.get(kind) ?? 0) - (floor.get(kind) ?? 0)] as const);
  return Object.fromEntries(extra.filter(([, count]) => count !== 0));
}

/**
 * A first, an unchanged and a changed run on so many pages stay at the floor but for who the token is, the edits made
 * meanwhile, and what vanished.
 */
export async function expectAtFloor(pages: number): Promise<void> {
  const runs = await withFolder((folder) =>
    measureRuns(product, folder, { pages, blocksPerPage, comments: 'none' }),
  );
  expect(runs.first.ratio).toBeLessThanOrEqual(1.05);
  expect(runs.unchanged.ratio).toBeLessThanOrEqual(1.1);
  expect(runs.changed.ratio).toBeLessThanOrEqual(1.1);
  expect(differences(runs.first)).toEqual({ 'GET users/me': 1, 'POST search': 1 });
  expect(differences(runs.unchanged)).toEqual({ 'GET users/me': 1, 'POST search': 1 });
  expect(differences(runs.changed)).toEqual({ 'GET users/me': 1, 'POST search': 2 });
}
