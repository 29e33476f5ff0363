/**
 * One GET of a media file, redirects followed and checked, the body as a stream with a stall time-out.
 * On `node:http` and not on fetch, because only there the checked address can be the one connected to.
 * No header carries the token.
 */
import type { IncomingMessage, RequestOptions } from 'node:http';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isProxied } from '../../proxy.ts';
import type { ApiUrl } from '../api/api-url.ts';
import type { MediaKind, Resolve } from './media-address.ts';
import { checkMediaUrl, isApiLoopback, PrivateAddressError, publicLookup } from './media-address.ts';
import { mediaError } from './media-failure.ts';

export interface MediaRequest {
  readonly url: string;
  readonly kind: MediaKind;
  readonly apiUrl: ApiUrl;
  readonly headers: { readonly [name: string]: string };
  /** The time-out of the head, and of each piece of the body, in ms of real time. */
  readonly stallMs: number;
  readonly signal?: AbortSignal;
  readonly resolve?: Resolve;
}

/** The head of an answer and its body, which must be read or cancelled. */
export interface MediaAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** Rejects when the connection breaks or stalls. */
  readonly body: AsyncIterable<Uint8Array>;
  cancel(): void;
}

/** No answer, no more of it, or not all of it: worth another attempt. */
export class BrokenMediaConnection extends Error {}

const maxRedirects = 5;
const userAgent = 'notion-kloset';

/**
 * Opens `request.url`; 3xx answers are followed.
 * @throws KlosetError `forbidden` or `refused` (MediaFailure); BrokenMediaConnection when no answer came.
 */
export async function openMedia(request: MediaRequest): Promise<MediaAnswer> {
  let url = checkMediaUrl(request.url, request.kind, request.apiUrl);
  for (let redirects = 0; ; redirects += 1) {
    if (isProxied() && isGuarded(url, request)) await checkHost(url, request);
    const response = await head(url, request);
    const location = response.headers.location;
    const status = response.statusCode ?? 0;
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined)
      return answerOf(response, request);
    response.destroy();
    if (redirects >= maxRedirects) throw mediaError('refused', request.url, 'redirects too often.', status);
    const next = URL.canParse(location, url.href) ? new URL(location, url).href : location;
    url = checkMediaUrl(next, request.kind, request.apiUrl);
  }
}

function head(url: URL, request: MediaRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const isSecure = url.protocol === 'https:';
    const outgoing = (isSecure ? httpsRequest : httpRequest)(url, requestOptions(url, request, isSecure));
    const timer = setTimeout(() => outgoing.destroy(new BrokenMediaConnection('no answer')), request.stallMs);
    outgoing.on('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      reject(explain(error, request));
    });
    outgoing.end();
  });
}

function requestOptions(url: URL, request: MediaRequest, isSecure: boolean): RequestOptions {
  return {
    method: 'GET',
    headers: { 'user-agent': userAgent, accept: '*/*', 'accept-encoding': 'identity', ...request.headers },
    ...(request.signal === undefined ? {} : { signal: request.signal }),
    // A shared agent would hand out connections opened without the guard. A proxy connects by itself.
    ...(isGuarded(url, request) && !isProxied()
      ? { agent: isSecure ? new HttpsAgent() : new HttpAgent(), lookup: publicLookup(request.resolve) }
      : {}),
  };
}

/** External addresses are anybody's. */
function isGuarded(url: URL, { kind, apiUrl }: MediaRequest): boolean {
  return kind === 'external' && !isApiLoopback(url, kind, apiUrl);
}

/**
 * Refuses a host whose name leads into a private network here. One that is not known here is left to the proxy, which has to guard
 * its own network.
 */
async function checkHost(url: URL, request: MediaRequest): Promise<void> {
  const problem = await new Promise((resolve) =>
    publicLookup(request.resolve)(url.hostname, { all: true }, resolve),
  );
  if (problem instanceof PrivateAddressError) throw explain(problem, request);
}

function explain(error: Error, request: MediaRequest): unknown {
  if (request.signal?.aborted) return request.signal.reason;
  if (error instanceof PrivateAddressError) {
    return mediaError('forbidden', request.url, 'not fetched, because the host lies in a private network.');
  }
  return new BrokenMediaConnection(codeOf(error));
}

function answerOf(response: IncomingMessage, request: MediaRequest): MediaAnswer {
  return {
    status: response.statusCode ?? 0,
    header: (name) => {
      const value = response.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    body: bodyOf(response, request),
    cancel: () => response.destroy(),
  };
}

/** The stall timer runs only while we wait for the network: a slow reader is not a stall. */
async function* bodyOf(response: IncomingMessage, request: MediaRequest): AsyncGenerator<Uint8Array> {
  const pieces: AsyncIterator<Uint8Array> = response[Symbol.asyncIterator]();
  try {
    for (;;) {
      const timer = setTimeout(() => response.destroy(new BrokenMediaConnection('stalled')), request.stallMs);
      const piece = await pieces.next().finally(() => clearTimeout(timer));
      if (piece.done === true) return;
      yield piece.value;
    }
  } catch (error) {
    if (request.signal?.aborted) throw request.signal.reason;
    throw error instanceof BrokenMediaConnection ? error : new BrokenMediaConnection(codeOf(error));
  } finally {
    response.destroy();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'connection lost';
}
