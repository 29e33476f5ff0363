/** Take it away: a page or all below it as files, and the command lines that restore it. Nothing is written from the browser. */

import { PassThrough } from 'node:stream';
import { safeFileName } from '../../document/names.ts';
import { KlosetError } from '../../errors.ts';
import { silentMonitor } from '../../monitor.ts';
import { gapsBelow } from '../../operations/documents/not-in-snapshot.ts';
import { titleOfPath } from '../../operations/documents/titles.ts';
import { placeIn } from '../../operations/look/open-place.ts';
import type { ReadForm } from '../../operations/look/read-place.ts';
import { readPlace } from '../../operations/look/read-place.ts';
import { sizesAt } from '../../operations/look/sizes.ts';
import { dumpToStream } from '../../operations/restore/dump.ts';
import { objectAddress, withQuery } from '../addresses.ts';
import type { Child } from '../elements.ts';
import { h } from '../elements.ts';
import type { Catalog } from '../reading/catalog.ts';
import type { PlacedObject } from '../reading/objects.ts';
import type { OpenSnapshot } from '../reading/snapshot.ts';
import type { Ask, Reply } from '../reply.ts';
import { downloadReply, htmlReply } from '../reply.ts';
import { plural, sizeWords, timeWords, words } from '../words.ts';
import { frame } from './parts/frame.ts';
import { trail } from './parts/trail.ts';

const forms: { readonly [form in ReadForm]: string } = {
  md: 'text/markdown; charset=utf-8',
  html: 'text/html; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
  text: 'text/plain; charset=utf-8',
};

export async function takePage(
  catalog: Catalog,
  snapshot: OpenSnapshot,
  object: PlacedObject,
  { hasPlans }: { readonly hasPlans: boolean },
): Promise<Reply> {
  const title = (await snapshot.title(object)) || words.untitled;
  const address = objectAddress(snapshot.id, object.id);
  const [size] = await sizesAt(await placeIn(snapshot.reader, object.path), 0);
  const missing = await gapsBelow(snapshot.reader, object.path, { comments: true, isAlone: false });
  const offered = object.kind === 'database' ? ['md', 'html', 'csv', 'json'] : ['md', 'html', 'json', 'text'];
  return htmlReply(
    await frame(
      { title: `${words.take.title}: ${title}`, catalog, snapshot, object },
      await trail(snapshot, object),
      h('h1', {}, `${words.take.title}: `, h('a', { href: address }, title)),
      h('h2', {}, words.take.files),
      h(
        'ul',
        {},
        offered.map((form) =>
          h(
            'li',
            {},
            h(
              'a',
              { href: withQuery(`${address}get`, { as: form }), download: '' },
              words.take.forms[form] ?? form,
            ),
          ),
        ),
      ),
      h('h2', {}, words.take.withBelow),
      h(
        'ul',
        {},
        ['html', 'md', 'csv', 'json'].map((form) =>
          h(
            'li',
            {},
            h(
              'a',
              { href: withQuery(`${address}zip`, { as: form }), download: '' },
              words.take.zip(words.take.forms[form] ?? form),
            ),
          ),
        ),
      ),
      h('h2', {}, words.take.restore),
      h('p', {}, words.take.explain),
      h(
        'p',
        {},
        words.take.plan(
          timeWords(snapshot.header.time),
          plural(size?.objects ?? 1, 'object'),
          sizeWords(size?.documents ?? 0),
          sizeWords(size?.media ?? 0),
        ),
      ),
      missing.length === 0
        ? undefined
        : h(
            'details',
            {},
            h('summary', {}, words.take.missing(missing.length)),
            h(
              'ul',
              {},
              missing
                .slice(0, 100)
                .map(({ path, what, reason }) => h('li', {}, `${path}: ${what}: ${reason}`)),
            ),
          ),
      commands(catalog, snapshot, object),
      hasPlans ? planLinks(address) : h('p', {}, words.take.noPlans),
    ),
  );
}

function commands(catalog: Catalog, snapshot: OpenSnapshot, object: PlacedObject): Child {
  const place = shellWord(`${snapshot.id.slice(0, 12)}:${object.path}`);
  const start = `notion-kloset at ${shellWord(catalog.store.location)}`;
  const lines: readonly (readonly [about: string, line: string])[] = [
    [words.take.inPlacePlan, `${start} restore --in-place --dry-run ${place}`],
    [words.take.inPlace, `${start} restore --in-place ${place}`],
    [words.take.underPagePlan, `${start} restore --dry-run --root-id PAGE ${place}`],
    [words.take.underPage, `${start} restore --root-id PAGE ${place}`],
    [words.take.toFolder, `${start} restore --to FOLDER --as md ${place}`],
  ];
  return lines.map(([about, line]) => [h('p', {}, about), h('code', { className: ['command'] }, line)]);
}

/** The ways to the plans on a page. The form asks with GET, as every page does: a plan writes nothing. */
function planLinks(address: string): Child {
  return [
    h('h2', {}, words.take.planHere),
    h('p', {}, h('a', { href: withQuery(`${address}plan`, { of: 'in-place' }) }, words.take.inPlace)),
    h(
      'form',
      { action: `${address}plan` },
      h('input', { type: 'hidden', name: 'of', value: 'copy' }),
      h('label', {}, `${words.take.copyPlan} `, h('input', { name: 'page', required: true })),
      h('button', { type: 'submit' }, words.take.showPlan),
    ),
  ];
}

/** A word for a POSIX shell: quoted unless it is plain. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A page with all below it as one zip file, in the form asked for. */
export function archiveReply(snapshot: OpenSnapshot, object: PlacedObject, { query }: Ask): Reply {
  const as = query.get('as') ?? 'html';
  if (as !== 'md' && as !== 'html' && as !== 'csv' && as !== 'json')
    throw new KlosetError('usage', `There is no form ${JSON.stringify(as)}.`);
  const name = `${safeFileName(titleOfPath(object.path))}.zip`;
  const dump = {
    snapshot: snapshot.reader,
    path: object.path,
    as,
    format: 'zip',
    monitor: silentMonitor,
  } as const;
  return downloadReply(streamed(dump), name, 'application/zip');
}

/** The archive as it is written, no faster than it is read; a reader that goes away ends the writing. */
function streamed(dump: Parameters<typeof dumpToStream>[0]): PassThrough {
  const pipe = new PassThrough();
  let stop: (error: Error) => void = () => undefined;
  pipe.once('close', () => stop(new KlosetError('unavailable', 'The reader went away.')));
  const take = (bytes: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      stop = reject;
      if (pipe.destroyed) reject(new KlosetError('unavailable', 'The reader went away.'));
      else pipe.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  dumpToStream(dump, take).then(
    () => pipe.end(),
    (error) => pipe.destroy(error),
  );
  return pipe;
}

/** One page or database as a file. @throws KlosetError `usage` for a form that it does not have */
export async function takeReply(
  snapshot: OpenSnapshot,
  object: PlacedObject,
  { query }: Ask,
): Promise<Reply> {
  const form = query.get('as') ?? '';
  if (!isForm(form)) throw new KlosetError('usage', `There is no form ${JSON.stringify(form)}.`);
  const place = await placeIn(snapshot.reader, object.path);
  const name = safeFileName((await snapshot.title(object)) || words.untitled);
  return downloadReply(readPlace(place, form), `${name}.${form === 'text' ? 'txt' : form}`, forms[form]);
}

function isForm(form: string): form is ReadForm {
  return Object.hasOwn(forms, form);
}
