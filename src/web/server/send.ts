/** Sends an answer no faster than it is read, and stops when its reader goes away or falls asleep. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Reply } from '../reply.ts';

/** Headers of every answer. What is read here stays in no cache of the browser. */
const everywhere = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Robots-Tag': 'noindex',
};

/** Writes `reply`; its body is not read for HEAD. A reader that breaks off is not an error. */
export async function send(
  request: Pick<IncomingMessage, 'method'>,
  response: ServerResponse,
  { status, headers, body }: Reply,
): Promise<void> {
  const whole = typeof body === 'string' ? Buffer.from(body) : body instanceof Uint8Array ? body : undefined;
  response.writeHead(status, {
    ...everywhere,
    ...(whole === undefined ? {} : { 'Content-Length': String(whole.length) }),
    ...headers,
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  if (whole !== undefined) {
    response.end(whole);
    return;
  }
  try {
    await pipeline(Readable.from(body as AsyncIterable<string | Uint8Array>), response);
  } catch (error) {
    // The head is out: only a broken connection tells the reader that the rest is missing.
    response.destroy();
    if (!isGone(error)) throw error;
  }
}

function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return ['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED', 'ECONNRESET', 'EPIPE', 'ABORT_ERR'].includes(
    code,
  );
}
