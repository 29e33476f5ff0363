/** `help` and `version`. */
import type { Command } from 'commander';
import type { App } from '../app/app.ts';
import { toolVersion } from '../app/version.ts';
import { findCommand } from './find-command.ts';
import { teach } from './teach.ts';

/** Adds both commands. */
export function registerHelp(program: Command, app: App): void {
  const help = program
    .command('help [command...]')
    .description('print help for a command, or the list of all commands')
    .action((words: string[]) => findCommand(program, words).outputHelp());
  const version = program
    .command('version')
    .description('print the version of this program')
    .action(() => app.result({ version: toolVersion() }, [toolVersion()]));
  teach(help, { examples: ['help backup', 'help key add'], errors: [] });
  teach(version, { examples: ['version', '--version'], errors: [] });
}
