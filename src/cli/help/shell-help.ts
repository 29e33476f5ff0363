/** `completion` and `manual`: what shells and `man` read, written from the commands as they are. */
import type { Command } from 'commander';
import { KlosetError } from '../../errors.ts';
import type { App } from '../app/app.ts';
import { expandPath } from '../app/folders.ts';
import { toolVersion } from '../app/version.ts';
import { parseChoice } from '../text/parse.ts';
import { completionScript, shells } from './completion.ts';
import { findCommand } from './find-command.ts';
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
    .option('--all <folder>', 'write the pages of all commands into this folder')
    .action(async (words: string[], { all }: { readonly all?: string }) => {
      const date = new Date(app.io.clock.now()).toISOString().slice(0, 10);
      const edition = { version: toolVersion(), date };
      if (all !== undefined) {
        if (words.length > 0) throw new KlosetError('usage', '--all takes no command: it is all of them.');
        const { writePages } = await import('./manual-pages.ts');
        const files = writePages(program, expandPath(app.io, all), edition);
        app.result({ files }, [`manual: wrote ${files.length} pages into ${all}`]);
        return;
      }
      const { manualPage } = await import('./manual.ts');
      const page = manualPage(findCommand(program, words), edition);
      if (app.options.json === true) app.result({ page });
      else app.io.stdout.write(page);
    });
  teach(completion, { examples: ['completion bash', 'completion fish'], errors: [] });
  teach(manual, { examples: ['manual', 'manual --all ~/.local/share/man/man1'], errors: [] });
}
