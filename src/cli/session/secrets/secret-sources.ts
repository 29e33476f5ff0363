/**
 * Reads a secret from where it lies: a file, a command's output, an environment variable, standard input. Only its
 * first line counts, without a byte order mark, so that an editor or a shell adds nothing to it.
 */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { KlosetError, messageOf } from '../../../errors.ts';
import type { App } from '../../app/app.ts';
import { expandPath } from '../../app/folders.ts';
import { childEnvironment, shellOf } from './child-environment.ts';

/** The longest time a command may run, and a pipe may stay empty. */
const waitMs = 60_000;
const pollMs = 20;
/** No key, passphrase or token is longer; guards memory against `/dev/zero`. */
const maxSecretBytes = 64 * 1024;

/** The first line of the file at `path`. @throws KlosetError credentials when it cannot be read or is empty */
export async function secretFromFile(app: App, path: string, what: string): Promise<string> {
  return notEmpty(firstLineOf(await secretText(app, path, `${what} file`)), `The ${what} file ${path}`);
}

/** The whole text of a small file, which may be a pipe. @throws KlosetError credentials */
export async function secretText(app: App, path: string, what: string): Promise<string> {
  const file = expandPath(app.io, path);
  const bytes = await readSmall(app, file).catch((cause) => {
    throw new KlosetError('credentials', `Cannot read the ${what} ${file}: ${messageOf(cause)}`, { cause });
  });
  if (bytes.length <= maxSecretBytes) return bytes.toString('utf8');
  throw new KlosetError('credentials', `The ${what} ${file} is larger than ${maxSecretBytes / 1024} KiB.`, {
    hint: 'Its first line must be the secret.',
  });
}

/** At most one byte more than a secret may have. */
async function readSmall(app: App, path: string): Promise<Buffer> {
  // Without O_NONBLOCK a pipe that nobody writes to would keep us waiting for ever.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const isPipe = (await file.stat()).isFIFO();
    const bytes = Buffer.alloc(maxSecretBytes + 1);
    let length = 0;
    for (let waitedMs = 0; length < bytes.length; ) {
      const bytesRead = await readSome(file, bytes, length);
      length += bytesRead ?? 0;
      const isOver = bytesRead === 0 && !(isPipe && length === 0);
      if (isOver || waitedMs >= waitMs) break;
      if (bytesRead) continue;
      await app.io.clock.sleep(pollMs, app.io.signal);
      waitedMs += pollMs;
    }
    return bytes.subarray(0, length);
  } finally {
    await file.close();
  }
}

/** Undefined when a pipe has nothing yet. */
async function readSome(file: FileHandle, bytes: Buffer, offset: number): Promise<number | undefined> {
  try {
    return (await file.read(bytes, offset, bytes.length - offset, null)).bytesRead;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return undefined;
    throw error;
  }
}

/** The first line that `command` prints when the shell runs it. Its output is never shown. @throws KlosetError credentials */
export async function secretFromCommand(app: App, command: string, what: string): Promise<string> {
  const { file, words } = shellOf(command);
  const run = promisify(execFile)(file, words, {
    timeout: waitMs,
    env: childEnvironment(app),
  });
  // The error of a failed command quotes the command line, which may hold a secret: it is not passed on.
  const printed = await run.catch(() => undefined);
  const secret = printed === undefined ? '' : firstLineOf(printed.stdout);
  if (secret !== '') return secret;
  throw new KlosetError(
    'credentials',
    `The ${what} command ${printed === undefined ? 'failed' : 'printed nothing'}.`,
    {
      hint: `Run it by hand: it must print the ${what} on its first line and end with 0.`,
    },
  );
}

/** The value of the variable `name`. @throws KlosetError credentials when it is not set */
export function secretFromVariable(app: App, name: string, what: string): string {
  return notEmpty(variableText(app.io.env[name] ?? ''), `The variable ${name}, which holds the ${what},`);
}

/** The value of a variable without the newline at its end that `$(cat file; echo)` and editors of such files leave. */
export function variableText(value: string): string {
  return value.replace(/\r?\n$/, '');
}

/** The first line of standard input, or what a person types unseen. @throws KlosetError credentials when there is none */
export async function secretFromInput(app: App, what: string): Promise<string> {
  const text = app.io.isInteractive
    ? await app.io.ask(`${what[0]?.toUpperCase()}${what.slice(1)}: `, { hidden: true })
    : await app.io.input(maxSecretBytes);
  return notEmpty(firstLineOf(text), `Standard input, which should hold the ${what},`);
}

function firstLineOf(text: string): string {
  return text.replace(/^\ufeff/, '').split(/\r?\n/, 1)[0] ?? '';
}

function notEmpty(secret: string, where: string): string {
  if (secret !== '') return secret;
  throw new KlosetError('credentials', `${where} is empty.`);
}
