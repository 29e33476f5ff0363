/** The common equipment of all commands: the process, the global options, a printer and the exit code. */
import type { Command } from 'commander';
import type { Json } from '../../document/json.ts';
import { printable } from '../../document/names.ts';
import { snakeCased } from '../../document/snake-case.ts';
import type { KlosetError } from '../../errors.ts';
import type { Secret } from '../../store/format/key-slot.ts';
import { exitCodeOf, exitOk } from './exit-codes.ts';
import type { Io } from './io.ts';
import type { Progress } from './progress.ts';
import { createProgress, progressForm } from './progress.ts';
import { Transfer } from './transfer.ts';

export interface GlobalOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** Plakar's word for `quiet`. */
  readonly silent?: boolean;
  /** A form of progress; false for none. */
  readonly progress?: string | false;
  readonly concurrency?: string;
  readonly keyfile?: string;
  readonly apiUrl?: string;
  readonly rate?: string;
  readonly acceptSigner?: readonly string[];
  readonly acceptLoss?: boolean;
  readonly acceptConfig?: boolean;
  readonly acceptPlace?: boolean;
  readonly retryLock?: string;
  readonly parallel?: string;
  readonly limitUpload?: string;
  readonly limitDownload?: string;
  readonly appendOnly?: boolean;
}

/** Runs one command line as the program would, and gives its exit code. */
export type RunCommand = (argv: readonly string[], io: Io) => Promise<number>;

/** Registers one command. Each file of `commands/` exports one. */
export type Register = (program: Command, app: App) => void;

export interface AppOptions {
  /** `--progress json` stands on the command line, whether or not the rest of it can be read. */
  readonly hasJsonEvents?: boolean;
}

const warningWord = 'warning: ';

export class App {
  readonly io: Io;
  /** The store named by `at STORE`. */
  readonly store: string | undefined;
  /** Set when a command finished but must not count as a full success. */
  exitCode: number = exitOk;
  /** Secrets of stores by location, so that one run asks for each once. */
  readonly secrets = new Map<string, Secret>();
  /** The passphrase of this machine's identity, once it was given. */
  identityPassphrase: string | undefined;
  /** Told of the bytes that move to and from stores on other machines. */
  readonly transfer: Transfer;
  /** Figures of this run, for the history of this machine. */
  facts: { readonly [name: string]: Json } = {};
  /** True for a command that is run for what it prints, which is printed however quiet. */
  isAnswering = false;
  /** True when stderr is to hold events as JSON and nothing else. */
  readonly hasJsonEvents: boolean;
  /** True once this run has told that others can read the identity. */
  hasToldOfIdentity = false;
  #options: () => GlobalOptions = () => ({});
  #progress: Progress | undefined;
  readonly #told = new Set<string>();
  /** Lines that `--quiet` kept back. */
  #keptBack: string[] = [];
  #hasWarned = false;

  constructor(io: Io, store: string | undefined, { hasJsonEvents = false }: AppOptions = {}) {
    this.io = io;
    this.store = store;
    this.transfer = new Transfer(io.clock, () => this.progress);
    this.hasJsonEvents = hasJsonEvents;
  }

  /** Sets the source of the global options; they are known once the command line is parsed. */
  bind(options: () => GlobalOptions): void {
    this.#options = options;
  }

  get options(): GlobalOptions {
    return this.#options();
  }

  /** Receives the reports of long work and draws them on stderr. */
  get progress(): Progress {
    const { json = false, progress } = this.options;
    this.#progress ??= createProgress(this.io, progressForm(progress, this.isQuiet || json));
    return this.#progress;
  }

  /** True when warnings and errors alone are wanted. */
  get isQuiet(): boolean {
    return this.options.quiet === true || this.options.silent === true;
  }

  /** Ends the progress display; called before anything final is printed. */
  endProgress(): void {
    this.#progress?.stop();
  }

  /** A line for people on stdout. Text from Notion must come through here or `printable`. */
  line(text: string): void {
    if (this.options.json === true) return;
    if (this.isQuiet && !this.isAnswering) this.#keptBack.push(text);
    else this.lineOfOnce(text);
  }

  /** A line that is printed however quiet: what it holds is not to be had again. */
  lineOfOnce(text: string): void {
    if (this.options.json === true) return;
    this.endProgress();
    this.io.stdout.write(`${printable(text)}\n`);
  }

  /** Says on stderr what `--quiet` kept back of a command that did not end well and has not said why. */
  tellKeptBack(): void {
    if (this.exitCode !== exitOk && !this.#hasWarned) for (const text of this.#keptBack) this.warn(text);
    this.#keptBack = [];
  }

  /** Something a person has to know, once in a run. */
  tellOnce(message: string): void {
    if (this.#told.has(message)) return;
    this.#told.add(message);
    this.progress.report({ type: 'notice', message });
  }

  /** A line on stderr, printed even when quiet. */
  warn(text: string): void {
    this.#hasWarned = true;
    this.endProgress();
    if (!this.hasJsonEvents) this.io.stderr.write(`${printable(text)}\n`);
    else if (!text.startsWith(warningWord)) this.progress.report({ type: 'notice', message: text });
    else this.progress.report({ type: 'warning', message: text.slice(warningWord.length) });
  }

  /** The result: one JSON object with `--json`, its members in snake_case, else the lines. */
  result(value: object, lines: readonly string[] = []): void {
    this.endProgress();
    if (this.options.json === true) this.io.stdout.write(`${JSON.stringify(snakeCased(value))}\n`);
    else for (const line of lines) this.line(line);
  }

  /** Sets the exit code for `code`, unless an earlier failure set one. */
  finishedWith(code: KlosetError['code']): void {
    if (this.exitCode === exitOk) this.exitCode = exitCodeOf(code);
  }
}
