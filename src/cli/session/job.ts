/** From the command line to the surroundings of its job. */
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { LocalBackend } from '../../backend/local.ts';
import type { JobContext } from '../../operations/job-context.ts';
import type { App } from '../app/app.ts';
import { cacheFolder, configFolder, dataFolder } from '../app/folders.ts';
import { toolName } from '../app/version.ts';
import { parseDuration } from '../text/parse.ts';

/** The job of this command line. @throws KlosetError `usage` when `--retry-lock` is not a duration */
export function jobOf(app: App): JobContext {
  const { io, options, progress } = app;
  return {
    clock: io.clock,
    monitor: progress,
    signal: io.signal,
    tool: toolName(),
    host: hostname(),
    settings: new LocalBackend(resolve(configFolder(io)), () => io.clock.now()),
    cacheFolder: cacheFolder(io),
    journalFolder: join(dataFolder(io), 'restores'),
    lockWaitMs: options.retryLock === undefined ? 0 : parseDuration(options.retryLock),
  };
}
