/** Search over one snapshot or all, and the way to a page by its Notion address or id. */
import { parseNotionId } from '../../document/notion-id.ts';
import { isKlosetError } from '../../errors.ts';
import type { Excerpt } from '../../operations/search/excerpts.ts';
import type { Hit, SearchOptions, SearchResult } from '../../operations/search/search.ts';
import { objectAddress, withQuery } from '../addresses.ts';
import type { Child, Element } from '../elements.ts';
import { h, htmlText } from '../elements.ts';
import type { Catalog } from '../reading/catalog.ts';
import { searchOf } from '../reading/searching.ts';
import type { OpenSnapshot } from '../reading/snapshot.ts';
import type { Ask, Reply } from '../reply.ts';
import { htmlReply, redirect } from '../reply.ts';
import { timeWords, words } from '../words.ts';
import { frame } from './parts/frame.ts';

const maxHits = 50;
const maxTyped = 8;

export async function searchPage(catalog: Catalog, { query }: Ask): Promise<Reply> {
  const typed = (query.get('q') ?? '').trim().slice(0, 500);
  const word = query.get('s');
  const snapshot = word === null ? undefined : await catalog.open(word);
  const isPart = query.get('part') === '1';
  const id = parseNotionId(typed);
  if (id !== undefined) {
    const address = await addressOf(catalog, snapshot, id);
    if (isPart) return htmlReply(htmlText(jumpLink(address)));
    if (address !== undefined) return redirect(address);
  }
  const all = query.get('all') === '1' || snapshot === undefined;
  const kind = kindOf(query.get('kind'));
  const options = { all, kind, snapshot: all ? undefined : snapshot?.id, limit: isPart ? maxTyped : maxHits };
  const result = typed === '' ? undefined : await found(catalog, typed, options);
  const list = result === undefined ? undefined : hits(result, all ? undefined : snapshot);
  if (isPart) {
    const more = withQuery('/search', { q: typed, s: word ?? undefined });
    const rest = (result?.total ?? 0) - (result?.hits.length ?? 0);
    return htmlReply(
      htmlText(list, rest > 0 ? h('p', {}, h('a', { href: more }, words.search.more(rest))) : undefined),
    );
  }
  return htmlReply(
    await frame(
      { title: words.search.title, catalog, snapshot, query: typed },
      h('h1', {}, words.search.title),
      form(typed, snapshot, all, kind),
      id === undefined ? list : h('p', {}, words.search.notHere),
    ),
  );
}

/** The hits; nothing for a query that has no word yet. The last word may be the beginning of one. */
async function found(
  catalog: Catalog,
  typed: string,
  options: Omit<SearchOptions, 'query'>,
): Promise<SearchResult> {
  const query = /[\p{L}\p{N}]$/u.test(typed) ? `${typed}*` : typed;
  try {
    return await (await searchOf(catalog)).find({ query, ...options });
  } catch (error) {
    if (isKlosetError(error, 'usage')) return { total: 0, searched: 0, hits: [] };
    throw error;
  }
}

/** The address of an object: in the snapshot at hand, else in the newest that has it. */
async function addressOf(
  catalog: Catalog,
  snapshot: OpenSnapshot | undefined,
  id: string,
): Promise<string | undefined> {
  if ((await snapshot?.objects.find(id)) !== undefined) return objectAddress(snapshot?.id ?? '', id);
  for (const { id: own } of await catalog.readable()) {
    const other = await catalog.open(own);
    if ((await other.objects.find(id)) !== undefined) return objectAddress(own, id);
  }
  return undefined;
}

function jumpLink(address: string | undefined): Child {
  return address === undefined
    ? h('p', {}, words.search.notHere)
    : h('ul', { className: ['hits'] }, h('li', {}, h('a', { href: address }, words.search.jump)));
}

function kindOf(text: string | null): 'page' | 'database' | undefined {
  return text === 'page' || text === 'database' ? text : undefined;
}

function form(
  typed: string,
  snapshot: OpenSnapshot | undefined,
  all: boolean,
  kind: 'page' | 'database' | undefined,
): Element {
  const option = (value: string, label: string, chosen: boolean) =>
    h('option', { value, selected: chosen }, label);
  return h(
    'form',
    { className: ['find'], action: '/search' },
    snapshot === undefined
      ? undefined
      : h('input', { type: 'hidden', name: 's', value: snapshot.id.slice(0, 16) }),
    h('input', { type: 'search', name: 'q', value: typed, ariaLabel: words.frame.search }),
    h(
      'select',
      { name: 'kind', ariaLabel: words.search.kind },
      option('', words.search.kinds.any, kind === undefined),
      option('page', words.search.kinds.page, kind === 'page'),
      option('database', words.search.kinds.database, kind === 'database'),
    ),
    snapshot === undefined
      ? undefined
      : h(
          'select',
          { name: 'all', ariaLabel: words.search.where },
          option('', words.search.here, !all),
          option('1', words.search.everywhere, all),
        ),
    h('button', { type: 'submit' }, words.frame.search),
  );
}

function hits({ total, hits: list }: SearchResult, snapshot: OpenSnapshot | undefined): Child {
  if (list.length === 0) return h('p', {}, words.search.none);
  return [
    h('p', { className: ['caption'] }, words.search.count(total)),
    h(
      'ul',
      { className: ['hits'] },
      list.map((hit) => item(hit, snapshot)),
    ),
  ];
}

function item(
  { id, kind, title, path, excerpts, snapshots }: Hit,
  snapshot: OpenSnapshot | undefined,
): Element {
  const [first, last] = [snapshots[0], snapshots.at(-1)];
  const own = snapshot?.id ?? last?.id ?? '';
  const when =
    first === undefined || last === undefined
      ? ''
      : first === last
        ? timeWords(last.time)
        : words.search.span(timeWords(first.time), timeWords(last.time), snapshots.length);
  const way = path
    .split('/')
    .slice(1, -1)
    .map((name) => name.replace(/~[0-9a-f]+$/, ''));
  return h(
    'li',
    {},
    h('a', { href: objectAddress(own, id) }, title || words.untitled),
    h('span', { className: ['kind'] }, ` ${words.tree[kind]}`),
    way.length === 0 ? undefined : h('p', {}, way.join(' / ')),
    excerpts.map(excerpt),
    h('p', {}, when),
  );
}

function excerpt({ before, match, after }: Excerpt): Element {
  return h('p', {}, before, h('mark', {}, match), after);
}
