/** `help` and `version`. */
import type { Command } from 'commander';
import type { App } from '../app/app.ts';
import { jsonVersion, toolVersion } from '../app/version.ts';
import { findCommand } from './find-command.ts';
import { teach } from './teach.ts';

/** Adds both commands. */
export function registerHelp(program: Command, app: App): void {
  const help = program
    .command('help [command...]')
    .description('print help for a command, or the list of all commands')
    .action((words: string[]) => printHelp(app, findCommand(program, words)));
  const version = program
    .command('version')
    .description('print the version of this program')
    .action(() => app.result({ version: toolVersion(), jsonVersion }, [toolVersion()]));
  teach(help, { examples: ['help backup', 'help key add'], errors: [] });
  teach(version, { examples: ['version', '--version'], errors: [] });
}

function printHelp(app: App, command: Command): void {
  if (app.options.json !== true) {
    command.outputHelp();
    return;
  }
  const parts: string[] = [];
  command.configureOutput({ writeOut: (text) => parts.push(text) }).outputHelp();
  app.result({ help: parts.join('') });
}
