/** Runs commands that a person configured: hooks, and notifications that are commands. They are given no secret of ours. */
import { spawn } from 'node:child_process';
import { KlosetError } from '../../../errors.ts';
import type { App } from '../../app/app.ts';
import { childEnvironment, shellOf } from '../secrets/child-environment.ts';

/** A command that runs longer hangs. */
const maxRunMs = 10 * 60_000;
const maxToldLetters = 300;

export interface ShellRun {
  /** Text on its standard input. */
  readonly input?: string;
  readonly env?: { readonly [name: string]: string };
}

/**
 * Runs `command` through the shell, in the folder and with the variables of this program, without those that hold secrets.
 * @throws KlosetError `temporary` when it fails: with `what` for people, its exit code and the last line it wrote on stderr
 */
export async function runShell(
  app: App,
  command: string,
  what: string,
  { input = '', env = {} }: ShellRun = {},
): Promise<void> {
  const { file, words } = shellOf(command);
  const child = spawn(file, words, {
    cwd: app.io.cwd,
    env: { ...childEnvironment(app), ...env },
    stdio: ['pipe', 'ignore', 'pipe'],
    signal: AbortSignal.any([app.io.signal, AbortSignal.timeout(maxRunMs)]),
  });
  let told = '';
  child.stderr.on('data', (bytes: Buffer) => {
    told = (told + bytes.toString('utf8')).slice(-maxToldLetters);
  });
  // A command need not read what it is given.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const code = await new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.name === 'AbortError' ? 'it was ended' : error.message));
    child.once('close', (status, signal) => resolve(status ?? String(signal)));
  });
  if (code === 0) return;
  const last = told.trim().split('\n').at(-1) ?? '';
  const ended = typeof code === 'number' ? `exit code ${code}` : code;
  throw new KlosetError('temporary', `${what} failed: ${ended}${last === '' ? '' : `, "${last}"`}.`, {
    hint: 'Run the command by hand to see more.',
  });
}
