/** The process as the commands see it: streams, environment, terminal. Tests hand in their own. */
import type { Clock } from '../../clock.ts';
import { systemClock } from '../../clock.ts';
import { KlosetError } from '../../errors.ts';
import { HiddenInput } from './hidden-input.ts';
import type { Keychain } from './keychain.ts';
import { systemKeychain } from './keychain.ts';

export interface Output {
  write(text: string | Uint8Array): void;
  /**
   * Resolves when the written bytes have been taken, so that a slow reader slows the writer. @throws KlosetError `temporary` when
   * they were not: the disk is full, the reader went away
   */
  drained(): Promise<void>;
  readonly isTerminal: boolean;
}

export interface Io {
  readonly env: { readonly [name: string]: string | undefined };
  readonly cwd: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly clock: Clock;
  readonly keychain: Keychain;
  /** Asks on the terminal. @throws KlosetError `usage` when there is none to ask. */
  ask(question: string, options?: { hidden?: boolean }): Promise<string>;
  /** All of standard input as text. @throws KlosetError `usage` when it is a terminal or longer than `maxBytes` */
  input(maxBytes: number): Promise<string>;
  /** True when a person can answer `ask`. */
  readonly isInteractive: boolean;
  /** Aborted when the person presses Ctrl-C or the system asks us to stop. */
  readonly signal: AbortSignal;
}

/** The real process. */
export function processIo(signal: AbortSignal): Io {
  const hiddenInput = new HiddenInput(process.stdin);
  const isInteractive = process.stdin.isTTY === true && process.stderr.isTTY === true;
  return {
    env: process.env,
    cwd: process.cwd(),
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    clock: systemClock,
    keychain: systemKeychain(signal),
    isInteractive,
    signal,
    async ask(question, { hidden = false } = {}) {
      if (!isInteractive) throw new KlosetError('usage', `There is no terminal to ask: ${question}`);
      return hidden ? askHidden(hiddenInput, question) : askOnTerminal(question);
    },
    input: readInput,
  };
}

/** Text written to a stream that failed is dropped, and the work does not end for that; who needs all of it there asks. */
function outputOf(stream: NodeJS.WriteStream): Output {
  let failure: NodeJS.ErrnoException | undefined;
  stream.on('error', (error) => {
    failure = error;
  });
  return {
    write: (text) => {
      if (failure === undefined) stream.write(text);
    },
    drained: async () => {
      await allTaken(stream);
      if (failure !== undefined) throw lostOutput(failure);
    },
    isTerminal: stream.isTTY === true,
  };
}

/** Resolves when everything written before was taken, or failed. */
export function allTaken(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

/** The error of output that was not taken whole. */
export function lostOutput(cause: NodeJS.ErrnoException): KlosetError {
  const problem =
    cause.code === 'EPIPE'
      ? 'The output was closed before all of it was written.'
      : `Cannot write the output: ${cause.message}`;
  return new KlosetError('temporary', problem, { cause });
}

async function readInput(maxBytes: number): Promise<string> {
  if (process.stdin.isTTY)
    throw new KlosetError('usage', 'Standard input is a terminal; a file or a pipe is needed.');
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of process.stdin) {
    parts.push(part);
    length += part.length;
    if (length > maxBytes) throw new KlosetError('usage', `Standard input has more than ${maxBytes} bytes.`);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Reads one line. */
async function askOnTerminal(question: string): Promise<string> {
  const { createInterface } = await import('node:readline');
  const reader = createInterface({ input: process.stdin, output: process.stderr, terminal: true });
  return await new Promise((resolve, reject) => {
    reader.once('SIGINT', () => {
      reader.close();
      reject(new KlosetError('temporary', 'Interrupted.'));
    });
    reader.question(question, (answer) => {
      reader.close();
      resolve(answer);
    });
  });
}

/** Reads one line that is shown nowhere. */
async function askHidden(hidden: HiddenInput, question: string): Promise<string> {
  process.stderr.write(question);
  try {
    return await hidden.line();
  } finally {
    process.stderr.write('\n');
  }
}
