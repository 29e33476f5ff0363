/** The page at the top of a restored folder: the tree of all pages and databases as links, written piece by piece. */
import { htmlFrame, nodesHtml } from '../../document/render/html.ts';
import { nodesMarkdown } from '../../document/render/markdown.ts';
import { pathToUrl } from '../../document/render/tree/links.ts';
import type { RootContent } from '../../document/render/tree/nodes.ts';
import { linked, paragraph, text } from '../../document/render/tree/nodes.ts';
import type { NamedObject } from './object-index.ts';

const heading: RootContent = { type: 'heading', depth: 1, children: [text('Contents')] };

/**
 * @param objects parents before what lies below them
 * @param pathOf the path of an object's file below the folder, from its directory in the snapshot
 */
export async function* treePage(
  objects: Iterable<NamedObject>,
  as: 'md' | 'html',
  pathOf: (directory: string) => string,
): AsyncIterable<string> {
  const link = ({ path, title }: NamedObject): RootContent =>
    paragraph(linked(pathToUrl(pathOf(path).replace(/^\/+/, '')), [text(title || 'Untitled')]));
  if (as === 'md') {
    yield `${nodesMarkdown([heading])}\n`;
    for (const { depth, object } of nested(objects))
      yield `${'  '.repeat(depth)}- ${nodesMarkdown([link(object)])}`;
    return;
  }
  const { head, tail } = htmlFrame('Contents');
  yield head + nodesHtml([heading]);
  let open = 0;
  for (const { depth, object } of nested(objects)) {
    // A list stays open in its item until one that lies higher comes.
    const close = depth < open ? `${'</li></ul>'.repeat(open - depth - 1)}</li>` : '';
    const begin = depth >= open ? '<ul>' : '';
    yield `${close}${begin}<li>${nodesHtml([link(object)]).trim()}`;
    open = depth + 1;
  }
  yield '</li></ul>'.repeat(open) + tail;
}

/** Objects with the number of objects they lie in. */
function* nested(objects: Iterable<NamedObject>): Iterable<{ depth: number; object: NamedObject }> {
  const above: string[] = [];
  for (const object of objects) {
    while (above.length > 0 && !object.path.startsWith(`${above.at(-1)}/`)) above.pop();
    yield { depth: above.length, object };
    above.push(object.path);
  }
}
