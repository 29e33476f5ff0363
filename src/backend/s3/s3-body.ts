/** Bodies of requests and answers: at the pace that is allowed, no more than expected, and not waited for without end. */
import { Readable } from 'node:stream';
import { letGo, roomFor } from '../../large-bytes.ts';
import type { Pace } from '../../pace.ts';
import type { Traffic } from '../remote/traffic.ts';

/** Room for a body whose length nobody tells. */
const firstBytes = 64 * 1024;

export interface BodyLimits {
  readonly maxBytes: number;
  /** Milliseconds without a byte after which the connection counts as dead. */
  readonly idleMs: number;
  /** Cuts the body off. */
  readonly interrupt?: AbortSignal | undefined;
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
 * @throws Error with code ETIMEDOUT when it stands still, ECONNRESET when it ends early or is cut off by `interrupt`
 */
export async function bodyOf(
  { Body, ContentLength }: { readonly Body?: unknown; readonly ContentLength?: number | undefined },
  { maxBytes, idleMs, interrupt, pace, traffic }: BodyLimits,
): Promise<Uint8Array | undefined> {
  if (!(Body instanceof Readable)) return new Uint8Array();
  let whole: Uint8Array = roomFor(Math.min(ContentLength ?? firstBytes, maxBytes));
  let length = 0;
  let isPaced = false;
  const timer = setTimeout(() => {
    // It is we who let the server wait.
    if (isPaced) timer.refresh();
    else Body.destroy(failure('ETIMEDOUT', 'the answer stood still'));
  }, idleMs);
  const cut = (): void => void Body.destroy(failure('ECONNRESET', 'the answer was cut off'));
  interrupt?.addEventListener('abort', cut);
  try {
    if (interrupt?.aborted === true) cut();
    if ((ContentLength ?? 0) > maxBytes) return undefined;
    for await (const part of Body) {
      isPaced = true;
      await pace?.take(part.length);
      isPaced = false;
      timer.refresh();
      traffic?.received(part.length);
      if (length + part.length > maxBytes) return undefined;
      whole = withRoom(whole, length, part.length);
      whole.set(part, length);
      length += part.length;
      // Copied while it is in the processor's cache; the next part comes to lie in the same memory.
      letGo(part);
    }
  } finally {
    clearTimeout(timer);
    interrupt?.removeEventListener('abort', cut);
    // A body that is not read to its end would keep its connection, and the process.
    Body.destroy();
  }
  if (ContentLength !== undefined && length !== ContentLength)
    throw failure('ECONNRESET', 'the answer ended early');
  return whole.subarray(0, length);
}

/** `whole`, of which `length` bytes are taken, or a copy with room for `bytes` more. */
function withRoom(whole: Uint8Array, length: number, bytes: number): Uint8Array {
  if (length + bytes <= whole.length) return whole;
  const larger = roomFor(Math.max(2 * whole.length, length + bytes));
  larger.set(whole.subarray(0, length));
  return larger;
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
