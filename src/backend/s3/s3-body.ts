/** Bodies of requests and answers: at the pace that is allowed, no more than expected, and not waited for without end. */
import { Readable } from 'node:stream';
import type { Pace, Traffic } from '../remote/pace.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  /** Milliseconds without a byte after which the connection counts as dead. */
  readonly idleMs: number;
  readonly pace?: Pace | undefined;
  readonly traffic?: Traffic | undefined;
}

/** The body of a request; with a pace it is a stream, made anew for each attempt. */
export function sentBody(bytes: Uint8Array, pace: Pace | undefined) {
  if (pace === undefined || bytes.length === 0) return { Body: bytes };
  return { Body: Readable.from(pace.paced(bytes), { objectMode: false }), ContentLength: bytes.length };
}

/**
 * All bytes of the body; undefined when they are more than `maxBytes`.
 * @throws Error with code ETIMEDOUT when it stands still, ECONNRESET when it ends early
 */
export async function bodyOf(
  { Body, ContentLength }: { readonly Body?: unknown; readonly ContentLength?: number | undefined },
  { maxBytes, idleMs, pace, traffic }: BodyLimits,
): Promise<Uint8Array | undefined> {
  if (!(Body instanceof Readable)) return new Uint8Array();
  const parts: Buffer[] = [];
  let length = 0;
  let isPaced = false;
  const timer = setTimeout(() => {
    // It is we who let the server wait.
    if (isPaced) timer.refresh();
    else Body.destroy(failure('ETIMEDOUT', 'the answer stood still'));
  }, idleMs);
  try {
    if ((ContentLength ?? 0) > maxBytes) return undefined;
    for await (const part of Body) {
      isPaced = true;
      await pace?.take(part.length);
      isPaced = false;
      timer.refresh();
      parts.push(part);
      length += part.length;
      traffic?.received(part.length);
      if (length > maxBytes) return undefined;
    }
  } finally {
    clearTimeout(timer);
    // A body that is not read to its end would keep its connection, and the process.
    Body.destroy();
  }
  if (ContentLength !== undefined && length !== ContentLength)
    throw failure('ECONNRESET', 'the answer ended early');
  const whole = Buffer.concat(parts, length);
  return new Uint8Array(whole.buffer, whole.byteOffset, length);
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
