/** The simulated Notion: an HTTP server on loopback, with its workspace, clock, faults and log at hand. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { allRoutes } from './all-routes.ts';
import { Budget } from './budget.ts';
import type { SimulatorClock } from './conditions/clock.ts';
import { RealClock, VirtualClock } from './conditions/clock.ts';
import type { FaultRates, Faults } from './conditions/faults.ts';
import { createFaults } from './conditions/faults.ts';
import { NotionClock } from './conditions/notion-clock.ts';
import type { World } from './exchange.ts';
import { answer } from './exchange.ts';
import { maxBodyBytes } from './gate.ts';
import { Link } from './link.ts';
import { isMediaPath, serveMedia } from './media.ts';
import type { Capability } from './protocol/routes.ts';
import { createRouter } from './protocol/routes.ts';
import { Sessions } from './protocol/sessions.ts';
import { Disruption } from './strike.ts';
import { seededRandom } from './workspace/random.ts';
import type { State } from './workspace/state.ts';
import { createState } from './workspace/state.ts';

export interface SimulatorOptions {
  /** The workspace served; an empty one by default. */
  readonly state?: State;
  /** Budget per 60-second window; 0, the default, for no limit. */
  readonly requestsPerMinute?: number;
  /** Latency of each request, in milliseconds of the simulator's clock; 0 by default. */
  readonly latencyMs?: number;
  /** Bytes a second that the file host sends, shared by all downloads; 0, the default, for no limit. */
  readonly mediaBytesPerSecond?: number;
  readonly faults?: Partial<FaultRates>;
  /** Repeats faults, shuffles and request ids. */
  readonly seed?: number;
  /** All by default; a real new connection lacks those for comments. */
  readonly capabilities?: readonly Capability[];
  /**
   * `virtual` by default: hours pass in milliseconds, for clients in this process that sleep on the simulator's clock.
   * `real` follows the wall clock, for clients in other processes: told to wait, they wait outside.
   */
  readonly clock?: 'virtual' | 'real' | SimulatorClock;
  /** Milliseconds Notion's clock stands ahead of the client's; 0 by default, negative for behind. */
  readonly notionAheadMs?: number;
  /** The answer to a request for comments that the connection may not make; 403 by default. */
  readonly commentRefusal?: 403 | 404;
  /** Keeps the JSON bodies of requests in the log, for tests that judge what a client sends. */
  readonly logsBodies?: boolean;
  /** The only token accepted. */
  readonly token?: string;
  /** 0, the default, for any free port. */
  readonly port?: number;
}

/** One request as it was received. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** 0 while under way, and for a connection broken without an answer. */
  status: number;
  /** Time of arrival, in milliseconds of the client's clock. */
  readonly time: number;
  /** Sent before the Retry-After of an earlier answer had passed. */
  readonly ignoredRetryAfter: boolean;
  /** The body as it was sent, with `logsBodies`; undefined for multipart and for none. */
  body?: string;
}

export interface Simulator {
  /** `http://127.0.0.1:port`, to which clients add `/v1`. */
  readonly url: string;
  readonly token: string;
  readonly state: State;
  /** The client's clock. */
  readonly clock: SimulatorClock;
  /** The clock all of Notion's times follow: those of objects, of signed URLs and of the Date header. */
  readonly notionClock: NotionClock;
  readonly faults: Faults;
  readonly budget: Budget;
  readonly log: LoggedRequest[];
  /** Media paths to which a client sent its token. */
  readonly tokenLeaks: string[];
  /** Failures of the simulator itself; tests expect none. */
  readonly bugs: unknown[];
  close(): Promise<void>;
}

export const allCapabilities: readonly Capability[] = [
  'read_content',
  'update_content',
  'insert_content',
  'read_comments',
  'insert_comments',
  'read_users',
  'read_emails',
];

/** Those a new connection has before somebody adds more: none for comments. */
export const defaultCapabilities = capabilitiesWithout('read_comments', 'insert_comments');

/** All capabilities but some, for `SimulatorOptions.capabilities`. */
export function capabilitiesWithout(...missing: readonly Capability[]): readonly Capability[] {
  return allCapabilities.filter((capability) => !missing.includes(capability));
}

/** Starts a simulator on 127.0.0.1. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { clock: chosen = 'virtual' } = options;
  const clock = chosen === 'virtual' ? new VirtualClock() : chosen === 'real' ? new RealClock() : chosen;
  const notionClock = new NotionClock(clock, options.notionAheadMs);
  const world = createWorld(options, clock, notionClock);
  const handler = new RequestHandler(world, clock, options.logsBodies ?? false);
  const server = createServer((request, response) => void handler.receive(request, response));
  // Connections stay open until the client or `close` ends them: time-outs in real time have no place here.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.on('connection', () => clock.wake());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  handler.origin = `http://127.0.0.1:${port}`;
  return {
    url: handler.origin,
    token: world.token,
    state: world.state,
    clock,
    notionClock,
    faults: world.faults,
    budget: world.budget,
    log: handler.log,
    tokenLeaks: handler.tokenLeaks,
    bugs: handler.bugs,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function createWorld(options: SimulatorOptions, clientClock: SimulatorClock, clock: NotionClock): World {
  const seed = options.seed ?? 1;
  const random = seededRandom(seed + 1);
  return {
    state: options.state ?? createState({ seed }),
    clock,
    faults: createFaults(options.faults, seed + 2),
    random,
    sessions: new Sessions(random),
    budget: new Budget(options.requestsPerMinute ?? 0, clientClock),
    token: options.token ?? 'ntn_simulated0token0of0no0value',
    capabilities: new Set(options.capabilities ?? allCapabilities),
    commentRefusal: options.commentRefusal ?? 403,
    latencyMs: options.latencyMs ?? 0,
    mediaLink: new Link(clientClock, options.mediaBytesPerSecond ?? 0),
    route: createRouter(allRoutes),
    writing: new Set(),
  };
}

/** Takes requests in, keeps the log, and hands answers out. */
class RequestHandler {
  origin = '';
  readonly log: LoggedRequest[] = [];
  readonly tokenLeaks: string[] = [];
  readonly bugs: unknown[] = [];
  readonly #world: World;
  readonly #clock: SimulatorClock;
  readonly #logsBodies: boolean;
  /** Times at which the last Retry-After was sent and at which it has passed. */
  #waitFrom = 0;
  #waitUntil = 0;

