/** The command line as commander knows it: global options, and the commands grouped by subject. */
import { Command, Option } from 'commander';
import { KlosetError } from '../errors.ts';
import type { App, GlobalOptions, Register } from './app/app.ts';
import { toolVersion } from './app/version.ts';
import { registerBackup } from './commands/backup/backup.ts';
import { registerCreate } from './commands/backup/create.ts';
import { registerInit } from './commands/backup/init.ts';
import { registerConnectors } from './commands/configure/connectors.ts';
import { registerIdentity } from './commands/configure/identity.ts';
import { registerKey } from './commands/configure/key.ts';
import { registerDiff } from './commands/history/diff.ts';
import { registerLocate } from './commands/history/locate.ts';
import { registerLog } from './commands/history/log.ts';
import { registerSearch } from './commands/history/search.ts';
import { registerExport } from './commands/keep/export.ts';
import { registerMaintenance } from './commands/keep/maintenance.ts';
import { registerMarks } from './commands/keep/mark.ts';
import { registerPrune } from './commands/keep/prune.ts';
import { registerRm } from './commands/keep/rm.ts';
import { registerSync } from './commands/keep/sync.ts';
import { registerCat } from './commands/look/cat.ts';
import { registerDigest } from './commands/look/digest.ts';
import { registerInfo } from './commands/look/info.ts';
import { registerLs } from './commands/look/ls.ts';
import { registerDrill } from './commands/nightly/drill.ts';
import { registerHistory } from './commands/nightly/history.ts';
import { registerRun } from './commands/nightly/run.ts';
import { registerSchedule } from './commands/nightly/schedule.ts';
import { registerDump } from './commands/restore/dump.ts';
import { registerRestore } from './commands/restore/restore.ts';
import type { RunCommand } from './commands/try/demo.ts';
import { registerDemo } from './commands/try/demo.ts';
import { registerSimulator } from './commands/try/simulator.ts';
import { registerCheck } from './commands/verify/check.ts';
import { registerDoctor } from './commands/verify/doctor.ts';
import { registerRepair } from './commands/verify/repair.ts';
import { registerStatus } from './commands/verify/status.ts';
import { isAnswering } from './help/answering.ts';
import { refuseEmptyValues } from './help/checked-options.ts';
import { helpLineOf } from './help/find-command.ts';
import { registerHelp } from './help/help.ts';
import { registerShellHelp } from './help/shell-help.ts';
import { withoutLongWords } from './text/format.ts';
import { parseCount, parseDuration } from './text/parse.ts';

/** Commands by subject, in the order of the help. */
const subjects: readonly { readonly title: string; readonly commands: readonly Register[] }[] = [
  { title: 'Back up:', commands: [registerCreate, registerBackup] },
  { title: 'Look:', commands: [registerLs, registerCat, registerInfo, registerDigest] },
  { title: 'Find and compare:', commands: [registerDiff, registerLog, registerSearch, registerLocate] },
  { title: 'Verify:', commands: [registerStatus, registerDoctor, registerCheck, registerRepair] },
  { title: 'Restore:', commands: [registerRestore, registerDump] },
  {
    title: 'Keep:',
    commands: [registerMarks, registerRm, registerPrune, registerMaintenance, registerSync, registerExport],
  },
  { title: 'Every night:', commands: [registerRun, registerSchedule, registerDrill, registerHistory] },
  { title: 'Configure:', commands: [registerConnectors, registerKey, registerIdentity] },
];

/** The whole program. `run` runs another command line, for the demo. */
export function createProgram(app: App, run: RunCommand): Command {
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
    .option('--limit-upload <rate>', 'send at most this much a second to a store elsewhere (500K, 2M)')
    .option('--limit-download <rate>', 'read at most this much a second from a store elsewhere (500K, 2M)')
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
      writeErr: (text) => app.io.stderr.write(text),
      outputError: (text, write) => write(withoutLongWords(text.replace(/^error: /, 'notion-kloset: '))),
    })
    .exitOverride()
    .hook('preAction', (_, command) => {
      app.isAnswering = isAnswering(command);
      refuseEmptyValues(command);
      checkGlobals(app);
    });
  app.bind(() => program.opts<GlobalOptions>());
  for (const { title, commands } of subjects) {
    program.commandsGroup(title);
    if (title === 'Back up:') registerInit(program, app, run);
    for (const register of commands) register(program, app);
  }
  program.commandsGroup('Learn:');
  registerDemo(program, app, run);
  registerSimulator(program, app);
  registerShellHelp(program, app);
  registerHelp(program, app);
  for (const command of program.commands) inheritSettings(command, program);
  program.showHelpAfterError(`  ${helpLineOf(program)}`);
  return program;
}

/** Global options that a command may not look at are checked all the same. @throws KlosetError `usage` */
function checkGlobals({ options, progress }: App): void {
  if (options.rate !== undefined) parseCount(options.rate, '--rate', 1);
  if (options.retryLock !== undefined) parseDuration(options.retryLock, '--retry-lock');
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
