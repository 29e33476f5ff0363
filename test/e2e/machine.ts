/**
 * Somebody's machine: a home of its own, nothing of ours in the environment, and the installed command to run: as a process
 * or, where a test does not depend on that, within this one, which spares the time a process takes to start.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Io, Output } from '../../src/cli/app/io.ts';
import { systemKeychain } from '../../src/cli/app/keychain.ts';
import type { Clock } from '../../src/clock.ts';
import { systemClock } from '../../src/clock.ts';
import type { JsonObject } from '../../src/document/json.ts';
import { isObject } from '../../src/document/json.ts';
import { encodeKeyFile } from '../../src/store/access/key-file.ts';
import { minCost } from '../../src/store/format/key-slot.ts';
import { brokenPromises } from '../cli/json-outputs.ts';
import type { Installed } from './installed.ts';
import { installPackage } from './installed.ts';

/** How a command ended. */
export interface Finished {
  /** Exit code; -1 when a signal ended it. */
  readonly code: number;
  readonly out: Buffer;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: { readonly [name: string]: string };
  /** Working folder; the home by default. */
  readonly cwd?: string;
  /** Lets the command's clock run fast; for what waits between attempts. */
  readonly isHasty?: boolean;
  /** As a process, also on a machine that runs commands within this one; then even timeouts are hasty. */
  readonly isProcess?: boolean;
  /** Interrupts a command that runs in this process. */
  readonly signal?: AbortSignal;
  /** Shell words that come before the command, as a process: `ulimit -n 32`. */
  readonly before?: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** Where Notion answers, as the environment says it. */
export interface Served {
  readonly url: string;
  readonly token?: string;
}

const anyToken = 'ntn_e2e0token0that0stands0for0nothing0';
const hastyTime = new URL('hasty-time.mjs', import.meta.url).href;

interface Program {
  main(argv: readonly string[], io: Io): Promise<number>;
}

export interface MachineOptions {
  /** True to run commands within this process. */
  readonly isHere?: boolean;
}

export class Machine {
  readonly home: string;
  /** A path, or the address of a store elsewhere. */
  store: string;
  readonly keyFile: string;
  /** Of every run; tests may add to it. */
  readonly env: { [name: string]: string };
  readonly #installed: Installed;
  readonly #isHere: boolean;

  constructor(installed: Installed, { isHere = false }: MachineOptions = {}) {
    this.#installed = installed;
    this.#isHere = isHere;
    this.home = realpathSync(mkdtempSync(join(tmpdir(), 'notion-kloset-home-')));
    this.store = this.path('store');
    this.keyFile = this.path('key');
    mkdirSync(this.path('tmp'));
    writeFileSync(this.keyFile, encodeKeyFile(Buffer.alloc(32, 7)), { mode: 0o600 });
    this.env = {
      PATH: process.env.PATH ?? '',
      HOME: this.home,
      TMPDIR: this.path('tmp'),
      XDG_CONFIG_HOME: this.path('config'),
      XDG_CACHE_HOME: this.path('cache'),
      XDG_DATA_HOME: this.path('data'),
    };
  }

  /** A path in the home. */
  path(...parts: readonly string[]): string {
    return join(this.home, ...parts);
  }

  /** From now on commands find Notion there. */
  connect({ url, token = anyToken }: Served): void {
    this.env.NOTION_API_URL = url;
    this.env.NOTION_TOKEN = token;
  }

  /** Starts the command and leaves it running. */
  start(
    words: readonly string[],
    { env = {}, cwd = this.home, isHasty = false, before }: RunOptions = {},
  ): Running {
    const hasty = isHasty ? { NODE_OPTIONS: `--import=${hastyTime}` } : {};
    const line = [process.execPath, this.#installed.command, ...words];
    const [file = '', ...rest] =
      before === undefined ? line : ['/bin/sh', '-c', `${before}; exec "$@"`, 'sh', ...line];
    const child = spawn(file, rest, {
      cwd,
      env: { ...this.env, ...hasty, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
    const finished = new Promise<Finished>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        const out = Buffer.concat(stdout);
        resolve({
          code: code ?? -1,
          out,
          stdout: out.toString('utf8'),
          stderr: Buffer.concat(stderr).toString('utf8'),
        });
      });
    });
    return { process: child, finished };
  }

