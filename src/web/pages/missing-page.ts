/** A page that the snapshot at hand does not have: why, and where it may be. */
import { compactId } from '../../document/notion-id.ts';
import { withQuery } from '../addresses.ts';
import { h } from '../elements.ts';
import type { Catalog } from '../reading/catalog.ts';
import type { OpenSnapshot } from '../reading/snapshot.ts';
import type { Reply } from '../reply.ts';
import { htmlReply } from '../reply.ts';
import { timeWords, words } from '../words.ts';
import { frame } from './parts/frame.ts';

/** Answers 404. */
export async function missingPage(catalog: Catalog, snapshot: OpenSnapshot, id: string): Promise<Reply> {
  const own = compactId(id);
  const isId = /^[0-9a-f]{32}$/.test(own);
  const reason = (await snapshot.unread()).get(own)?.reason;
  const title = words.missing.title;
  return htmlReply(
    await frame(
      { title, catalog, snapshot },
      h('h1', {}, title),
      h('p', {}, words.missing.text(timeWords(snapshot.header.time))),
      reason === undefined
        ? undefined
        : h('p', { className: ['missing'] }, `${words.missing.unread} ${reason}`),
      isId
        ? h(
            'ul',
            {},
            h('li', {}, h('a', { href: withQuery('/search', { q: own }) }, words.missing.elsewhere)),
            h(
              'li',
              {},
              h('a', { href: `https://www.notion.so/${own}`, rel: ['noreferrer'] }, words.errors.inNotion),
            ),
          )
        : undefined,
    ),
    404,
  );
}
