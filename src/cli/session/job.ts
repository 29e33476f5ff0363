/** From the command line to the surroundings of its job. */
import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { SettingsFolder } from '../../backend/settings-folder.ts';
import { KlosetError } from '../../errors.ts';
import type { Monitor } from '../../monitor.ts';
import type { JobContext } from '../../operations/job-context.ts';
import { identityName } from '../../store/access/identity.ts';
import type { App } from '../app/app.ts';
import { cacheFolder, configFolder, dataFolder } from '../app/folders.ts';
import { toolName } from '../app/version.ts';
import { parseCount, parseDuration } from '../text/parse.ts';
import { identityPassphrase } from './secret.ts';

const maxParallel = 64;

/** The job of this command line. @throws KlosetError `usage` when `--retry-lock` or `--parallel` cannot be understood */
export function jobOf(app: App): JobContext {
  const { io, options } = app;
  tellOfReadableIdentity(app);
  return {
    clock: io.clock,
    monitor: endingMonitor(app),
    signal: io.signal,
    tool: toolName(),
    host: hostname(),
    settings: new SettingsFolder(resolve(configFolder(io)), () => io.clock.now()),
    askIdentityPassphrase: () => identityPassphrase(app),
    cacheFolder: cacheFolder(io),
    journalFolder: join(dataFolder(io), 'restores'),
    lockWaitMs: options.retryLock === undefined ? 0 : parseDuration(options.retryLock, '--retry-lock'),
    ...(options.parallel === undefined ? {} : { maxUploads: uploadsOf(options.parallel) }),
  };
}

/**
 * Ctrl-C ends long work at its next report of progress, wherever that is: each of them may end at any byte, and gives its
 * lock back.
 */
function endingMonitor({ io, progress }: App): Monitor {
  return {
    report(event) {
      if (event.type === 'progress') io.signal.throwIfAborted();
      progress.report(event);
    },
  };
}

/** Each upload keeps a packfile in memory and on disk. @throws KlosetError `usage` */
function uploadsOf(text: string): number {
  const count = parseCount(text, '--parallel', 1);
  if (count <= maxParallel) return count;
  throw new KlosetError('usage', `--parallel must be at most ${maxParallel}, not ${text}.`);
}

/** A warning, once, when others than its owner can read the key that signs. */
function tellOfReadableIdentity(app: App): void {
  if (app.hasToldOfIdentity || process.platform === 'win32') return;
  const path = join(configFolder(app.io), identityName);
  const status = statusOf(path);
  if (status === undefined || (status.mode & 0o077) === 0) return;
  app.hasToldOfIdentity = true;
  app.warn(`warning: others can read ${path}, the key that signs your snapshots. Run \`chmod 600\` on it.`);
}

/** Undefined where nothing is, or nothing can be seen: below a file, say. */
function statusOf(path: string) {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