  /** Runs the command with exactly these words. */
  async run(words: readonly string[], options: RunOptions = {}): Promise<Finished> {
    const isHere = this.#isHere && options.isProcess !== true;
    const finished = await (isHere ? this.#runHere(words, options) : this.start(words, options).finished);
    return await keptPromises(words, finished);
  }

  async #runHere(
    words: readonly string[],
    { env = {}, cwd = this.home, isHasty = false }: RunOptions,
  ): Promise<Finished> {
    const program = await loaded(this.#installed.modules ?? '');
    const [stdout, stderr] = [new KeptOutput(), new KeptOutput()];
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    const io: Io = {
      env: { ...this.env, ...env },
      cwd,
      stdout,
      stderr,
      clock: isHasty ? hastyClock() : systemClock,
      keychain: systemKeychain(signal),
      isInteractive: false,
      ask: (question) => Promise.reject(new Error(`There is nobody to ask: ${question}`)),
      input: async () => '',
      signal,
    };
    const code = await program.main(words, io);
    const out = stdout.bytes();
    return { code, out, stdout: out.toString('utf8'), stderr: stderr.bytes().toString('utf8') };
  }

  /** Runs a command of this machine's store, opened with the key file. */
  at(words: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return this.run(this.atWords(words), options);
  }

  /** The whole command line of `at`. */
  atWords(words: readonly string[]): string[] {
    return ['--keyfile', this.keyFile, 'at', this.store, ...words];
  }

  dispose(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** The end of a command, which broke no promise about what it prints for scripts. @throws Error when it did */
export async function keptPromises(words: readonly string[], finished: Finished): Promise<Finished> {
  const broken = finished.code === -1 ? [] : await brokenPromises(words, finished);
  if (broken.length > 0) throw new Error(broken.join('\n'));
  return finished;
}

/** The program within this process, where new passphrases are cheap, as those of the sources are in tests. */
async function loaded(folder: string): Promise<Program> {
  const program: Program = await import(join(folder, 'cli/main.js'));
  Object.assign((await import(join(folder, 'store/format/key-slot.js'))).defaultCost, minCost);
  return program;
}

/** As hasty-time.mjs has it. */
export function hastyClock(): Clock {
  const pace = 200;
  const begun = Date.now();
  return {
    now: () => Math.round(begun + (Date.now() - begun) * pace),
    sleep: (ms, signal) => systemClock.sleep(ms / pace, signal),
  };
}

class KeptOutput implements Output {
  readonly isTerminal = false;
  readonly #parts: Buffer[] = [];

  write(part: string | Uint8Array): void {
    this.#parts.push(Buffer.from(part));
  }

  async drained(): Promise<void> {}

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** Gives `use` a fresh machine with the package installed, and removes it afterwards. */
export async function withMachine<T>(
  use: (machine: Machine) => Promise<T>,
  options: MachineOptions = {},
): Promise<T> {
  const machine = await newMachine(options);
  try {
    return await use(machine);
  } finally {
    machine.dispose();
  }
}

/** A fresh machine, for test files that share one; to be disposed of. */
export async function newMachine(options: MachineOptions = {}): Promise<Machine> {
  return new Machine(await installPackage(), options);
}

/** The one JSON object that stands alone on stdout. @throws Error when anything else does */
export function jsonOf({ stdout, stderr, code }: Finished): JsonObject {
  try {
    const parsed: unknown = JSON.parse(stdout);
    if (isObject(parsed) && stdout.endsWith('}\n') && stdout.indexOf('\n') === stdout.length - 1)
      return parsed;
  } catch {
    // Said below.
  }
  throw new Error(`exit ${code}, stdout is not one JSON object: ${stdout.slice(0, 500)}\nstderr: ${stderr}`);
}
