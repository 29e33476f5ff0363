/** Rich text as words, emphasis, links and maths. */
import type { PhrasingContent } from 'mdast';
import type { Json, JsonObject } from '../../json.ts';
import { isObject, objectAt, stringAt } from '../../json.ts';
import { printableLines } from '../../names.ts';
import type { Links } from './links.ts';
import { runHref } from './links.ts';
import { linked, text, withClass } from './nodes.ts';

/** One way words can look, around nodes that all look so. */
type Mark =
  | { readonly is: 'link'; readonly href: string }
  | { readonly is: 'colored'; readonly color: string }
  | { readonly is: 'strong' | 'emphasis' | 'delete' | 'underline' };

/** A node with the marks around it, the outermost first. */
interface Piece {
  readonly node: PhrasingContent;
  readonly marks: readonly Mark[];
}

/** Runs of rich text, neighbours with one look under one node. */
export function phrasing(runs: readonly Json[], links: Links): PhrasingContent[] {
  return nested(runs.filter(isObject).flatMap((run) => pieces(run, links)));
}

function pieces(run: JsonObject, links: Links): Piece[] {
  const marks = marksOf(run, links);
  return words(run, links).map((node) => ({ node, marks }));
}

function marksOf(run: JsonObject, links: Links): Mark[] {
  const annotations = objectAt(run, 'annotations') ?? {};
  const marks: Mark[] = [];
  const href = runHref(run, links);
  if (href !== undefined) marks.push({ is: 'link', href });
  if (annotations.bold === true) marks.push({ is: 'strong' });
  if (annotations.italic === true) marks.push({ is: 'emphasis' });
  if (annotations.strikethrough === true) marks.push({ is: 'delete' });
  if (annotations.underline === true) marks.push({ is: 'underline' });
  const color = colorClass(annotations.color);
  if (color !== undefined) marks.push({ is: 'colored', color });
  return marks;
}

/** The class of one of Notion's colours; undefined for the usual one and for words that are no colour. */
export function colorClass(color: Json | undefined): string | undefined {
  if (typeof color !== 'string' || color === 'default' || !/^[a-z]+(_background)?$/.test(color))
    return undefined;
  return `color-${color.replace('_', '-')}`;
}

/** The words of a run without their look. Blanks at its ends stand alone: emphasis does not reach over them. */
function words(run: JsonObject, links: Links): PhrasingContent[] {
  const expression = stringAt(objectAt(run, 'equation'), 'expression');
  if (expression !== undefined) {
    // TeX takes any blanks for one; Markdown would take a line end for the end of a heading.
    const value = printableLines(expression).replace(/\s+/g, ' ').trim();
    return value === '' ? [] : [{ type: 'inlineMath', value }];
  }
  const value = printableLines(shownText(run, links).replace(/\r\n?/g, '\n'));
  if (objectAt(run, 'annotations')?.code === true) return lines(value, code);
  return lines(value, (line) => blanksApart(line).map(text));
}

/** A line as the blanks before it, its words, and the blanks behind it; without those that are empty. */
function blanksApart(line: string): string[] {
  const start = line.length - line.trimStart().length;
  const end = Math.max(start, line.trimEnd().length);
  return [line.slice(0, start), line.slice(start, end), line.slice(end)].filter((part) => part !== '');
}

/**
 * A page or database that is mentioned has the title of its own document: the words in the run may be of an earlier reading.
 * The words of a link mention are its address, and the app shows its title.
 */
function shownText(run: JsonObject, links: Links): string {
  const plain = stringAt(objectAt(run, 'text'), 'content') ?? stringAt(run, 'plain_text') ?? '';
  const mention = objectAt(run, 'mention');
  const id = stringAt(objectAt(mention, 'page') ?? objectAt(mention, 'database'), 'id');
  if (id === undefined) return stringAt(objectAt(mention, 'link_mention'), 'title') || plain;
  return links.title?.(id) || plain || 'Untitled';
}

function code(value: string): PhrasingContent[] {
  return value === '' ? [] : [{ type: 'inlineCode', value }];
}

function lines(value: string, nodes: (line: string) => PhrasingContent[]): PhrasingContent[] {
  return value
    .split('\n')
    .flatMap((line, index): PhrasingContent[] => [
      ...(index === 0 ? [] : [{ type: 'break' } as const]),
      ...nodes(line),
    ]);
}

/** Pieces under the fewest nodes: of the marks of the first piece, the one that reaches furthest is outermost. */
function nested(list: readonly Piece[]): PhrasingContent[] {
  const nodes: PhrasingContent[] = [];
  for (let start = 0; start < list.length; ) {
    const first = list[start];
    if (first === undefined) break;
    const { mark, end } = furthest(list, start);
    if (mark === undefined || isBlank(first, mark)) {
      if (mark === undefined) {
        append(nodes, first.node);
        start += 1;
      } else {
        nodes.push(...nested([without(first, mark)]));
        start += 1;
      }
      continue;
    }
    let last = end;
    for (
      let piece = list[last - 1];
      piece !== undefined && last > start + 1 && isBlank(piece, mark);
      piece = list[last - 1]
    )
      last -= 1;
    const inside = nested(list.slice(start, last).map((piece) => without(piece, mark)));
    for (const node of marked(mark, inside)) append(nodes, node);
    start = last;
  }
  return nodes;
}

function furthest(list: readonly Piece[], start: number): { mark: Mark | undefined; end: number } {
  let [mark, end]: [Mark | undefined, number] = [undefined, start];
  for (const own of list[start]?.marks ?? []) {
    let reach = start + 1;
    while (list[reach]?.marks.some((other) => isSame(own, other)) === true) reach += 1;
    if (reach > end) [mark, end] = [own, reach];
  }
  return { mark, end };
}

/** Bold, italic and struck blanks look like blanks, and Markdown cannot mark them (CommonMark 0.31 §6.2). */
function isBlank({ node }: Piece, mark: Mark): boolean {
  if (mark.is !== 'strong' && mark.is !== 'emphasis' && mark.is !== 'delete') return false;
  return node.type === 'break' || (node.type === 'text' && node.value.trim() === '');
}

function without(piece: Piece, mark: Mark): Piece {
  return { node: piece.node, marks: piece.marks.filter((other) => !isSame(mark, other)) };
}

function isSame(a: Mark, b: Mark): boolean {
  if (a.is === 'link') return b.is === 'link' && a.href === b.href;
  if (a.is === 'colored') return b.is === 'colored' && a.color === b.color;
  return a.is === b.is;
}

function marked(mark: Mark, children: PhrasingContent[]): PhrasingContent[] {
  switch (mark.is) {
    case 'link':
      return linked(mark.href, children);
    case 'underline':
      return [{ type: 'underline', children, data: { hName: 'u' } }];
    case 'colored':
      return [{ type: 'colored', children, data: withClass('span', mark.color) }];
    default:
      return [{ type: mark.is, children }];
  }
}

/** Neighbouring words become one node. */
function append(nodes: PhrasingContent[], node: PhrasingContent): void {
  const last = nodes.at(-1);
  if (last?.type === 'text' && node.type === 'text' && node.data === undefined)
    nodes[nodes.length - 1] = text(last.value + node.value);
  else nodes.push(node);
}
