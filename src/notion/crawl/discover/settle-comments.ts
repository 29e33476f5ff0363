/**
 * Decides why no comments came of some pages: 404 is the answer about a page or block that is gone, and on some servers
 * the only one that a connection without the capability gets, all the time.
 */
import type { CrawlContext } from '../context/crawl-context.ts';
import { saveChange } from '../read/write-document.ts';
import type { Doubt } from '../state/crawl-errors.ts';
import { sweepReadPage } from './sweep-page.ts';

/**
 * To be called once every page was asked, again and again while it returns true: then pages are to be read again.
 *
 * 1. Where comments came from anywhere, all pages without an answer are asked again; what they lack then is a gap.
 * 2. Where none came at all of a page that was read, and so is there, the connection may not read comments.
 * 3. A page that was taken over may be gone, in part or in whole: one is read, and then decides.
 */
export async function settleComments(context: CrawlContext): Promise<boolean> {
  const { refused, state } = context;
  const doubts = state.errors.doubts();
  const read = doubts.filter(({ isRead }) => isRead === 1);
  const carried = doubts.filter(({ isRead }) => isRead === 0);
  if (refused.hasAnswered('comments')) {
    for (const doubt of read) await sweepReadPage(context, doubt.id);
    clear(context, read);
    return readAgain(context, carried);
  }
  const [example] = read;
  if (example === undefined) return readAgain(context, carried.slice(0, 1));
  refused.add('comments', example.reason);
  clear(context, doubts);
  return false;
}

function readAgain(context: CrawlContext, pages: readonly Doubt[]): boolean {
  clear(context, pages);
  saveChange(context, () => {
    for (const { id } of pages) context.state.objects.requireReading(id);
  });
  return pages.length > 0;
}

function clear(context: CrawlContext, doubts: readonly Doubt[]): void {
  saveChange(context, () => {
    for (const { id } of doubts) context.state.errors.clearDoubt(id);
  });
}
