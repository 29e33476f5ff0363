/** Somebody's machine for attacks: its commands run in this process, with another clock, a failing disk or a umask when asked. */
import { mkdtempSync, promises, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../src/cli/main.ts';
import { encodeKeyFile } from '../../../src/store/access/key-file.ts';
import { KeptFolder } from '../../kept-folder.ts';
import { fakeIo } from '../fake-io.ts';

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: { readonly [name: string]: string };
  readonly stdin?: string;
  /** What the user answers, one after the other; without any nobody is asked. */
  readonly answers?: readonly string[];
  /** The clock of the command runs ahead by so much. */
  readonly shiftMs?: number;
  readonly umask?: number;
  /** Opening a path of this pattern fails with the code. */
  readonly unreadable?: { readonly path: RegExp; readonly code: string };
  /** Called, and waited for, before the first object whose path fits is put into the store. */
  readonly gate?: { readonly before: RegExp; pass(): Promise<void> };
}

const realCalls = { open: promises.open, link: promises.link };

export class Laptop {
  readonly home: string;
  readonly store: string;
  readonly keyFile: string;
  /** Of every run; tests may add to it. */
  readonly env: { [name: string]: string };
  #kept: KeptFolder | undefined;

  constructor() {
    this.home = realpathSync(mkdtempSync(join(tmpdir(), 'kloset-attack-')));
    this.store = this.path('store');
    this.keyFile = this.path('key');
    writeFileSync(this.keyFile, keyFileOf(7), { mode: 0o600 });
    this.env = {
      HOME: this.home,
      XDG_CONFIG_HOME: this.path('config'),
      XDG_CACHE_HOME: this.path('cache'),
      XDG_DATA_HOME: this.path('data'),
    };
  }

  /** A path in the home. */
  path(...parts: readonly string[]): string {
    return join(this.home, ...parts);
  }

  /** Runs a command of this machine's store, opened with the key file. */
  at(words: readonly string[], options: RunOptions = {}): Promise<Run> {
    return this.atPlace(this.store, words, options);
  }

  /** Runs a command of the store at `place`, however that is spelt. */
  atPlace(place: string, words: readonly string[], options: RunOptions = {}): Promise<Run> {
    return this.run(['--keyfile', this.keyFile, 'at', place, ...words], options);
  }

  async run(words: readonly string[], options: RunOptions = {}): Promise<Run> {
    const { env = {}, stdin = '', answers = [], shiftMs = 0, umask } = options;
    const io = fakeIo({ ...this.env, ...env }, this.home, [...answers], stdin);
    const clock = { now: () => Date.now() + shiftMs, sleep: io.clock.sleep };
    const umaskBefore = process.umask(umask ?? process.umask());
    replaceCalls(options);
    try {
      const code = await main(words, { ...io, clock });
      return { code, stdout: io.out(), stderr: io.err() };
    } finally {
      process.umask(umaskBefore);
      Object.assign(promises, realCalls);
      syncBuiltinESMExports();
    }
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
    this.#kept = new KeptFolder(this.home);
  }

  /** Brings the home back to what `keep` kept, at the same paths. */
  reset(): void {
    this.#kept?.putBack();
  }

  dispose(): void {
    rmSync(this.home, { recursive: true, force: true });
    this.#kept?.remove();
  }
}

/** Gives this process the system calls that a run is to meet. */
function replaceCalls({ unreadable, gate }: RunOptions): void {
  if (unreadable === undefined && gate === undefined) return;
  let isPassed = false;
  promises.open = async (path, ...rest) => {
    if (unreadable?.path.test(String(path)))
      throw Object.assign(new Error(`${unreadable.code}: refused, '${path}'`), { code: unreadable.code });
    return await realCalls.open(path, ...rest);
  };
  promises.link = async (from, to) => {
    if (!isPassed && gate?.before.test(String(to))) {
      isPassed = true;
      await gate.pass();
    }
    await realCalls.link(from, to);
  };
  syncBuiltinESMExports();
}

/** The text of a key file of 32 equal bytes. */
export function keyFileOf(byte: number): string {
  return encodeKeyFile(new Uint8Array(32).fill(byte));
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
