/** URLs as requests may hold them: links of texts, addresses of media, and links between pages of the workspace. */
import { compactId, linkedId } from '../../../document/notion-id.ts';

/** The longest URL a request may hold, in characters. */
export const maxUrlLength = 2_000;

/** An absolute URL of a scheme that Notion opens, or undefined. */
export function linkUrl(url: string): string | undefined {
  const absolute = url.startsWith('/') && !url.startsWith('//') ? `https://www.notion.so${url}` : url;
  const opens = /^(https?|mailto|tel|ftp|notion|slack|zotero|obsidian):/i.test(absolute);
  return opens && URL.canParse(absolute) && absolute.length <= maxUrlLength ? absolute : undefined;
}

/** The URL when it leads to the web, as media, bookmarks and icons need it. */
export function webUrl(url: string): string | undefined {
  return /^https?:\/\/[^/\s]+/i.test(url) && URL.canParse(url) && url.length <= maxUrlLength
    ? url
    : undefined;
}

/** The address of a page or database by its id. */
export function pageUrl(id: string): string {
  return `https://www.notion.so/${compactId(id)}`;
}

/** `url` with the page it leads to replaced by that page's copy. Links out of Notion stay as they are. */
export function remappedUrl(url: string, newIdOf: (id: string) => string | undefined): string {
  const target = linkedId(url);
  const copy = target === undefined ? undefined : newIdOf(target);
  if (target === undefined || copy === undefined) return url;
  const block = /#([0-9a-f]{32})$/i.exec(url)?.[1];
  const blockCopy = block === undefined ? undefined : newIdOf(block);
  return blockCopy === undefined ? pageUrl(copy) : `${pageUrl(copy)}#${compactId(blockCopy)}`;
}
