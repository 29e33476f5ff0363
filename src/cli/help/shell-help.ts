/** `completion`, `manual` and `schema`: what shells, `man` and scripts read, written from the commands as they are. */
import type { Command } from 'commander';
import { Verbatim } from '../../document/snake-case.ts';
import { KlosetError } from '../../errors.ts';
import type { App } from '../app/app.ts';
import { expandPath } from '../app/folders.ts';
import { toolVersion } from '../app/version.ts';
import { parseChoice } from '../text/parse.ts';
import type { Shell } from './completion.ts';
import { findCommand } from './find-command.ts';
import { teach } from './teach.ts';

const shells: readonly Shell[] = ['bash', 'zsh', 'fish'];

/** Adds the commands. */
export function registerShellHelp(program: Command, app: App): void {
  const completion = program
    .command('completion <shell>')
    .description(`print the completion script for ${shells.join(', ')}`)
    .action(async (word: string) => {
      const shell = parseChoice(word, shells, 'shell');
      const { completionScript } = await import('./completion.ts');
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
  const schema = program
    .command('schema [command...]')
    .description('print the JSON Schema of what a command prints with --json, or the names of all schemas')
    .action((words: string[]) => printSchema(app, words));
  teach(schema, { examples: ['schema status', 'schema key list'], errors: ['not-found'] });
  teach(completion, { examples: ['completion bash', 'completion fish'], errors: [] });
  teach(manual, { examples: ['manual', 'manual --all ~/.local/share/man/man1'], errors: [] });
}

async function printSchema(app: App, words: readonly string[]): Promise<void> {
  const { outputs, schemaOf } = await import('../schema/outputs.ts');
  const names = Object.keys(outputs);
  if (words.length === 0) {
    app.result({ schemas: names }, names);
    return;
  }
  const schema = schemaOf(words.join(' '));
  if (schema === undefined)
    throw new KlosetError('not-found', `There is no schema "${words.join(' ')}".`, {
      hint: '`notion-kloset schema` lists them.',
    });
  app.result({ schema: new Verbatim(schema) }, JSON.stringify(schema, undefined, 2).split('\n'));
}
