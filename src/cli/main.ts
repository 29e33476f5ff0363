/** The outermost layer of the command line: parses, runs one command, prints errors, answers with an exit code. */
import { setMaxListeners } from 'node:events';
import type { Command } from 'commander';
import { KlosetError } from '../errors.ts';
import { App } from './app/app.ts';
import { exitCodeOf, exitOk } from './app/exit-codes.ts';
import type { Io } from './app/io.ts';
import { allTaken, lostOutput, processIo } from './app/io.ts';
import { keepHeapSmall } from './app/memory.ts';
import { commandWords, readCommandLine, wordsBefore } from './command-line.ts';
import { findCommand, pathOf } from './help/find-command.ts';
import { refuseOtherGlobals, refuseOtherOptions } from './help/other-options.ts';
import { createProgram } from './program.ts';
import { reportError } from './report-error.ts';
import { noteRun } from './session/night/record-run.ts';

/** Runs the command `argv` names and resolves to the exit code. Prints, never throws. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let app: App | undefined;
  let command: Command | undefined;
  let failure: unknown;
  let code = exitOk;
  const startedMs = io.clock.now();
  const hasJsonEvents = isAsked(argv, /^--?progress[= ]json$/);
  try {
    const { store, words } = readCommandLine(argv);
    app = new App(io, store, { hasJsonEvents });
    const named = commandWords(words);
    const isVersionAsked = named.length === 0 && isAsked(words, /^(?:-V|--version)$/);
    const program = await createProgram(app, main, isVersionAsked ? 'version' : named[0]);
    command = program;
    refuseOtherGlobals(wordsBefore(words, new Set(program.commands.map((each) => each.name()))));
    command = findCommand(program, named);
    const known = [...command.options, ...program.options];
    refuseOtherOptions(words, pathOf(command), (flag) => known.some(({ long }) => long === flag));
    await program.parseAsync([...words], { from: 'user' });
    app.tellKeptBack();
    code = app.exitCode;
  } catch (error) {
    app?.endProgress();
    const json = app?.options.json === true || isAsked(argv, /^--?json$/);
    failure = error;
    code = reportError(error, { io, json, hasJsonEvents, command });
  } finally {
    app?.endProgress();
  }
  const finished = { startedMs, exitCode: code, ...(failure === undefined ? {} : { error: failure }) };
  if (app !== undefined && command !== undefined) noteRun(app, command, finished);
  return code;
}

/** True when options stand in the words before `--`; a command line that could not be parsed has no options yet. */
function isAsked(argv: readonly string[], option: RegExp): boolean {
  const end = argv.indexOf('--');
  const own = end === -1 ? argv : argv.slice(0, end);
  return own.some((word, index) => option.test(word) || option.test(`${word} ${own[index + 1] ?? ''}`));
}

/** Commands that do nothing but print. */
const printing = new Set(['ls', 'cat', 'info', 'help', 'version', 'completion', 'manual', 'schema']);

function onlyPrints(argv: readonly string[]): boolean {
  try {
    const [name] = commandWords(readCommandLine(argv).words);
    return name === undefined || printing.has(name);
  } catch {
    return true;
  }
}

/** Runs as the process itself: Ctrl-C, SIGTERM and SIGHUP end the work in order, a second one at once. */
export async function runProcess(): Promise<void> {
  keepHeapSmall();
  const stop = new AbortController();
  // Every download and every wait listens on it; they let go when they end.
  setMaxListeners(0, stop.signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(130));
      stop.abort(
        new KlosetError('temporary', 'Interrupted.', {
          hint: 'Run the command again: it resumes from here.',
        }),
      );
    });
  }
  // The SDK of S3 would write a note about the version of Node in the midst of our lines.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const argv = process.argv.slice(2);
  const losses: NodeJS.ErrnoException[] = [];
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that closes the pipe (`| head`) is not an error: what only prints ends, what writes goes on silently.
    if (error.code !== 'EPIPE') losses.push(error);
    else if (onlyPrints(argv)) process.exit(exitOk);
  });
  const code = await main(argv, processIo(stop.signal));
  await allTaken(process.stdout);
  const [loss] = losses;
  process.exitCode = code;
  if (code !== exitOk || loss === undefined) return;
  process.stderr.write(`notion-kloset: ${lostOutput(loss).message}\n`);
  process.exitCode = exitCodeOf('temporary');
}
