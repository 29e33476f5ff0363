/** The pages of a snapshot that link to one page. */
import { objectAddress } from '../addresses.ts';
import { h, htmlText } from '../elements.ts';
import { pagesLinkingTo } from '../reading/backlinks.ts';
import type { Catalog } from '../reading/catalog.ts';
import type { PlacedObject } from '../reading/objects.ts';
import type { OpenSnapshot } from '../reading/snapshot.ts';
import type { Ask, Reply } from '../reply.ts';
import { htmlReply } from '../reply.ts';
import { words } from '../words.ts';
import { frame } from './parts/frame.ts';
import { trail } from './parts/trail.ts';

const maxLinks = 200;

export async function linksPage(
  catalog: Catalog,
  snapshot: OpenSnapshot,
  object: PlacedObject,
  { query }: Ask,
): Promise<Reply> {
  const pages = await pagesLinkingTo(snapshot, object.id);
  const items = await Promise.all(
    pages
      .slice(0, maxLinks)
      .map(async (page) =>
        h(
          'li',
          {},
          h(
            'a',
            { href: objectAddress(snapshot.id, page.id) },
            (await snapshot.title(page)) || words.untitled,
          ),
        ),
      ),
  );
  const list = [
    items.length === 0 ? h('p', {}, words.page.noLinks) : h('ul', {}, items),
    pages.length > maxLinks ? h('p', {}, words.snapshot.moreGaps(pages.length - maxLinks)) : undefined,
  ];
  if (query.get('part') === '1')
    return htmlReply(htmlText(h('section', {}, h('h2', {}, words.page.linkedFrom), list)));
  const title = (await snapshot.title(object)) || words.untitled;
  return htmlReply(
    await frame(
      { title: `${words.page.linkedFrom}: ${title}`, catalog, snapshot, object },
      await trail(snapshot, object),
      h(
        'h1',
        {},
        `${words.page.linkedFrom}: `,
        h('a', { href: objectAddress(snapshot.id, object.id) }, title),
      ),
      list,
    ),
  );
}
