/** `cat`: prints files of a snapshot, or its pages as people read them. */
import type { Command } from 'commander';
import { KlosetError } from '../../../errors.ts';
import { documentPath, readBytes } from '../../../operations/documents/read-document.ts';
import { renderObject } from '../../../operations/documents/render-object.ts';
import type { Place } from '../../../operations/look/open-place.ts';
import { openPlace } from '../../../operations/look/open-place.ts';
import type { App } from '../../app/app.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { parseChoice } from '../../text/parse.ts';

const forms = ['json', 'md', 'html'] as const;
type Form = (typeof forms)[number];

/** Adds the command. */
export function registerCat(program: Command, app: App): void {
  program
    .command('cat <paths...>')
    .description(
      'print files: SNAPSHOT:PATH, a title, a Notion id or URL; an object’s directory prints its document',
    )
    .option('--as <form>', `print pages as ${forms.join(', ')}`, 'json')
    .action((words: string[], flags: { readonly as: string }) =>
      withReadableStore(app, async (store) => {
        const form = parseChoice(flags.as, forms, '--as');
        const files: object[] = [];
        for (const word of words) {
          const place = await openPlace(store, word);
          if (app.options.json === true) files.push(await asJson(place));
          else await print(app, place, form);
        }
        if (app.options.json === true) app.result({ files });
      }),
    );
}

async function print(app: App, place: Place, form: Form): Promise<void> {
  app.endProgress();
  const { snapshot, entry } = place;
  const bytes =
    form !== 'json' && entry.type === 'directory'
      ? rendered(place, form)
      : snapshot.read((await fileOf(place)).content);
  for await (const part of bytes) {
    app.io.stdout.write(part);
    await app.io.stdout.drained();
  }
}

/** What a reader gets for an object: the page, or the list of a database's rows. */
async function* rendered({ snapshot, entry }: Place, as: 'md' | 'html'): AsyncIterable<string> {
  if (entry.type !== 'directory' || entry.object === undefined) throw isDirectory(entry.path);
  for await (const { name, text } of renderObject({ snapshot, directory: entry, as, objects: new Map() })) {
    if (!name.endsWith('.csv')) yield* text;
  }
}

/** A file as one JSON value: JSON documents as they are, anything else in base64. */
async function asJson(place: Place): Promise<object> {
  const file = await fileOf(place);
  const bytes = await readBytes(place.snapshot, file.content);
  const head = { snapshot: place.snapshot.id, path: file.path, size: file.content.size };
  return file.path.endsWith('.json')
    ? { ...head, document: JSON.parse(new TextDecoder().decode(bytes)) }
    : { ...head, base64: Buffer.from(bytes).toString('base64') };
}

async function fileOf({ snapshot, entry }: Place) {
  if (entry.type === 'file') return entry;
  if (entry.object === undefined) throw isDirectory(entry.path);
  const path = documentPath(entry);
  const file = await snapshot.entry(path);
  if (file?.type === 'file') return file;
  throw new KlosetError('not-found', `${path} is not in snapshot ${snapshot.id.slice(0, 8)}.`);
}

function isDirectory(path: string): KlosetError {
  return new KlosetError('usage', `${path} is a directory.`, { hint: 'List it with `notion-kloset ls`.' });
}
