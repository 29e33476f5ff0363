/** The command line as commander knows it: global options, and the commands grouped by subject. */
import { Command, Option } from 'commander';
import { KlosetError } from '../errors.ts';
import type { App, GlobalOptions, Register } from './app/app.ts';
import { toolVersion } from './app/version.ts';
import { registerBackup } from './commands/backup/backup.ts';
import { registerCreate } from './commands/backup/create.ts';
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
import { registerInfo } from './commands/look/info.ts';
import { registerLs } from './commands/look/ls.ts';
import { registerUi } from './commands/look/ui.ts';
import { registerDump } from './commands/restore/dump.ts';
import { registerRestore } from './commands/restore/restore.ts';
import type { RunCommand } from './commands/try/demo.ts';
import { registerDemo } from './commands/try/demo.ts';
import { registerSimulator } from './commands/try/simulator.ts';
import { registerCheck } from './commands/verify/check.ts';
import { registerRepair } from './commands/verify/repair.ts';
import { registerStatus } from './commands/verify/status.ts';
import { helpLineOf } from './help/find-command.ts';
import { registerHelp } from './help/help.ts';
import { withoutLongWords } from './text/format.ts';

/** Commands by subject, in the order of the help. */
const subjects: readonly { readonly title: string; readonly commands: readonly Register[] }[] = [
  { title: 'Back up:', commands: [registerCreate, registerBackup] },
  { title: 'Look:', commands: [registerLs, registerCat, registerInfo, registerUi] },
  { title: 'Find and compare:', commands: [registerDiff, registerLog, registerSearch, registerLocate] },
  { title: 'Verify:', commands: [registerStatus, registerCheck, registerRepair] },
  { title: 'Restore:', commands: [registerRestore, registerDump] },
  {
    title: 'Keep:',
    commands: [registerMarks, registerRm, registerPrune, registerMaintenance, registerSync, registerExport],
  },
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
    .option('--keyfile <path>', 'open the store with a key file or a recovery kit')
    .option('--api-url <url>', 'use this base of the Notion API, without /v1')
    .option('--rate <n>', 'send at most this many requests a minute')
    .option('--retry-lock <duration>', 'wait this long for a locked store (10s, 5m)')
    .option('--append-only', 'add to the store only; refuse to remove or replace anything')
    .option(
      '--accept-signer <key>',
      'trust this signing key, which was added to the store; repeatable',
      collect,
    )
    .option('--accept-loss', 'go on without snapshots that this machine has seen and that are gone')
    .option('--accept-config', 'accept a changed CONFIG or key slots of an earlier state')
    .option('--accept-place', 'accept another store where this machine knows one')
    .addOption(new Option('--trust-new').hideHelp())
    .on('option:trust-new', refuseTrustNew)
    .configureOutput({
      writeOut: (text) => app.io.stdout.write(text),
      writeErr: (text) => app.io.stderr.write(text),
      outputError: (text, write) => write(withoutLongWords(text.replace(/^error: /, 'notion-kloset: '))),
    })
    .exitOverride();
  app.bind(() => program.opts<GlobalOptions>());
  for (const { title, commands } of subjects) {
    program.commandsGroup(title);
    for (const register of commands) register(program, app);
  }
  program.commandsGroup('Learn:');
  registerDemo(program, app, run);
  registerSimulator(program, app);
  registerHelp(program, app);
  for (const command of program.commands) inheritSettings(command, program);
  program.showHelpAfterError(`  ${helpLineOf(program)}`);
  return program;
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
