/** The first page: every snapshot of the store, newest first, workspace by workspace. */

import type { KnownSnapshot } from '../../operations/look/known-snapshots.ts';
import { isAlarmed } from '../../operations/look/known-snapshots.ts';
import { snapshotAddress } from '../addresses.ts';
import type { Child, Element } from '../elements.ts';
import { h } from '../elements.ts';
import type { Catalog } from '../reading/catalog.ts';
import type { Reply } from '../reply.ts';
import { htmlReply } from '../reply.ts';
import { plural, sizeWords, timeWords, words } from '../words.ts';
import { frame } from './parts/frame.ts';

export async function homePage(catalog: Catalog): Promise<Reply> {
  const { snapshots, loss } = await catalog.survey();
  const content: Child[] = [
    h('h1', {}, words.home.title),
    loss === undefined
      ? undefined
      : h('p', { className: ['missing'], role: 'alert' }, `${loss.error.message} ${loss.error.hint ?? ''}`),
    snapshots.length === 0 ? h('p', {}, words.home.none) : table(snapshots),
  ];
  return htmlReply(await frame({ title: words.home.title, catalog, isWide: true }, content));
}

function table(snapshots: readonly KnownSnapshot[]): Element {
  const heads = [words.home.time, words.home.source, words.home.contents, words.home.added, words.home.state];
  return h(
    'div',
    { className: ['table'], tabIndex: 0, role: 'region', ariaLabel: words.home.title },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          heads.map((name) => h('th', { scope: 'col' }, name)),
          h('th', { scope: 'col' }, words.home.changes),
        ),
      ),
      h('tbody', {}, snapshots.map(row)),
    ),
  );
}

function row(snapshot: KnownSnapshot): Element {
  const { id, header, problem } = snapshot;
  if (header === undefined || problem !== undefined)
    return h(
      'tr',
      {},
      h('td', {}, timeWords(header?.time ?? '')),
      h('td', {}, header?.name ?? id.slice(0, 8)),
      h('td', { colSpan: 4, className: ['missing'] }, `${words.home.unreadable}: ${problem ?? ''}`),
    );
  const { pages = 0, databases = 0, files = 0 } = header.counts;
  const counts = [words.home.pages(pages), words.home.databases(databases), words.home.files(files)];
  return h(
    'tr',
    {},
    h('td', {}, h('a', { href: snapshotAddress(id) }, timeWords(header.time))),
    h('td', {}, header.name),
    h('td', {}, counts.join(', ')),
    h('td', {}, sizeWords(header.addedBytes)),
    h('td', {}, stateOf(snapshot)),
    h('td', {}, h('a', { href: `${snapshotAddress(id)}changes` }, words.home.changes)),
  );
}

/** Its state in words: whether it is complete comes first. */
export function stateOf(snapshot: KnownSnapshot): Child {
  const { header, isAutomatic, isPinned, tags } = snapshot;
  const complete =
    header?.complete === true ? words.home.complete : words.home.incomplete(Math.max(1, header?.errors ?? 1));
  const others = [
    ...(isAutomatic ? [words.home.automatic] : []),
    ...(isPinned ? [words.home.pinned] : []),
    ...tags,
  ];
  return [
    header?.complete === true ? complete : h('span', { className: ['missing'] }, complete),
    isAlarmed(snapshot) ? [', ', h('strong', { className: ['missing'] }, words.home.alarm)] : undefined,
    others.length === 0 ? undefined : `, ${others.join(', ')}`,
  ];
}

/** `12 pages` and the like, for headings. */
export function countWords(counts: { readonly [name: string]: number }): string {
  return [plural(counts.pages ?? 0, 'page'), plural(counts.databases ?? 0, 'database')].join(', ');
}
