/** `completion` and `manual`: what shells and `man` read, written from the commands as they are. */
import type { Command } from 'commander';
import type { App } from '../app/app.ts';
import { toolVersion } from '../app/version.ts';
import { parseChoice } from '../text/parse.ts';
import { completionScript, shells } from './completion.ts';
import { findCommand } from './find-command.ts';
import { manualPage } from './manual.ts';
import { teach } from './teach.ts';

/** Adds both commands. */
export function registerShellHelp(program: Command, app: App): void {
  const completion = program
    .command('completion <shell>')
    .description(`print the completion script for ${shells.join(', ')}`)
    .action((word: string) => {
      const shell = parseChoice(word, shells, 'shell');
      const script = completionScript(program, shell);
      if (app.options.json === true) app.result({ shell, script });
      else app.io.stdout.write(script);
    });
  const manual = program
    .command('manual [command...]')
    .description('print the manual page of a command, or of the program, for `man -l -`')
    .action((words: string[]) => {
      const date = new Date(app.io.clock.now()).toISOString().slice(0, 10);
      const page = manualPage(findCommand(program, words), { version: toolVersion(), date });
      if (app.options.json === true) app.result({ page });
      else app.io.stdout.write(page);
    });
  teach(completion, { examples: ['completion bash', 'completion fish'], errors: [] });
  teach(manual, { examples: ['manual', 'manual backup'], errors: [] });
}
