/** One page of a snapshot as Notion shows it, or one database. */
import type { DatabaseDocument, PageDocument } from '../../document/documents.ts';
import { stringAt } from '../../document/json.ts';
import { objectAddress } from '../addresses.ts';
import type { Child, Element } from '../elements.ts';
import { h } from '../elements.ts';
import type { Catalog } from '../reading/catalog.ts';
import type { PlacedObject } from '../reading/objects.ts';
import { pageLinks } from '../reading/page-links.ts';
import type { OpenSnapshot } from '../reading/snapshot.ts';
import type { Ask, Reply } from '../reply.ts';
import { htmlReply } from '../reply.ts';
import { timeWords, words } from '../words.ts';
import { databaseElements } from './database.ts';
import { documentElements } from './document.ts';
import { frame } from './frame.ts';

export async function objectPage(
  catalog: Catalog,
  snapshot: OpenSnapshot,
  object: PlacedObject,
  { query }: Ask,
): Promise<Reply> {
  const document = await snapshot.document(object);
  const { title } = snapshot.noteFacts(object, document);
  const body =
    document.kind === 'page'
      ? await pageBody(snapshot, object, document)
      : await databaseElements(snapshot, object, document, query);
  return htmlReply(
    await frame(
      { title: title || words.untitled, catalog, snapshot, object, isWide: document.kind === 'database' },
      await trail(snapshot, object),
      h('article', { className: ['document', ...(hasComments(document) ? ['has-comments'] : [])] }, body),
      await foot(snapshot, object, document),
    ),
  );
}

async function pageBody(
  snapshot: OpenSnapshot,
  object: PlacedObject,
  document: PageDocument,
): Promise<Child> {
  const links = await pageLinks(snapshot, object, [document]);
  return [
    document.torn === true ? h('p', { className: ['missing'] }, words.page.torn) : undefined,
    await documentElements(document, links),
  ];
}

function hasComments(document: PageDocument | DatabaseDocument): boolean {
  return document.kind === 'page' && document.comments.length > 0;
}

/** The way to the page, and what can be done with it. */
export async function trail(snapshot: OpenSnapshot, object: PlacedObject): Promise<Element> {
  const above = await snapshot.objects.above(object.path);
  const titles = await Promise.all(above.map((each) => snapshot.title(each)));
  const address = objectAddress(snapshot.id, object.id);
  const items = above.map((each, index) =>
    h('li', {}, h('a', { href: objectAddress(snapshot.id, each.id) }, titles[index] || words.untitled)),
  );
  return h(
    'div',
    { className: ['bar'] },
    h('nav', { ariaLabel: words.frame.breadcrumb }, h('ol', { className: ['trail'] }, items)),
    h(
      'p',
      { className: ['actions'] },
      h('a', { href: `${address}history` }, words.page.history),
      ' ',
      h('a', { href: `${address}take` }, words.page.download),
    ),
  );
}

async function foot(
  snapshot: OpenSnapshot,
  object: PlacedObject,
  document: PageDocument | DatabaseDocument,
): Promise<Element> {
  const own =
    document.kind === 'page' ? document.page : (document.database ?? document.data_sources[0] ?? {});
  const edited = stringAt(own, 'last_edited_time');
  return h(
    'footer',
    { className: ['foot'] },
    h(
      'p',
      {},
      edited === undefined ? undefined : `${words.page.edited} ${timeWords(edited)}. `,
      h('a', { href: `https://www.notion.so/${object.id}`, rel: ['noreferrer'] }, words.page.inNotion),
    ),
    h(
      'p',
      {},
      h('a', { href: `${objectAddress(snapshot.id, object.id)}links`, dataLoad: '' }, words.page.showLinks),
    ),
  );
}
