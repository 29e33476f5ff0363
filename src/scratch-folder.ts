/**
 * Temporary folders for work that needs more room than memory, with contents of a workspace in them. A killed run leaves
 * its folder behind; the next run that needs one, the next backup or `maintenance` removes it.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { lockedDatabase, removeUnlessOpen } from './database.ts';

const prefix = 'notion-kloset-scratch-';
/** Held open by the owner; the system lets go of it when the process dies, however it dies. */
const lockName = 'lock.sqlite';
/** Between the creation of a folder and its lock. */
const youngMs = 60_000;

/** Gives `use` a new folder, readable by its owner alone, and removes it afterwards. */
export async function withScratchFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  removeAbandonedScratch();
  const folder = mkdtempSync(join(tmpdir(), prefix));
  const lock = lockedDatabase(join(folder, lockName));
  try {
    return await use(folder);
  } finally {
    lock.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Removes this user's scratch folders in `parent` whose owner is gone. A folder that resists is left. */
export function removeAbandonedScratch(parent: string = tmpdir(), nowMs: number = Date.now()): void {
  for (const name of namesIn(parent)) {
    const folder = join(parent, name);
    try {
      const { mtimeMs, uid } = statSync(folder);
      if (uid !== userInfo().uid || nowMs - mtimeMs < youngMs) continue;
      const lock = join(folder, lockName);
      if (existsSync(lock) && !removeUnlessOpen(lock)) continue;
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Removed by another run meanwhile, or not ours to remove.
    }
  }
}

function namesIn(parent: string): string[] {
  try {
    return readdirSync(parent).filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
}
