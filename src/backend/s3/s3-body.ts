/** The body of an answer: no more than expected, and not waited for without end. */
import { Readable } from 'node:stream';

export interface BodyLimits {
  readonly maxBytes: number;
  /** Milliseconds without a byte after which the connection counts as dead. */
  readonly idleMs: number;
}

/**
 * All bytes of the body; undefined when they are more than `maxBytes`.
 * @throws Error with code ETIMEDOUT when it stands still, ECONNRESET when it ends early
 */
export async function bodyOf(
  { Body, ContentLength }: { readonly Body?: unknown; readonly ContentLength?: number | undefined },
  { maxBytes, idleMs }: BodyLimits,
): Promise<Uint8Array | undefined> {
  if (!(Body instanceof Readable)) return new Uint8Array();
  const parts: Buffer[] = [];
  let length = 0;
  const timer = setTimeout(() => Body.destroy(failure('ETIMEDOUT', 'the answer stood still')), idleMs);
  try {
    if ((ContentLength ?? 0) > maxBytes) return undefined;
    for await (const part of Body) {
      timer.refresh();
      parts.push(part);
      length += part.length;
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
