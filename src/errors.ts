/** The one error class. Everything a person should read is thrown as a KlosetError; anything else is a bug. */

/**
 * The kinds of failure, as scripts see them. `cli/app/exit-codes.ts` maps each code to one exit code.
 *
 * - usage: the command line or a setting is wrong
 * - integrity: stored bytes, a signature or a chain is damaged or not authentic
 * - not-found: a store, snapshot, path or Notion object is not there
 * - unavailable: Notion, the network or the backend cannot be reached now
 * - locked: another process holds the store, or backs up the same source on this machine
 * - temporary: worth trying again later (rate limit, disk full, interrupted)
 * - credentials: token, passphrase or key is missing, wrong or lacks a capability
 * - incompatible: written by another version
 * - incomplete: finished, but some of it could not be read or written
 * - internal: a bug of ours, or an unexpected answer
 */
export type ErrorCode =
  | 'usage'
  | 'integrity'
  | 'not-found'
  | 'unavailable'
  | 'locked'
  | 'temporary'
  | 'credentials'
  | 'incompatible'
  | 'incomplete'
  | 'internal';

export interface ErrorDetails {
  /** The way out, as one sentence: "Run `check`." */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** A failure with a code for scripts and one line for people: what, where, and (in `hint`) the way out. */
export class KlosetError extends Error {
  override readonly name = 'KlosetError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
  }
}

/** True when `error` is a KlosetError, and has `code` when one is given. */
export function isKlosetError(error: unknown, code?: ErrorCode): error is KlosetError {
  return error instanceof KlosetError && (code === undefined || error.code === code);
}

/**
 * True when nothing is known of what was asked for: its place could not be reached now, or did not let us read. It is neither
 * damaged nor absent, so work that goes on without damaged things ends here.
 */
export function isUnreachable(error: unknown): boolean {
  return (['unavailable', 'temporary', 'credentials'] as const).some((code) => isKlosetError(error, code));
}

/** Any thrown value as one line of text. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
