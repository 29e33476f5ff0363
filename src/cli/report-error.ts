/** Prints an error: one line with what and where, one with the way out. Answers with its exit code. */
import type { Command } from 'commander';
import { CommanderError } from 'commander';
import { creationError, systemCode } from '../backend/disk-errors.ts';
import { printable } from '../document/names.ts';
import { KlosetError, messageOf } from '../errors.ts';
import { exitCodeOf, exitOk } from './app/exit-codes.ts';
import type { Io } from './app/io.ts';
import { helpLineOf } from './help/find-command.ts';
import { withoutLongWords } from './text/format.ts';

export interface ErrorContext {
  readonly io: Io;
  readonly json: boolean;
  /** True when stderr holds events as JSON. */
  readonly hasJsonEvents: boolean;
  /** The command that was to run; undefined when the command line could not be read. */
  readonly command: Command | undefined;
}

export function reportError(error: unknown, context: ErrorContext): number {
  const { io, json, hasJsonEvents, command } = context;
  if (error instanceof CommanderError) return reportUsage(error, context);
  const found =
    error instanceof KlosetError ? withHelp(error, command) : (failedHere(error) ?? unexpected(error, io));
  const known = new KlosetError(found.code, withoutLongWords(found.message), {
    ...(found.hint === undefined ? {} : { hint: withoutLongWords(found.hint) }),
  });
  if (json) printJson(io, known);
  if (hasJsonEvents) printEvent(io, known);
  else printLines(io, known);
  return exitCodeOf(known.code);
}

function printLines(io: Io, known: KlosetError): void {
  io.stderr.write(`notion-kloset: ${printable(known.message)}\n`);
  if (known.hint !== undefined) io.stderr.write(`  ${printable(known.hint)}\n`);
}

/** Commander has printed the error and the line that points to the help, unless stderr holds events. */
function reportUsage(error: CommanderError, { io, json, hasJsonEvents, command }: ErrorContext): number {
  if (error.exitCode === exitOk) return exitOk;
  const message = withoutLongWords(error.message.replace(/^error: /, ''));
  const known = withHelp(new KlosetError('usage', message), command);
  if (json) printJson(io, known);
  if (hasJsonEvents) printEvent(io, known);
  return exitCodeOf('usage');
}

/** The same error; wrong usage of a command points to the help of that command. */
function withHelp(error: KlosetError, command: Command | undefined): KlosetError {
  const { code, message, hint = '', cause } = error;
  if (code !== 'usage' || command === undefined || hint.includes('notion-kloset help')) return error;
  // An unknown command is not wrong usage of a command: it comes with a suggestion.
  if (command.parent === null || command.name() === 'help') return error;
  return new KlosetError(code, message, { hint: `${hint} ${helpLineOf(command)}`.trim(), cause });
}

function printJson(io: Io, { code, message, hint }: KlosetError): void {
  io.stdout.write(`${JSON.stringify({ error: { code, message, hint } })}\n`);
}

function printEvent(io: Io, { code, message, hint }: KlosetError): void {
  const time = new Date(io.clock.now()).toISOString();
  io.stderr.write(`${JSON.stringify({ time, type: 'error', code, message, hint })}\n`);
}

/** The refusal of the system of this machine, of a file in whichever folder: not a bug. */
function failedHere(error: unknown): KlosetError | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = systemCode(error);
  const isOfFile = 'syscall' in error && 'path' in error && typeof error.path === 'string';
  if (isOfFile) {
    const told = creationError(error, String(error.path));
    return told instanceof KlosetError ? told : undefined;
  }
  if (!/^SQLITE_(?:FULL|READONLY|CANTOPEN|IOERR|PERM)/.test(code)) return undefined;
  return new KlosetError(
    code === 'SQLITE_FULL' ? 'temporary' : 'unavailable',
    `A file in the folders of this program cannot be used: ${error.message}.`,
    {
      hint: 'See that ~/.cache and ~/.local/share have room and can be written; nothing in the store was harmed.',
    },
  );
}

/** A bug of ours. Its trace helps a developer and nobody else, so it is printed only when asked for. */
function unexpected(error: unknown, io: Io): KlosetError {
  if (io.env.NOTION_KLOSET_TRACE && error instanceof Error) io.stderr.write(`${error.stack}\n`);
  return new KlosetError('internal', `Unexpected failure: ${messageOf(error).split('\n')[0]}`, {
    hint: 'This is a bug: please report it, with the output of the same command under NOTION_KLOSET_TRACE=1.',
    cause: error,
  });
}
