/** A disk of memory whose size a test sets, for what only a real disk without room shows. Only root may mount one. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class SmallDisk {
  readonly folder: string;

  /** @throws Error where this user may not mount anything */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100m', 'kloset-test', folder], { stdio: 'pipe' });
    this.folder = folder;
  }

  /** From now on so many bytes fit beside what is there. */
  leaveRoom(bytes: number): void {
    const { blocks, bfree, bsize } = statfsSync(this.folder);
    const size = (blocks - bfree) * bsize + bytes;
    execFileSync('mount', ['-o', `remount,size=${size}`, this.folder]);
  }

  setReadOnly(isReadOnly: boolean): void {
    execFileSync('mount', ['-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, this.folder]);
  }

  /** Also while a process is still in it. */
  unmount(): void {
    execFileSync('umount', ['--lazy', this.folder]);
  }
}

/** True where disks can be mounted; otherwise a line on stderr names what is left out. */
export function canMount(what: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'kloset-mount-'));
  try {
    new SmallDisk(folder).unmount();
    return true;
  } catch {
    process.stderr.write(`LEFT OUT: ${what}: this user may not mount a disk of memory (root may)\n`);
    return false;
  } finally {
    rmdirSync(folder);
  }
}
