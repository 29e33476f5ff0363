/** The surroundings every job gets: time, reports, cancellation, the folders of this machine, and who signs. */
import type { Backend } from '../backend/backend.ts';
import type { Clock } from '../clock.ts';
import type { Monitor } from '../monitor.ts';
import type { LockOptions } from '../store/locks/locks.ts';

export interface JobContext {
  readonly clock: Clock;
  readonly monitor: Monitor;
  /** Aborted when the work should stop. */
  readonly signal: AbortSignal;
  /** Program and version, as snapshots record them. */
  readonly tool: string;
  /** Name of this machine, as snapshots record it. */
  readonly host: string;
  /** Settings of this machine: its identity, and the stores, signers and histories it trusts. */
  readonly settings: Backend;
  /** Asks for the passphrase of an encrypted identity. Without it such an identity cannot sign. */
  readonly askIdentityPassphrase?: () => Promise<string>;
  /** Data that can be derived again, and checkpoints of interrupted backups. */
  readonly cacheFolder: string;
  /** Journals of restores into Notion: needed to resume and to undo one. */
  readonly journalFolder: string;
  /** Time to wait for a locked store before giving up; 0 for none. */
  readonly lockWaitMs: number;
  /** Packfiles that are uploaded at once. */
  readonly maxUploads?: number;
}

/** The time now, ISO 8601. */
export function timeOf({ clock }: JobContext): string {
  return new Date(clock.now()).toISOString();
}

/** Options of every lock the job takes. */
export function lockOptionsOf({ lockWaitMs, signal }: JobContext): LockOptions {
  return { retryForMs: lockWaitMs, signal };
}
