/** The command line as commander knows it: global options, and the commands grouped by subject. */
import { Command, Option } from 'commander';
import { KlosetError } from '../errors.ts';
import type { App, GlobalOptions, RunCommand } from './app/app.ts';
import { toolVersion } from './app/version.ts';
import type { CommandModule } from './commands.ts';
import { subjectsOf } from './commands.ts';
import { isAnswering } from './help/answering.ts';
import { refuseEmptyValues } from './help/checked-options.ts';
import { helpLineOf } from './help/find-command.ts';
import { registerHelp } from './help/help.ts';
import { registerShellHelp } from './help/shell-help.ts';
import { withoutLongWords } from './text/format.ts';
import { parseBytes, parseCount, parseDuration } from './text/parse.ts';

/** Commands that speak of no other one, and need no module. */
const alone = ['version', 'schema'];

/**
 * The program with the module of the command `word`; with all of them when that is not a command, as help and suggestions
 * need them. `run` runs another command line, for the demo.
 */
export async function createProgram(app: App, run: RunCommand, word?: string): Promise<Command> {
  const program = new Command('notion-kloset');
  program
    .description(
      'Back up a Notion workspace into a signed, encrypted, deduplicated store; verify it; restore it.',
    )
    .usage('[at STORE] COMMAND [options]')
    .version(toolVersion(), '-V, --version', 'print the version (also -v)')
    .helpOption('-h, --help', 'print help for a command')
    .helpCommand(false)
    .option('--json', 'print one JSON object instead of lines')
    .option('--quiet', 'print errors and warnings only')
    .option('--progress <form>', 'print progress as lines or json on stderr, or none; default: on a terminal')
    .option('--no-progress', 'print no progress')
    .option('--keyfile <path>', 'open the store with a key file or a recovery kit')
    .option('--api-url <url>', 'use this base of the Notion API, without /v1')
    .option('--rate <n>', 'send at most this many requests a minute')
    .option('--retry-lock <duration>', 'wait this long for a locked store (10s, 5m)')
    .option('--parallel <n>', 'upload this many packfiles at once (default: 2)')
    .option(
      '--limit-upload <rate>',
      'send at most this much a second to a store elsewhere, and of files to Notion (500K, 2M)',
    )
    .option(
      '--limit-download <rate>',
      'read at most this much a second from a store elsewhere, and of media from Notion (500K, 2M)',
    )
    .option('--append-only', 'add to the store only; refuse to remove or replace anything')
    .option(
      '--accept-signer <key>',
      'trust this signing key, which was added to the store; repeatable',
      collect,
    )
    .option('--accept-loss', 'go on without snapshots that this machine has seen and that are gone')
    .option('--accept-config', 'accept a changed CONFIG or key slots of an earlier state')
    .option('--accept-place', 'accept another store where this machine knows one')
    .addOption(new Option('--silent').hideHelp())
    .addOption(new Option('--concurrency <n>').hideHelp())
    .addOption(new Option('--trust-new').hideHelp())
    .on('option:trust-new', refuseTrustNew)
    .configureOutput({
      writeOut: (text) => app.io.stdout.write(text),
      writeErr: (text) => {
        if (!app.hasJsonEvents) app.io.stderr.write(text);
      },
      outputError: (text, write) => write(withoutLongWords(text.replace(/^error: /, 'notion-kloset: '))),
    })
    .exitOverride()
    .hook('preAction', (_, command) => {
      app.isAnswering = isAnswering(command);
      refuseEmptyValues(command);
      checkGlobals(app);
    });
  app.bind(() => program.opts<GlobalOptions>());
  const subjects = subjectsOf(run);
  const isNamed = ({ names }: CommandModule) => word !== undefined && names.includes(word);
  const isAlone = word !== undefined && alone.includes(word);
  const isCommand = isAlone || subjects.some(({ modules }) => modules.some(isNamed));
  for (const { title, modules } of subjects) {
    program.commandsGroup(title);
    for (const register of await registrations(modules, isCommand ? isNamed : () => true))
      register(program, app);
  }
  // "Learn:" is the last subject; what speaks of every command belongs to it, and is not a module: it needs them all.
  registerShellHelp(program, app);
  registerHelp(program, app);
  for (const command of program.commands) inheritSettings(command, program);
  program.showHelpAfterError(`  ${helpLineOf(program)}`);
  return program;
}

/** Loads what registers the command `word`, or every command when there is none of that name. */
async function registrations(modules: readonly CommandModule[], isAsked: (each: CommandModule) => boolean) {
  return await Promise.all(modules.filter(isAsked).map(({ load }) => load()));
}

/** Global options that a command may not look at are checked all the same. @throws KlosetError `usage` */
function checkGlobals({ options, progress }: App): void {
  if (options.rate !== undefined) parseCount(options.rate, '--rate', 1);
  if (options.retryLock !== undefined) parseDuration(options.retryLock, '--retry-lock');
  if (options.parallel !== undefined) parseCount(options.parallel, '--parallel', 1);
  if (options.limitUpload !== undefined) parseBytes(options.limitUpload, '--limit-upload');
  if (options.limitDownload !== undefined) parseBytes(options.limitDownload, '--limit-download');
  if (options.concurrency === undefined) return;
  parseCount(options.concurrency, '--concurrency', 1);
  const message = '--concurrency changes nothing: what Notion allows decides; --rate N sends fewer requests.';
  progress.report({ type: 'notice', message });
}

function collect(value: string, all: readonly string[] = []): string[] {
  return [...all, value];
}

/** It accepted every difference at once; each has a name now. */
function refuseTrustNew(): never {
  throw new KlosetError(
    'usage',
    '--trust-new is not an option any more: each difference is accepted by its name.',
    {
      hint: 'Give what the error asks for: --accept-signer KEY, --accept-loss, --accept-config or --accept-place.',
    },
  );
}

/** Subcommands throw like the program does, at every depth, and point to their own help. */
function inheritSettings(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent).showHelpAfterError(`  ${helpLineOf(command)}`);
  if (command.commands.length > 0) command.helpCommand('help [command]', 'print help for a command');
  for (const child of command.commands) inheritSettings(child, command);
}
