/** The command line's outermost layer: parses, runs one command, prints errors, answers with an exit code. */
import { setMaxListeners } from 'node:events';
import { Command, CommanderError } from 'commander';
import { printable } from '../document/names.ts';
import { KlosetError } from '../errors.ts';
import type { GlobalOptions, Register } from './app/app.ts';
import { App } from './app/app.ts';
import { exitCodeOf, exitOk } from './app/exit-codes.ts';
import type { Io } from './app/io.ts';
import { processIo } from './app/io.ts';
import { toolVersion } from './app/version.ts';
import { readCommandLine } from './command-line.ts';
import { registerBackup } from './commands/backup/backup.ts';
import { registerCreate } from './commands/backup/create.ts';
import { registerConnectors } from './commands/configure/connectors.ts';
import { registerIdentity } from './commands/configure/identity.ts';
import { registerKey } from './commands/configure/key.ts';
import { registerExport } from './commands/keep/export.ts';
import { registerMaintenance } from './commands/keep/maintenance.ts';
import { registerPrune } from './commands/keep/prune.ts';
import { registerRm } from './commands/keep/rm.ts';
import { registerSync } from './commands/keep/sync.ts';
import { registerCat } from './commands/look/cat.ts';
import { registerInfo } from './commands/look/info.ts';
import { registerLs } from './commands/look/ls.ts';
import { registerRestore } from './commands/restore/restore.ts';
import { registerDemo } from './commands/try/demo.ts';
import { registerSimulator } from './commands/try/simulator.ts';
import { registerCheck } from './commands/verify/check.ts';
import { registerRepair } from './commands/verify/repair.ts';
import { registerStatus } from './commands/verify/status.ts';

const commands: readonly Register[] = [
  registerCreate,
  registerBackup,
  registerLs,
  registerCat,
  registerCheck,
  registerRestore,
  registerInfo,
  registerStatus,
  registerRm,
  registerPrune,
  registerMaintenance,
  registerKey,
  registerIdentity,
  registerSync,
  registerExport,
  registerRepair,
  registerConnectors,
  registerSimulator,
];

/** Runs the command `argv` names and resolves to the exit code. Prints, never throws. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let app: App | undefined;
  try {
    const { store, words } = readCommandLine(argv);
    app = new App(io, store);
    await createProgram(app).parseAsync([...words], { from: 'user' });
    return app.exitCode;
  } catch (error) {
    app?.endProgress();
    // A command line that could not be parsed has no options yet.
    return report(error, io, app?.options.json === true || argv.some((word) => /^--?json$/.test(word)));
  } finally {
    app?.endProgress();
  }
}

/** Runs as the process itself: Ctrl-C and SIGTERM end the work in order, a second one at once. */
export async function runProcess(): Promise<void> {
  const stop = new AbortController();
  // Every download and every wait listens on it; they let go when they end.
  setMaxListeners(0, stop.signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(130));
      stop.abort(
        new KlosetError('temporary', 'Interrupted.', {
          hint: 'Run the command again: it goes on from here.',
        }),
      );
    });
  }
  // A reader that went away (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitOk);
  });
  process.exitCode = await main(process.argv.slice(2), processIo(stop.signal));
}

function createProgram(app: App): Command {
  const program = new Command('notion-kloset');
  program
    .description(
      'Back up a Notion workspace into a signed, encrypted, deduplicated store; check it; put it back.',
    )
    .usage('[at STORE] COMMAND [options]')
    .version(toolVersion(), '-V, --version')
    .option('--json', 'print one JSON object instead of lines')
    .option('--quiet', 'print errors and warnings only')
    .option('--keyfile <path>', 'open the store with a key file')
    .option('--api-url <url>', 'base of the Notion API, without /v1')
    .option('--rate <n>', 'spend at most this many requests a minute')
    .option('--retry-lock <duration>', 'wait this long for a locked store (10s, 5m)')
    .option('--append-only', 'add to the store; refuse whatever would remove or replace')
    .option('--trust-new', 'accept a store, signer or history that differs from what this machine remembers')
    .configureOutput({
      writeOut: (text) => app.io.stdout.write(text),
      writeErr: (text) => app.io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'notion-kloset: ')),
    })
    .showHelpAfterError('Run `notion-kloset --help` for the commands.')
    .exitOverride();
  app.bind(() => program.opts<GlobalOptions>());
  for (const register of commands) register(program, app);
  registerDemo(program, app, main);
  for (const command of program.commands) inheritSettings(command, program);
  return program;
}

/** Subcommands throw like the program does, at every depth. */
function inheritSettings(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inheritSettings(child, command);
}

/** One line that says what and where, one with the way out; the exit code for its kind. */
function report(error: unknown, io: Io, json: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode !== exitOk && json)
      printError(io, new KlosetError('usage', error.message.replace(/^error: /, '')));
    return error.exitCode === exitOk ? exitOk : exitCodeOf('usage');
  }
  const known = error instanceof KlosetError ? error : unexpected(error, io);
  if (json) printError(io, known);
  io.stderr.write(`notion-kloset: ${printable(known.message)}\n`);
  if (known.hint !== undefined) io.stderr.write(`  ${printable(known.hint)}\n`);
  return exitCodeOf(known.code);
}

function printError(io: Io, { code, message, hint }: KlosetError): void {
  io.stdout.write(
    `${JSON.stringify({ error: { code, message, ...(hint === undefined ? {} : { hint }) } })}\n`,
  );
}

/** A bug of ours. Its trace helps who mends it and nobody else, so it is printed only when asked for. */
function unexpected(error: unknown, io: Io): KlosetError {
  if (io.env.NOTION_KLOSET_TRACE && error instanceof Error) io.stderr.write(`${error.stack}\n`);
  const message = error instanceof Error ? error.message : String(error);
  return new KlosetError('internal', `Unexpected failure: ${message.split('\n')[0]}`, {
    hint: 'This is a bug: please report it, with the output of the same command under NOTION_KLOSET_TRACE=1.',
    cause: error,
  });
}
