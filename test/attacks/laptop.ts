/**
 * Somebody's machine for attacks: runs the installed command as a process, ends it when it hangs, and can give it
 * another clock, a failing disk, a umask or a limit, as an attacker or a bad day would.
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { installPackage } from '../e2e/installed.ts';

// Other workers may keep the processors busy; what must be quick has a limit of its own.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

/** What the hooks give the command instead of the real thing; see hooks.mjs. */
export interface Hooks {
  readonly shiftMs?: number;
  readonly usageFile?: string;
  /** The code with which each link(2) fails. */
  readonly link?: string;
  /** The code with which opening a path of this pattern fails. */
  readonly open?: { readonly path: string; readonly code: string };
  /** Before it puts an object at a path of this pattern the command says so in one file and waits for the other. */
  readonly gate?: { readonly before: string; readonly reached: string; readonly opened: string };
  readonly flushLog?: string;
}

export interface Run {
  /** Exit code; -1 when a signal ended it, the hang limit's included. */
  readonly code: number;
  readonly isHung: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** Peak resident memory and processor time; absent when they were not asked for. */
  readonly peakMiB?: number;
  readonly cpuSeconds?: number;
}

export interface RunOptions {
  readonly env?: { readonly [name: string]: string };
  readonly hooks?: Hooks;
  readonly cwd?: string;
  readonly stdin?: string;
  /** Shell words that come before the command: `umask 000`. */
  readonly before?: string;
  /** A hang after so many seconds; generous, because the machine may be busy. */
  readonly seconds?: number;
  readonly isMeasured?: boolean;
}

export interface Started {
  readonly finished: Promise<Run>;
  kill(signal: NodeJS.Signals): void;
}

const hooksUrl = new URL('hooks.mjs', import.meta.url).href;
const hangSeconds = 120;

export class Laptop {
  readonly home: string;
  readonly store: string;
  readonly keyFile: string;
  /** Of every run; tests may add to it. */
  readonly env: { [name: string]: string };
  readonly #command: string;

  private constructor(command: string) {
    this.#command = command;
    this.home = realpathSync(mkdtempSync(join(tmpdir(), 'notion-kloset-attack-')));
    this.store = this.path('store');
    this.keyFile = this.path('key');
    mkdirSync(this.path('tmp'));
    this.#writeKey(7);
    this.env = {
      PATH: process.env.PATH ?? '',
      HOME: this.home,
      TMPDIR: this.path('tmp'),
      XDG_CONFIG_HOME: this.path('config'),
      XDG_CACHE_HOME: this.path('cache'),
      XDG_DATA_HOME: this.path('data'),
    };
  }

  static async new(): Promise<Laptop> {
    return new Laptop((await installPackage()).command);
  }

  /** A path in the home. */
  path(...parts: readonly string[]): string {
    return join(this.home, ...parts);
  }

  #writeKey(byte: number): void {
    writeFileSync(this.keyFile, keyFileOf(byte), { mode: 0o600 });
  }

  /** Runs a command of this machine's store, opened with the key file. */
  at(words: readonly string[], options: RunOptions = {}): Promise<Run> {
    return this.run(['--keyfile', this.keyFile, 'at', this.store, ...words], options);
  }

  /** Runs a command of the store at `place`, however that is spelt. */
  atPlace(place: string, words: readonly string[], options: RunOptions = {}): Promise<Run> {
    return this.run(['--keyfile', this.keyFile, 'at', place, ...words], options);
  }

  run(words: readonly string[], options: RunOptions = {}): Promise<Run> {
    return this.start(words, options).finished;
  }

  /** Starts the command and leaves it running. */
  start(words: readonly string[], options: RunOptions = {}): Started {
    const usageFile = this.path('tmp', 'usage');
    const hooks: Hooks = { ...(options.isMeasured === true ? { usageFile } : {}), ...options.hooks };
    rmSync(usageFile, { force: true });
    const hooked =
      Object.keys(hooks).length === 0
        ? {}
        : { NODE_OPTIONS: `--import=${hooksUrl}`, ATTACK_HOOKS: JSON.stringify(hooks) };
    const line = [process.execPath, this.#command, ...words];
    const [file = '', ...rest] =
      options.before === undefined ? line : ['/bin/sh', '-c', `${options.before}; exec "$@"`, 'sh', ...line];
    const child = spawn(file, rest, {
      cwd: options.cwd ?? this.home,
      env: { ...this.env, ...hooked, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
    // A command that ends without reading what it is given is no failure of ours.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
    let isHung = false;
    const limit = setTimeout(
      () => {
        isHung = true;
        child.kill('SIGKILL');
      },
      1000 * (options.seconds ?? hangSeconds),
    );
    const finished = new Promise<Run>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        clearTimeout(limit);
        resolve({
          code: code ?? -1,
          isHung,
          stdout: Buffer.concat(stdout).toString('utf8'),
          stderr: Buffer.concat(stderr).toString('utf8'),
          ...usageIn(usageFile),
        });
      });
    });
    return { finished, kill: (signal) => void child.kill(signal) };
  }

  /** A second machine: folders of its own, the same home and key file. The environment to run it with. */
  other(name: string): { readonly [variable: string]: string } {
    return {
      XDG_CONFIG_HOME: this.path(name, 'config'),
      XDG_CACHE_HOME: this.path(name, 'cache'),
      XDG_DATA_HOME: this.path(name, 'data'),
    };
  }

  /** A copy of the whole home beside it, to return to. */
  keep(): void {
    rmSync(this.#kept, { recursive: true, force: true });
    cpSync(this.home, this.#kept, { recursive: true, preserveTimestamps: true });
  }

  /** Brings the home back to what `keep` kept, at the same paths. */
  reset(): void {
    rmSync(this.home, { recursive: true, force: true });
    cpSync(this.#kept, this.home, { recursive: true, preserveTimestamps: true });
  }

  dispose(): void {
    for (const folder of [this.home, this.#kept]) rmSync(folder, { recursive: true, force: true });
  }

  get #kept(): string {
    return `${this.home}-kept`;
  }
}

function usageIn(file: string): Pick<Run, 'peakMiB' | 'cpuSeconds'> {
  if (!existsSync(file)) return {};
  const [kib = 0, microseconds = 0] = readFileSync(file, 'utf8').split(' ').map(Number);
  return { peakMiB: kib / 1024, cpuSeconds: microseconds / 1e6 };
}

/** The text of a key file of 32 equal bytes. */
export function keyFileOf(byte: number): string {
  return `NOTION-KLOSET-KEY-1 ${Buffer.alloc(32, byte).toString('hex')}\n`;
}

/** What a command printed under --json. @throws Error when stdout is anything else */
export function jsonOf(run: Run): { [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(run.stdout);
    if (isRecord(value)) return value;
  } catch {
    // Said below.
  }
  throw new Error(
    `exit ${run.code}, not one JSON object: ${run.stdout.slice(0, 500)}\nstderr: ${run.stderr.slice(0, 2000)}`,
  );
}

export function isRecord(value: unknown): value is { [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects in a list that a command printed. */
export function recordsIn(value: unknown): { [name: string]: unknown }[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
