/** The failures of media downloads: one line for people, a reason for the code that may go on. */
import type { ErrorCode } from '../../errors.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';

/**
 * - expired: the signed URL no longer opens; the owner object gives a fresh one
 * - changed: the file behind the URL is another one than when the download began
 * - missing: nothing lies there
 * - refused: the server does not give it, or redirects without end
 * - forbidden: the address is not one we may reach
 * - too-large: above the size limit
 * - broken: the connection failed too often
 */
export type MediaReason =
  | 'expired'
  | 'changed'
  | 'missing'
  | 'refused'
  | 'forbidden'
  | 'too-large'
  | 'broken';

export interface MediaFailure {
  readonly type: 'media-failure';
  readonly reason: MediaReason;
  /** HTTP status, or 0 when no answer came. */
  readonly status: number;
}

const codes: { readonly [reason in MediaReason]: ErrorCode } = {
  expired: 'unavailable',
  changed: 'temporary',
  missing: 'not-found',
  refused: 'unavailable',
  forbidden: 'unavailable',
  'too-large': 'unavailable',
  broken: 'unavailable',
};

/** The error for a failed download of `url`, which is shown without its signed query. */
export function mediaError(reason: MediaReason, url: string, what: string, status = 0): KlosetError {
  const failure: MediaFailure = { type: 'media-failure', reason, status };
  return new KlosetError(codes[reason], `Media ${mediaIdentity(url)}: ${what}`, { cause: failure });
}

/** The MediaFailure behind a thrown error, if there is one. */
export function mediaFailureOf(error: unknown): MediaFailure | undefined {
  if (!isKlosetError(error)) return undefined;
  const { cause } = error;
  return typeof cause === 'object' && cause !== null && 'type' in cause && cause.type === 'media-failure'
    ? (cause as MediaFailure)
    : undefined;
}

/** The part of a file's URL that stays the same while its signature changes: origin and path. Text that is not a URL is cut at `?` or `#`. */
export function mediaIdentity(url: string): string {
  if (!URL.canParse(url)) return url.replace(/[?#].*$/s, '');
  const { origin, protocol, host, pathname } = new URL(url);
  return (origin === 'null' ? `${protocol}//${host}` : origin) + pathname;
}
