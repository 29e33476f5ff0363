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
import { documentElements } from './parts/document.ts';
import { frame } from './parts/frame.ts';
import { trail } from './parts/trail.ts';
import { comparedBody } from './time-pages.ts';

export async function objectPage(
  catalog: Catalog,
  snapshot: OpenSnapshot,
  object: PlacedObject,
  { query }: Ask,
): Promise<Reply> {
  const document = await snapshot.document(object);
  const { title } = snapshot.noteFacts(object, document);
  const isCompared = query.get('changes') === '1' || query.has('with');
  const body =
    document.kind === 'page'
      ? isCompared
        ? await comparedBody(catalog, snapshot, object, document, query)
        : await pageBody(snapshot, object, document)
      : await databaseElements(snapshot, object, document, query);
  return htmlReply(
    await frame(
      {
        title: title || words.untitled,
        catalog,
        snapshot,
        object,
        isWide: document.kind === 'database' || query.has('beside'),
      },
      await trail(snapshot, object),
      h(
        'div',
        {
          className: ['time'],
          dataTime: `${objectAddress(snapshot.id, object.id)}history?part=1${isCompared ? '&changes=1' : ''}`,
        },
        h('a', { href: `${objectAddress(snapshot.id, object.id)}history` }, words.time.history),
      ),
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
