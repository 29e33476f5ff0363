/** The surroundings of a job that works on a simulated workspace and has no store. */
import { tmpdir } from 'node:os';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import { silentMonitor } from '../../../src/monitor.ts';
import type { JobContext } from '../../../src/operations/job-context.ts';
import type { Workspace } from '../../notion/restore/workspace.ts';

export function jobOf({ simulator }: Workspace): JobContext {
  return {
    clock: simulator.clock,
    monitor: silentMonitor,
    signal: new AbortController().signal,
    tool: 'test',
    host: 'test',
    settings: new MemoryBackend(),
    cacheFolder: tmpdir(),
    journalFolder: tmpdir(),
    lockWaitMs: 0,
  };
}
