/** The page at the top of a restored folder: the tree of all pages and databases as links. */
import { htmlFrame, nodesHtml } from '../../document/render/html.ts';
import { nodesMarkdown } from '../../document/render/markdown.ts';
import { pathToUrl } from '../../document/render/tree/links.ts';
import type { ListNode } from '../../document/render/tree/nodes.ts';
import { linked, paragraph, text } from '../../document/render/tree/nodes.ts';
import type { NamedObjects } from './titles.ts';

/** @param pathOf the path of an object's file below the folder, from its directory in the snapshot */
export function treePage(
  { paths, titles }: NamedObjects,
  as: 'md' | 'html',
  pathOf: (directory: string) => string,
): string {
  const title = 'Contents';
  const root: ListNode = { type: 'list', ordered: false, spread: false, children: [] };
  const open: { readonly path: string; readonly list: ListNode }[] = [{ path: '', list: root }];
  for (const [id, path] of paths) {
    while (open.length > 1 && !path.startsWith(`${open.at(-1)?.path ?? ''}/`)) open.pop();
    const list: ListNode = { type: 'list', ordered: false, spread: false, children: [] };
    const words = paragraph(
      linked(pathToUrl(pathOf(path).replace(/^\/+/, '')), [text(titles.get(id) ?? 'Untitled')]),
    );
    open.at(-1)?.list.children.push({ type: 'listItem', spread: false, children: [words, list] as never });
    open.push({ path, list });
  }
  const tree = withoutEmpty(root);
  const nodes = [{ type: 'heading' as const, depth: 1 as const, children: [text(title)] }, tree];
  if (as === 'md') return nodesMarkdown(nodes);
  const { head, tail } = htmlFrame(title);
  return head + nodesHtml(nodes) + tail;
}

/** The list without the lists below pages that have none below them. */
function withoutEmpty(list: ListNode): ListNode {
  const children = list.children.map((item) => ({
    ...item,
    children: item.children
      .filter((child) => child.type !== 'list' || child.children.length > 0)
      .map((child) => (child.type === 'list' ? withoutEmpty(child) : child)),
  }));
  return { ...list, children };
}
