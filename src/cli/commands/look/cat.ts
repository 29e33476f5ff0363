/** `cat`: prints files of a snapshot, or its pages in a readable form. */
import type { Command } from 'commander';
import { Verbatim } from '../../../document/snake-case.ts';
import { KlosetError } from '../../../errors.ts';
import { openPlace } from '../../../operations/look/open-place.ts';
import type { ReadForm } from '../../../operations/look/read-place.ts';
import { readJsonFile, readPlace } from '../../../operations/look/read-place.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { commentsHelp, commentsOf, viewOf } from '../../text/comment-place.ts';
import { parseChoice } from '../../text/parse.ts';

const forms: readonly ReadForm[] = ['json', 'md', 'html', 'text', 'csv'];

interface Flags {
  readonly as: string;
  readonly view?: string;
  readonly comments?: string;
}

/** Adds the command. */
export function registerCat(program: Command, app: App): void {
  const command = program
    .command('cat <paths...>')
    .description('print files or pages, each given as SNAPSHOT:PATH, a title, a Notion id or a URL')
    .option('--as <form>', `print pages as ${forms.join(', ')} (csv: databases)`, 'json')
    .option('--view <name>', 'take columns, rows and order of CSV from this view')
    .option('--comments <place>', commentsHelp)
    .action((words: string[], flags: Flags) => {
      if (app.options.json === true && flags.as !== 'json')
        throw new KlosetError(
          'usage',
          'With --json documents are printed as they are stored: --as has no meaning.',
          {
            hint: 'Leave out one of the two.',
          },
        );
      return run(app, words, flags);
    });
  teach(command, {
    examples: ['cat -as md latest:/Home', 'cat 4cf5a3c0:/manifest.json'],
    errors: storeErrors,
  });
}

async function run(app: App, words: readonly string[], flags: Flags): Promise<void> {
  const form = parseChoice(flags.as, forms, '--as');
  const options = { ...viewOf(flags, form, ['csv']), ...commentsOf(flags, form) };
  await withReadableStore(app, async (store) => {
    const files: object[] = [];
    for (const word of words) {
      const place = await openPlace(store, word);
      if (app.options.json === true) files.push(await readJsonFile(place));
      else await write(app, readPlace(place, form, options));
    }
    if (app.options.json === true) app.result({ files: new Verbatim(files) });
  });
}

async function write(app: App, parts: AsyncIterable<Uint8Array | string>): Promise<void> {
  app.endProgress();
  for await (const part of parts) {
    app.io.stdout.write(part);
    await app.io.stdout.drained();
  }
}
