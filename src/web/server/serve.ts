/** The server: this machine's browser, with the token, reads pages; everybody else is refused. */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Clock } from '../../clock.ts';
import { isKlosetError, KlosetError, messageOf } from '../../errors.ts';
import type { Monitor } from '../../monitor.ts';
import { errorPage, refusalPage, welcomePage } from '../pages/notices.ts';
import type { Reply } from '../reply.ts';
import { htmlReply, jsonReply, redirect } from '../reply.ts';
import { words } from '../words.ts';
import type { Place } from './gate.ts';
import { isFromElsewhere, refusalOf, segmentsOf } from './gate.ts';
import type { Routes } from './routes.ts';
import { matchRoute } from './routes.ts';
import { send } from './send.ts';
import { Session } from './session.ts';

export interface ServeOptions {
  readonly routes: Routes;
  /** An address of this machine; 127.0.0.1 by default. */
  readonly host?: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly tls?: { readonly cert: Uint8Array; readonly key: Uint8Array } | undefined;
  /** Ends by itself when nobody asked for so long. */
  readonly idleMs?: number | undefined;
  readonly clock: Clock;
  readonly monitor: Monitor;
}

export interface Serving {
  /** The first address, with the token. */
  readonly url: string;
  readonly port: number;
  /** Resolves when it has been idle too long; never without `idleMs`. */
  readonly idle: Promise<void>;
  close(): Promise<void>;
}

/** A connection on which nothing moves for so long is closed. */
const stalledMs = 30_000;
const headersMs = 10_000;
const maxConnections = 200;

