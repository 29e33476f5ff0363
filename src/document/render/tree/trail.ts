/** The way from the top of the workspace to a page, as links. */
import type { PhrasingContent } from 'mdast';
import { printable } from '../../names.ts';
import type { Links } from './links.ts';
import { linked, text } from './nodes.ts';

/** The pages above the one being rendered, the outermost first; nothing for a page at the top. */
export function trailWords(links: Links): PhrasingContent[] {
  const above = links.ancestors?.() ?? [];
  return above.flatMap(({ title, href }, index) => [
    ...(index === 0 ? [] : [text(' / ')]),
    ...linked(href, [text(printable(title))]),
  ]);
}
