/** The process that holds a lock; it may have ended. */
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { kill, pid } from 'node:process';
import { systemCode } from '../../backend/disk-errors.ts';

export interface LockOwner {
  readonly host: string;
  readonly hostId: string;
  readonly pid: number;
}

export function thisProcess(): LockOwner {
  return { host: hostname(), hostId: hostId(), pid };
}

/** False when the owner's process ended on this machine; true when it runs or when it cannot be known. */
export function isRunningHere(owner: LockOwner): boolean {
  if (owner.hostId !== hostId() || owner.pid <= 0) return true;
  try {
    kill(owner.pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}

/** Machine and process namespace: in two containers of one machine the same pid is another process. */
function hostId(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
