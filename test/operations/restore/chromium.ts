/** A Chromium without a window, driven over a pipe by its own protocol. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** The program, or undefined where there is none. */
export const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

export interface Screen {
  readonly width: number;
  readonly height: number;
  readonly isDark?: boolean;
}

/** One browser with one page. */
export class Chromium {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #commands: Writable;
  readonly #waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  #events: { readonly method: string; readonly resolve: () => void }[] = [];
  #last = 0;
  #session = '';

  constructor(path: string) {
    this.#folder = mkdtempSync(join(tmpdir(), 'kloset-chromium-'));
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--hide-scrollbars',
      '--remote-debugging-pipe',
    ];
    this.#process = spawn(path, [...flags, `--user-data-dir=${this.#folder}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    this.#commands = this.#process.stdio[3] as Writable;
    this.#commands.on('error', () => undefined);
    let left = '';
    (this.#process.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => {
      const parts = (left + text).split('\0');
      left = parts.pop() ?? '';
      for (const part of parts) this.#take(JSON.parse(part));
    });
    this.#process.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Chromium ended.'));
    });
  }

  #take({ id, method, result, error }: Answer): void {
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id !== undefined) this.#waiting.delete(id);
    if (error !== undefined) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result);
    for (const event of this.#events) if (event.method === method) event.resolve();
    this.#events = this.#events.filter((event) => event.method !== method);
  }

  async #send<T>(method: string, params: object = {}): Promise<T> {
    this.#last += 1;
    const message = {
      id: this.#last,
      method,
      params,
      ...(this.#session === '' ? {} : { sessionId: this.#session }),
    };
    const answer = new Promise((resolve, reject) => this.#waiting.set(message.id, { resolve, reject }));
    this.#commands.write(`${JSON.stringify(message)}\0`);
    return (await answer) as T;
  }

  #event(method: string): Promise<void> {
    return new Promise((resolve) => this.#events.push({ method, resolve }));
  }

  /** Shows a file. */
  async open(file: string, screen: Screen): Promise<void> {
    if (this.#session === '') {
      const { targetId } = await this.#send<{ targetId: string }>('Target.createTarget', {
        url: 'about:blank',
      });
      const { sessionId } = await this.#send<{ sessionId: string }>('Target.attachToTarget', {
        targetId,
        flatten: true,
      });
      this.#session = sessionId;
      await this.#send('Page.enable');
    }
    await this.resize(screen);
    const loaded = this.#event('Page.loadEventFired');
    await this.#send('Page.navigate', {
      url: new URL(`file://${file.split('/').map(encodeURIComponent).join('/')}`).href,
    });
    await loaded;
  }

  async resize({ width, height, isDark = false }: Screen): Promise<void> {
    await this.#send('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await this.#send('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: isDark ? 'dark' : 'light' }],
    });
  }

  /** The value of `expression` in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.#send<{
      result: { value: T };
      exceptionDetails?: object;
    }>('Runtime.evaluate', {
      expression,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return result.value;
  }

  /** What is seen, as a PNG. */
  async picture(): Promise<Buffer> {
    const { data } = await this.#send<{ data: string }>('Page.captureScreenshot', { format: 'png' });
    return Buffer.from(data, 'base64');
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#session = '';
    this.#send('Browser.close').catch(() => undefined);
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(timer);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