  constructor(world: World, clock: SimulatorClock, logsBodies: boolean) {
    this.#world = world;
    this.#clock = clock;
    this.#logsBodies = logsBodies;
  }

  /** Handles one request from its first byte to the last of its answer; time stands still but for latency and line. */
  async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const clock = this.#clock;
    let release = clock.hold();
    const date = () => response.setHeader('date', new Date(this.#world.clock.now()).toUTCString());
    date();
    response.on('close', () => release());
    const wait = async (ms: number) => {
      if (ms === 0) return;
      release();
      await clock.sleep(ms);
      if (!response.destroyed) release = clock.hold();
    };
    const pass = async () => {
      await wait(this.#world.latencyMs);
      if (!response.destroyed) date();
    };
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const entry = this.#enter(request, url);
    try {
      const rawBody = await readBody(request);
      const isJson = request.headers['content-type']?.startsWith('application/json') === true;
      if (this.#logsBodies && isJson && rawBody.length > 0) entry.body = new TextDecoder().decode(rawBody);
      if (isMediaPath(url.pathname)) await this.#media(request, response, url, entry, { pass, wait });
      else await this.#api(request, response, url, rawBody, entry, pass);
    } catch (error) {
      if (error instanceof Disruption) this.#disrupt(error, request, response, entry, () => release());
      else this.#reportBug(error, response);
    }
  }

  #enter(request: IncomingMessage, url: URL): LoggedRequest {
    const time = this.#clock.now();
    const entry: LoggedRequest = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.search,
      status: 0,
      time,
      ignoredRetryAfter: !isMediaPath(url.pathname) && time > this.#waitFrom && time < this.#waitUntil,
    };
    this.log.push(entry);
    return entry;
  }

  async #media(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    entry: LoggedRequest,
    { pass, wait }: { pass: () => Promise<void>; wait: (ms: number) => Promise<void> },
  ): Promise<void> {
    if (request.headers.authorization !== undefined) this.tokenLeaks.push(url.pathname);
    await pass();
    entry.status = await serveMedia(
      this.#world,
      { method: entry.method, path: url.pathname, query: url.searchParams, headers: request.headers },
      response,
      wait,
    );
  }

  async #api(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    rawBody: Uint8Array,
    entry: LoggedRequest,
    pass: () => Promise<void>,
  ): Promise<void> {
    const { status, headers, body, isCut } = await answer(
      this.#world,
      {
        method: entry.method,
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        rawBody,
        origin: this.origin,
      },
      pass,
    );
    entry.status = status;
    this.#askToWait(headers['retry-after']);
    const text = JSON.stringify(body);
    response.writeHead(status, headers);
    if (isCut === true) breakOff(response, text);
    else response.end(text);
  }

  /** A handler failed in a way nobody meant: the test that created it must see it. */
  #reportBug(error: unknown, response: ServerResponse): void {
    this.bugs.push(error);
    if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
    response.end(`Bug in the simulator: ${error instanceof Error ? error.stack : String(error)}`);
  }

  #askToWait(retryAfter: string | undefined): void {
    if (retryAfter === undefined) return;
    this.#waitFrom = this.#clock.now();
    this.#waitUntil = Math.max(this.#waitUntil, this.#waitFrom + Number(retryAfter) * 1_000);
  }

  #disrupt(
    disruption: Disruption,
    request: IncomingMessage,
    response: ServerResponse,
    entry: LoggedRequest,
    release: () => void,
  ): void {
    // Silence lets time pass, so that the client's time-out can come.
    if (disruption.kind === 'hang') {
      release();
      return;
    }
    if (disruption.kind === 'reset') {
      request.socket.destroy();
      return;
    }
    entry.status = disruption.status;
    if (disruption.kind === 'bodiless') {
      response.writeHead(disruption.status).end();
      return;
    }
    response.writeHead(disruption.status, { 'content-type': 'text/html; charset=UTF-8' });
    response.end(`<!DOCTYPE html><html><body><h1>${disruption.status}</h1></body></html>`);
  }
}

/** Half of the text, and then the end of the connection. */
function breakOff(response: ServerResponse, text: string): void {
  response.write(text.slice(0, text.length / 2), () => response.destroy());
}

/** The whole body, up to what any endpoint takes; the rest is read and dropped, and the length tells. */
async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) continue;
    length += chunk.length;
    if (length <= maxBodyBytes + 1) chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