/** Listens. @throws KlosetError `unavailable` for a port that is taken, `usage` for an address that is not of this machine */
export async function serve({
  host = '127.0.0.1',
  port,
  tls,
  idleMs,
  ...options
}: ServeOptions): Promise<Serving> {
  const scheme = tls === undefined ? 'http' : 'https';
  const session = new Session({ isSecure: tls !== undefined });
  let last = options.clock.now();
  let place: Place = { scheme, host, port };
  const listener: RequestListener = (request, response) => {
    last = options.clock.now();
    void answer({ session, place, ...options }, request, response);
  };
  const limits = { headersTimeout: headersMs, requestTimeout: headersMs, maxHeaderSize: 16_384 };
  const server = tls === undefined ? createServer(limits, listener) : tlsServer(tls, limits, listener);
  server.maxConnections = maxConnections;
  server.setTimeout(stalledMs, (socket) => socket.destroy());
  place = { ...place, port: await listening(server, host, port) };
  const ended = idleMs === undefined ? never() : idleFor(options.clock, idleMs, () => last);
  // An address that stands for all of them cannot be asked for itself.
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  const shown = name.includes(':') ? `[${name}]` : name;
  return {
    url: `${scheme}://${shown}:${place.port}/?token=${session.token}`,
    port: place.port,
    idle: ended.promise,
    async close() {
      ended.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** @throws KlosetError `usage` for a certificate or key that cannot be used */
function tlsServer(
  { cert, key }: NonNullable<ServeOptions['tls']>,
  limits: object,
  listener: RequestListener,
): Server {
  try {
    return createTlsServer({ ...limits, cert: Buffer.from(cert), key: Buffer.from(key) }, listener);
  } catch (error) {
    throw new KlosetError('usage', `The certificate and its key cannot be used: ${messageOf(error)}`, {
      hint: 'Give both as PEM files that belong together.',
      cause: error,
    });
  }
}

function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): KlosetError {
  const where = `${host}:${port}`;
  if (error.code === 'EADDRINUSE')
    return new KlosetError('unavailable', `Another program listens on ${where}.`, {
      hint: 'Give another port with --port, or 0 for any free one.',
      cause: error,
    });
  if (error.code === 'EACCES')
    return new KlosetError('unavailable', `The system does not let this user listen on ${where}.`, {
      hint: 'Give a port above 1023 with --port.',
      cause: error,
    });
  return new KlosetError('usage', `Cannot listen on ${where}: ${error.message}`, {
    hint: 'Give an address of this machine with --listen.',
    cause: error,
  });
}

interface Context extends Pick<ServeOptions, 'routes' | 'clock' | 'monitor'> {
  readonly session: Session;
  readonly place: Place;
}

async function answer(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await send(request, response, await replyTo(context, request));
  } catch (error) {
    if (!response.headersSent) response.destroy();
    context.monitor.report({ type: 'warning', message: `${words.failed}: ${messageOf(error)}` });
  }
}

async function replyTo(context: Context, request: IncomingMessage): Promise<Reply> {
  const { session, place, routes } = context;
  const refusal = refusalOf(request, place);
  if (refusal !== undefined) return refused(refusal.status, refusal.reason);
  const [path = '/', search = ''] = splitOnce(request.url ?? '/', '?');
  const parts = segmentsOf(path);
  if (parts === undefined) return refused(400, words.refused.address);
  const query = new URLSearchParams(search);
  const token = query.get('token');
  if (token !== null) return welcome(context, request, { token, path, query });
  if (isFromElsewhere(request)) return refused(403, words.refused.elsewhere);
  if (!session.isKnown(request.headers, place.port)) return refused(403, words.refused.unknown);
  const match = matchRoute(routes, parts);
  if (match === undefined) return htmlReply(errorPage(words.errors.noPage, words.errors.noPageHint), 404);
  try {
    return await match.answer({ params: match.params, query, range: request.headers.range });
  } catch (error) {
    return failed(context, error, parts[0] === 'api');
  }
}

/**
 * The first visit: the cookie is set and the token leaves the address. A browser that comes from elsewhere (a file, a mail) does not
 * send a strict cookie along with a redirect; a page of ours that goes on by itself is a beginning of our own.
 */
function welcome(
  { session, place }: Context,
  request: IncomingMessage,
  { token, path, query }: { readonly token: string; readonly path: string; readonly query: URLSearchParams },
): Reply {
  if (!session.isToken(token)) return refused(403, words.refused.unknown);
  query.delete('token');
  const rest = query.toString();
  // Two slashes would begin the name of another host.
  const clean = `/${path.replace(/^\/+/, '')}${rest === '' ? '' : `?${rest}`}`;
  const cookie = { 'Set-Cookie': session.cookieHeader(place.port) };
  if (!isFromElsewhere(request)) return redirect(clean, cookie);
  const reply = htmlReply(welcomePage(clean));
  return { ...reply, headers: { ...reply.headers, ...cookie } };
}

const statuses: { readonly [code: string]: number } = {
  'not-found': 404,
  usage: 400,
  integrity: 502,
  unavailable: 503,
  temporary: 503,
};

function failed({ monitor }: Context, error: unknown, asJson: boolean): Reply {
  if (isKlosetError(error) && asJson) {
    const { code, message, hint } = error;
    return jsonReply(
      { error: { code, message, ...(hint === undefined ? {} : { hint }) } },
      statuses[code] ?? 500,
    );
  }
  if (isKlosetError(error))
    return htmlReply(errorPage(error.message, error.hint ?? ''), statuses[error.code] ?? 500);
  monitor.report({ type: 'warning', message: `${words.failed}: ${messageOf(error)}` });
  return htmlReply(errorPage(words.errors.bug, messageOf(error)), 500);
}

function refused(status: number, reason: string): Reply {
  const reply = htmlReply(refusalPage(reason), status);
  return status === 405 ? { ...reply, headers: { ...reply.headers, Allow: 'GET, HEAD' } } : reply;
}

function splitOnce(text: string, sign: string): string[] {
  const at = text.indexOf(sign);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function never() {
  return { promise: new Promise<void>(() => {}), stop() {} };
}

/** Resolves when the last request is `idleMs` ago. */
function idleFor(clock: Clock, idleMs: number, lastMs: () => number) {
  const stop = new AbortController();
  const promise = (async () => {
    for (;;) {
      const left = lastMs() + idleMs - clock.now();
      if (left <= 0) return;
      try {
        await clock.sleep(left, stop.signal);
      } catch {
        await never().promise;
      }
    }
  })();
  return { promise, stop: () => stop.abort() };
}
