/**
 * The process that holds a lock, and whether it still runs. Machines are told apart by their ids, boots and process
 * namespaces, never by host name: two containers often share one.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { kill, pid, platform } from 'node:process';
import { systemCode } from '../../backend/disk-errors.ts';

export interface LockOwner {
  /** Name of the machine, for people. */
  readonly host: string;
  /** Digest of what tells this machine from others; empty where nothing does. */
  readonly machine: string;
  /** The start of the machine that its processes belong to; empty where the system does not tell. */
  readonly boot: string;
  /** The process namespace, in which `pid` means something; empty where the system has none. */
  readonly space: string;
  readonly pid: number;
  /** The start of the process, in the units of its machine; empty where the system does not tell. */
  readonly started: string;
}

/** Unknown is another machine, or another container: only time tells whether its process has ended. */
export type OwnerState = 'running' | 'ended' | 'unknown';

export function thisProcess(): LockOwner {
  return {
    host: hostname(),
    machine: machineDigest(),
    boot: textOf('/proc/sys/kernel/random/boot_id'),
    space: processSpace(),
    pid,
    started: startOf(pid),
  };
}

/** The state of the process that `owner` names, as it can be seen from the process `here`. */
export function ownerState(owner: LockOwner, here: LockOwner = thisProcess()): OwnerState {
  if (owner.boot !== here.boot) return isEarlierBoot(owner, here) ? 'ended' : 'unknown';
  const isSameMachine = owner.boot !== '' || (owner.machine !== '' && owner.machine === here.machine);
  if (!isSameMachine || owner.space !== here.space || owner.pid <= 0) return 'unknown';
  if (!exists(owner.pid)) return 'ended';
  const started = startOf(owner.pid);
  // Without it another process may have been given the number.
  if (owner.started === '' || started === '') return 'unknown';
  return owner.started === started ? 'running' : 'ended';
}

/** Images of containers may share a machine id: only processes outside of any container tell that the machine restarted. */
function isEarlierBoot(owner: LockOwner, here: LockOwner): boolean {
  const isKnown = owner.machine !== '' && owner.boot !== '' && here.boot !== '';
  const isOutside = owner.space === firstSpace && here.space === firstSpace;
  return isKnown && isOutside && owner.machine === here.machine;
}

/** The process namespace that Linux starts with; its number is the same everywhere. */
const firstSpace = 'pid:[4026531836]';

function machineDigest(): string {
  const parts = platform === 'linux' ? [textOf('/etc/machine-id')] : hardwareAddresses();
  if (parts.every((part) => part === '')) return '';
  return createHash('sha256')
    .update(['notion-kloset machine', hostname(), ...parts].join('\0'))
    .digest('hex')
    .slice(0, 32);
}

function hardwareAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return [...new Set(all.filter(({ internal }) => !internal).map(({ mac }) => mac))].sort();
}

function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** Field 22 of proc(5): ticks from the start of the machine. The command before it may have spaces and brackets. */
function startOf(id: number): string {
  const stat = textOf(`/proc/${id}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function exists(id: number): boolean {
  try {
    kill(id, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}

/** Empty when the system has no such file or does not show it. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
