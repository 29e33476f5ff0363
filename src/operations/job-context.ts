/** What every backup of this program shares, whichever command takes it. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { App } from '../cli/app/app.ts';
import { cacheFolder } from '../cli/app/folders.ts';
import { toolName } from '../cli/app/version.ts';
import type { Store } from '../store/open-store.ts';

/** Where the checkpoint lies, who reports, who says when to stop, and what the snapshot says of its maker. */
export function backupSettings(app: App, store: Store) {
  return {
    checkpointFolder: join(cacheFolder(app.io), store.id, 'crawls'),
    clock: app.io.clock,
    monitor: app.progress,
    signal: app.io.signal,
    tool: toolName(),
    host: hostname(),
    startedMs: app.io.clock.now(),
    now: () => app.io.clock.now(),
  };
}

/** Everything of the workspace that is not in the trash. */
export const fullBackup = {
  roots: [],
  full: false,
  rereadWithin: 30,
  comments: 'changed',
  trash: false,
  externalMedia: false,
  media: true,
} as const;
