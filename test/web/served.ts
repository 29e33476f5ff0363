/** The web view of a machine's store, started by its own command, and a browser of few words to ask it with. */
import { setMaxListeners } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:http';
import { main } from '../../src/cli/main.ts';
import { fakeIo } from '../cli/fake-io.ts';
import type { Machine } from '../e2e/machine.ts';

export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: { readonly [name: string]: string };
}

/** A running `ui`. */
export class Served {
  /** The address that the command printed, with its token. */
  readonly url: URL;
  readonly port: number;
  /** All that the command printed on stderr so far. */
  readonly err: () => string;
  /** The exit code, once it has ended. */
  readonly finished: Promise<number>;
  readonly #stop: AbortController;
  cookie = '';

  constructor(url: URL, err: () => string, finished: Promise<number>, stop: AbortController) {
    this.url = url;
    this.port = Number(url.port);
    this.err = err;
    this.finished = finished;
    this.#stop = stop;
  }

  /** Asks as our own page would: with the cookie, and with exactly this path. */
  get(path: string, { method = 'GET', headers = {} }: AskOptions = {}): Promise<Got> {
    const own = this.cookie === '' ? {} : { Cookie: this.cookie };
    return new Promise((resolve, reject) => {
      const asked = request(
        { host: '127.0.0.1', port: this.port, path, method, headers: { ...own, ...headers }, agent: false },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            const bytes = Buffer.concat(parts);
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              bytes,
              text: bytes.toString('utf8'),
            });
          });
        },
      );
      asked.on('error', reject);
      asked.end();
    });
  }

  /** The text of a page. @throws Error when it is not shown */
  async page(path: string): Promise<string> {
    const { status, text } = await this.get(path);
    if (status !== 200) throw new Error(`${path}: ${status} ${text.slice(0, 2000)}`);
    return text;
  }

  /** Ends the command as Ctrl-C does; gives its exit code. */
  stop(): Promise<number> {
    this.#stop.abort();
    return this.finished;
  }
}

/** Starts `ui` on the machine's store and takes the cookie. `words` are further flags. */
export async function serveStore(machine: Machine, ...words: readonly string[]): Promise<Served> {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const io = { ...fakeIo(machine.env, machine.home), signal: stop.signal };
  let told: (url: URL) => void = () => undefined;
  const printed = new Promise<URL>((resolve) => {
    told = resolve;
  });
  const stdout = {
    ...io.stdout,
    write: (part: string | Uint8Array) => {
      io.stdout.write(part);
      const url = /https?:\/\/[^\s"]+/.exec(String(part))?.[0];
      if (url !== undefined) told(new URL(url));
    },
  };
  const finished = main([...machine.atWords(['ui', '--no-open', ...words])], { ...io, stdout });
  const url = await Promise.race([
    printed,
    finished.then((code) => {
      throw new Error(`ui ended with ${code}: ${io.err()}`);
    }),
  ]);
  const served = new Served(url, io.err, finished, stop);
  if (url.protocol === 'http:') {
    const first = await served.get(`${url.pathname}${url.search}`);
    served.cookie = (first.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
  }
  return served;
}
