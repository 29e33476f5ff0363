/** Time: the versions of one page, two versions of it in one or beside each other. */

import { mergedPage } from '../../document/diff/merged-page.ts';
import type { PageDocument } from '../../document/documents.ts';
import type { Version } from '../../operations/history/versions.ts';
import { objectAddress, snapshotAddress, withQuery } from '../addresses.ts';
import type { Child, Element } from '../elements.ts';
import { h, htmlText } from '../elements.ts';
import type { Catalog } from '../reading/catalog.ts';
import type { PlacedObject } from '../reading/objects.ts';
import { pageLinks } from '../reading/page-links.ts';
import type { OpenSnapshot } from '../reading/snapshot.ts';
import { historyOf, pageIn } from '../reading/versions.ts';
import type { Ask, Reply } from '../reply.ts';
import { htmlReply } from '../reply.ts';
import { timeWords, words } from '../words.ts';
import { changeList, summaryOf } from './parts/change-list.ts';
import { documentElements } from './parts/document.ts';
import { frame } from './parts/frame.ts';
import { trail } from './parts/trail.ts';

/** The versions as a page, or as the slider that stands above a page. */
export async function historyPage(
  catalog: Catalog,
  snapshot: OpenSnapshot,
  object: PlacedObject,
  { query }: Ask,
): Promise<Reply> {
  const { versions, at } = await historyOf(catalog, snapshot, object);
  if (query.get('part') === '1')
    return htmlReply(htmlText(slider(versions, at, object, query.get('changes') === '1')));
  const title = (await snapshot.title(object)) || words.untitled;
  const rows = versions.map((version, index) => versionRow(version, index, versions, object)).reverse();
  return htmlReply(
    await frame(
      { title: `${words.time.history}: ${title}`, catalog, snapshot, object },
      await trail(snapshot, object),
      h('h1', {}, `${words.time.history}: `, h('a', { href: objectAddress(snapshot.id, object.id) }, title)),
      h('p', {}, words.time.explain),
      h('ol', { className: ['changes', 'versions'], reversed: true }, rows),
    ),
  );
}

/** The address at which a version is looked at: the page as it was, or, where it was gone, what changed then. */
function versionAddress(
  { snapshot, kind }: Version,
  { id }: PlacedObject,
  query: { readonly changes?: string },
) {
  if (kind === 'removed' || kind === 'unknown') return `${snapshotAddress(snapshot)}changes`;
  return withQuery(objectAddress(snapshot, id), query);
}

/** The last version before `index` in which the page was there. */
export function versionBefore(versions: readonly Version[], index: number): Version | undefined {
  return versions
    .slice(0, Math.max(0, index))
    .findLast(({ kind }) => kind !== 'removed' && kind !== 'unknown');
}

function slider(versions: readonly Version[], at: number, object: PlacedObject, withChanges: boolean): Child {
  const query = withChanges ? { changes: '1' } : {};
  const links = versions.map((version, index) =>
    h(
      'li',
      {},
      h(
        'a',
        {
          href: versionAddress(version, object, query),
          ...(index === at ? { ariaCurrent: 'true' } : {}),
        },
        `${timeWords(version.time)}: ${kindWords(version)}`,
      ),
    ),
  );
  const here = versions[at];
  const before = versionBefore(versions, at);
  const toggle =
    here === undefined || before === undefined
      ? undefined
      : withChanges
        ? h('a', { href: versionAddress(here, object, {}) }, words.time.hideChanges)
        : h('a', { href: versionAddress(here, object, { changes: '1' }) }, words.time.showChanges);
  return [
    versions.length < 2
      ? words.time.only(timeWords(here?.time ?? ''))
      : [
          h('input', {
            type: 'range',
            min: '0',
            max: String(versions.length - 1),
            step: '1',
            value: String(at),
            ariaLabel: words.time.slider,
          }),
          h('output', {}),
        ],
    toggle,
    versions.length < 2
      ? undefined
      : h('details', {}, h('summary', {}, words.time.all(versions.length)), h('ol', {}, links)),
  ];
}

