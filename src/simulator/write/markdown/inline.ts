/** Markdown of one line as rich text in the form requests have. */
import type { JsonObject } from '../../workspace/json.ts';

type Annotation = 'bold' | 'italic' | 'strikethrough' | 'code';

interface Mark {
  readonly pattern: RegExp;
  readonly annotation: Annotation;
}

const marks: readonly Mark[] = [
  { pattern: /^`([^`]+)`/, annotation: 'code' },
  { pattern: /^\*\*(.+?)\*\*/, annotation: 'bold' },
  { pattern: /^~~(.+?)~~/, annotation: 'strikethrough' },
  { pattern: /^[*_]([^*_]+)[*_]/, annotation: 'italic' },
];
const link = /^\[([^\]]+)\]\((\S+?)\)/;

interface Style {
  readonly annotations: { readonly [name in Annotation]?: boolean };
  readonly url: string | undefined;
}

/** The runs of a line: bold, italic, struck out, code and links; everything else is plain text. */
export function inlineMarkdown(line: string): JsonObject[] {
  return runs(line, { annotations: {}, url: undefined });
}

function runs(line: string, style: Style): JsonObject[] {
  const found: JsonObject[] = [];
  let plain = '';
  const flush = () => {
    if (plain !== '') found.push(run(plain, style));
    plain = '';
  };
  for (let at = 0; at < line.length; ) {
    const styled = styledAt(line.slice(at), style);
    if (styled === undefined) {
      plain += line[at];
      at += 1;
      continue;
    }
    flush();
    found.push(...styled.runs);
    at += styled.length;
  }
  flush();
  return found;
}

/** The marked text at the beginning of `rest`, with the number of characters it takes. */
function styledAt(rest: string, style: Style): { runs: JsonObject[]; length: number } | undefined {
  const [linked, label, url] = link.exec(rest) ?? [];
  if (linked !== undefined && label !== undefined)
    return { runs: runs(label, { ...style, url }), length: linked.length };
  for (const { pattern, annotation } of marks) {
    const [whole, inner] = pattern.exec(rest) ?? [];
    if (whole === undefined || inner === undefined) continue;
    const inside = { ...style, annotations: { ...style.annotations, [annotation]: true } };
    return { runs: annotation === 'code' ? [run(inner, inside)] : runs(inner, inside), length: whole.length };
  }
  return undefined;
}

function run(content: string, { annotations, url }: Style): JsonObject {
  return {
    type: 'text',
    text: { content, ...(url === undefined ? {} : { link: { url } }) },
    annotations: { ...annotations },
  };
}
