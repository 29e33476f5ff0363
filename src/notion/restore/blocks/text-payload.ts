/** Text blocks for requests: paragraphs, headings, lists, callouts, code, equations. */
import type { JsonObject } from '../../../document/json.ts';
import { stringAt } from '../../../document/json.ts';
import { writableIcon } from '../requests/files.ts';
import { maxRuns, textRuns, writableRuns } from '../requests/rich-text.ts';
import { chunksOf } from '../requests/text-chunks.ts';
import type { Source } from './block-source.ts';
import { approximate, captionOf, colourOf, leaf, node } from './block-source.ts';
import { codeLanguages } from './code-languages.ts';
import type { WriteNode } from './write-node.ts';
import { writeNode } from './write-node.ts';

/** A text block: continuations of a text too long for one block follow it, or lead its children. */
export function text(source: Source, settings: JsonObject): WriteNode[] {
  const runs = writableRuns(source.payload.rich_text, source.id, source.conversion);
  const children = source.convert(source.block.children ?? []);
  const [first = [], ...more] = chunksOf(runs);
  const rest = more.map((part) => paragraph(part, colourOf(source.payload)));
  if (rest.length > 0) approximate(source, 'its text is spread over several blocks');
  const payload = { rich_text: first, ...colourOf(source.payload), ...settings };
  if (children.length === 0) return [node(source, payload, []), ...rest];
  return [node(source, payload, [...rest, ...children])];
}

function paragraph(runs: JsonObject[], colour: JsonObject): WriteNode {
  return writeNode('paragraph', { rich_text: runs, ...colour });
}

/** A numbered item; the list always starts at 1 with numbers. */
export function numbered(source: Source): WriteNode[] {
  const { list_start_index: start, list_format: format } = source.payload;
  if ((typeof start === 'number' && start !== 1) || (typeof format === 'string' && format !== 'numbers'))
    approximate(source, 'start and format of its numbers cannot be set');
  return text(source, {});
}

/** A heading; one with children becomes toggleable, since no other may have any. */
export function heading(source: Source): WriteNode[] {
  const toggles = source.payload.is_toggleable === true || (source.block.children ?? []).length > 0;
  return text(source, toggles ? { is_toggleable: true } : {});
}

/** A callout with its icon. */
export function callout(source: Source): WriteNode[] {
  const icon = writableIcon(source.payload.icon, source.id, source.conversion);
  if (icon === undefined) approximate(source, 'a callout without an icon is given 💡 by Notion');
  return text(source, icon === undefined ? {} : { icon });
}

/** A code block; more of them follow when its text is too long for one. */
export function code(source: Source): WriteNode[] {
  const { payload, id, conversion } = source;
  const runs = writableRuns(payload.rich_text, id, conversion);
  const language = stringAt(payload, 'language') ?? 'plain text';
  if (!codeLanguages.has(language))
    approximate(source, `the API refuses the language ${language}: plain text`);
  const [first = [], ...rest] = chunksOf(runs);
  if (rest.length > 0) approximate(source, 'its text is spread over several blocks');
  const settings = { language: codeLanguages.has(language) ? language : 'plain text' };
  return [
    node(source, { rich_text: first, ...settings, ...captionOf(source) }, []),
    ...rest.map((part) => writeNode('code', { rich_text: part, ...settings })),
  ];
}

/** An equation, or its LaTeX as code where the API refuses the expression. */
export function equation(source: Source): WriteNode[] {
  const expression = stringAt(source.payload, 'expression') ?? '';
  if (expression !== '' && expression.length <= 1_000) return [leaf(source, { expression })];
  approximate(source, 'empty or longer than 1,000 characters: written as code');
  return [
    leaf(
      { ...source, type: 'code' },
      { rich_text: textRuns(expression).slice(0, maxRuns), language: 'latex' },
    ),
  ];
}
