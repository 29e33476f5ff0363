/** The table of contents of a page. */
import type { List, ListItem, PhrasingContent, RootContent } from 'mdast';
import { paragraph, text } from './nodes.ts';
import type { Part } from './part.ts';
import { anchorOf, blockContent } from './part.ts';

/** The headings of the page, nested by their levels. */
export function tableOfContents({ context: { headings } }: Part): RootContent[] {
  if (headings.length === 0) return [];
  const root: List = {
    type: 'list',
    ordered: false,
    spread: false,
    children: [],
    data: { hProperties: { className: ['contents'] } },
  };
  // Each heading stands below the nearest before it that ranks higher.
  const open: { readonly level: number; readonly item?: ListItem }[] = [{ level: 0 }];
  for (const { id, slug, level, title } of headings) {
    while (open.length > 1 && level <= (open.at(-1)?.level ?? 0)) open.pop();
    const above = open.at(-1)?.item;
    const words: PhrasingContent[] = [
      { type: 'link', url: `#${anchorOf(id)}`, children: [text(title)], data: { markdownUrl: `#${slug}` } },
    ];
    const item: ListItem = { type: 'listItem', spread: false, children: blockContent([paragraph(words)]) };
    listBelow(above, root).children.push(item);
    open.push({ level, item });
  }
  return [root];
}

/** The list below an item of the contents, new when there is none; `root` where there is no item. */
function listBelow(item: ListItem | undefined, root: List): List {
  const last = item?.children.at(-1);
  if (item === undefined || last?.type === 'list') return last?.type === 'list' ? last : root;
  const list: List = { type: 'list', ordered: false, spread: false, children: [] };
  item.children.push(list);
  return list;
}
