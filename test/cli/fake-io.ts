/** A process for tests: output is kept, time stands still, nobody answers questions unless told to. */
import type { Io } from '../../src/cli/app/io.ts';
import type { Keychain } from '../../src/cli/app/keychain.ts';
import { KlosetError } from '../../src/errors.ts';

export interface FakeIo extends Io {
  readonly out: () => string;
  readonly err: () => string;
}

/** A machine without a keychain. */
export const noKeychain: Keychain = {
  read: refuse,
  write: refuse,
  remove: refuse,
};

async function refuse(): Promise<never> {
  throw new KlosetError('credentials', 'The keychain of this system cannot be used.');
}

export function fakeIo(
  env: { readonly [name: string]: string },
  cwd = '/',
  answers: string[] = [],
  input = '',
): FakeIo {
  const decoder = new TextDecoder();
  const keep = () => {
    let text = '';
    return {
      text: () => text,
      output: {
        isTerminal: false,
        write: (part: string | Uint8Array) => {
          text += typeof part === 'string' ? part : decoder.decode(part, { stream: true });
        },
        drained: () => Promise.resolve(),
      },
    };
  };
  const [stdout, stderr] = [keep(), keep()];
  return {
    env,
    cwd,
    stdout: stdout.output,
    stderr: stderr.output,
    out: stdout.text,
    err: stderr.text,
    clock: { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
    keychain: noKeychain,
    isInteractive: answers.length > 0,
    ask: async () => answers.shift() ?? '',
    input: async () => input,
    signal: new AbortController().signal,
  };
}