function kindWords({ kind, changes }: Version): string {
  const summary = summaryOf(changes);
  return summary === '' ? words.time.versionKinds[kind] : `${words.time.versionKinds[kind]}: ${summary}`;
}

function versionRow(
  version: Version,
  index: number,
  versions: readonly Version[],
  object: PlacedObject,
): Element {
  const before = versionBefore(versions, index);
  const isThere = version.kind !== 'removed' && version.kind !== 'unknown';
  const compare =
    before === undefined || !isThere
      ? undefined
      : h(
          'p',
          {},
          h('a', { href: versionAddress(version, object, { changes: '1' }) }, words.time.showChanges),
          ' ',
          h(
            'a',
            {
              href: withQuery(objectAddress(version.snapshot, object.id), {
                with: before.snapshot.slice(0, 16),
                beside: 1,
              }),
            },
            words.time.beside,
          ),
        );
  return h(
    'li',
    { className: [version.kind === 'first' ? 'added' : version.kind], value: String(index + 1) },
    h('a', { href: versionAddress(version, object, {}) }, timeWords(version.time)),
    ` ${kindWords(version)}`,
    version.movedFrom === undefined ? undefined : h('p', {}, `${words.time.movedFrom} ${version.movedFrom}`),
    version.reason === undefined ? undefined : h('p', {}, version.reason),
    compare,
  );
}

/** A page with what changed in it since another version: in one, or beside each other. */
export async function comparedBody(
  catalog: Catalog,
  snapshot: OpenSnapshot,
  object: PlacedObject,
  document: PageDocument,
  query: URLSearchParams,
): Promise<Child> {
  const word = query.get('with') ?? (await previousSnapshot(catalog, snapshot, object));
  const other = word === undefined ? undefined : await pageIn(catalog, word, object.id);
  if (other === undefined)
    return [
      h('p', { className: ['caption'] }, words.time.noBefore),
      await documentElements(document, await pageLinks(snapshot, object, [document])),
    ];
  const between = words.time.between(timeWords(other.snapshot.header.time), timeWords(snapshot.header.time));
  const address = objectAddress(snapshot.id, object.id);
  const choice = { with: other.snapshot.id.slice(0, 16) };
  const isBeside = query.get('beside') === '1';
  const merged = mergedPage(other.document, document);
  const head = h(
    'div',
    { className: ['compared'] },
    h(
      'p',
      {},
      between,
      ' ',
      isBeside
        ? h('a', { href: withQuery(address, choice) }, words.time.inOne)
        : h('a', { href: withQuery(address, { ...choice, beside: 1 }) }, words.time.beside),
    ),
    h(
      'details',
      { open: true },
      h('summary', {}, words.time.count(merged.changes.length)),
      changeList(merged.changes),
    ),
  );
  if (!isBeside) {
    const links = await pageLinks(snapshot, object, [merged.document]);
    return [head, await documentElements(merged.document, links)];
  }
  const sides = [
    { at: other.snapshot, of: other.object, only: 'before' as const, idPrefix: 'before-' },
    { at: snapshot, of: object, only: 'after' as const, idPrefix: 'after-' },
  ];
  const shown = sides.map(async ({ at, of, only, idPrefix }) => {
    const side = mergedPage(other.document, document, only).document;
    const links = await pageLinks(at, of, [side]);
    const time = timeWords(at.header.time);
    return h(
      'section',
      { ariaLabel: time },
      h('p', { className: ['caption'] }, h('a', { href: objectAddress(at.id, of.id) }, time)),
      await documentElements(side, links, { base: objectAddress(at.id, of.id), idPrefix }),
    );
  });
  return [head, h('div', { className: ['beside'] }, await Promise.all(shown))];
}

async function previousSnapshot(
  catalog: Catalog,
  snapshot: OpenSnapshot,
  object: PlacedObject,
): Promise<string | undefined> {
  const { versions, at } = await historyOf(catalog, snapshot, object);
  return versionBefore(versions, at)?.snapshot;
}
