/** Markdown as blocks in the form requests have: one level, which is what clients under test send. */
import type { JsonObject } from '../../workspace/json.ts';
import { codeLanguages } from '../lists/code-languages.ts';
import { inlineMarkdown } from './inline.ts';

interface LineRule {
  readonly pattern: RegExp;
  readonly block: (match: RegExpExecArray) => JsonObject;
}

/** Line by line: the first rule that fits wins, a paragraph where none does. */
const rules: readonly LineRule[] = [
  {
    pattern: /^(#{1,4}) (.*)$/,
    block: ([, marks = '', text = '']) => textBlock(`heading_${marks.length}`, text),
  },
  { pattern: /^(?:---|\*\*\*)$/, block: () => ({ type: 'divider', divider: {} }) },
  {
    pattern: /^[-*] \[([ xX])\] (.*)$/,
    block: ([, mark, text = '']) => textBlock('to_do', text, { checked: mark !== ' ' }),
  },
  { pattern: /^[-*] (.*)$/, block: ([, text = '']) => textBlock('bulleted_list_item', text) },
  { pattern: /^\d+\. (.*)$/, block: ([, text = '']) => textBlock('numbered_list_item', text) },
  { pattern: /^> (.*)$/, block: ([, text = '']) => textBlock('quote', text) },
];

/** The blocks of a Markdown text; blank lines separate and leave nothing. */
export function markdownBlocks(markdown: string): JsonObject[] {
  const blocks: JsonObject[] = [];
  const lines = markdown.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').trim();
    const fence = /^```(.*)$/.exec(line);
    if (fence !== null) {
      const end = lines.findIndex((later, index) => index > at && later.trim() === '```');
      const until = end < 0 ? lines.length : end;
      blocks.push(codeBlock(fence[1] ?? '', lines.slice(at + 1, until).join('\n')));
      at = until;
    } else if (line !== '') blocks.push(blockOf(line));
  }
  return blocks;
}

/** Separates the first line from the rest when it is a heading of the first level: a page's title. */
export function splitTitle(markdown: string): { readonly title: string | undefined; readonly rest: string } {
  const [, title, rest = ''] = /^\s*# (.*)(?:\r?\n|$)([\s\S]*)$/.exec(markdown) ?? [];
  return title === undefined ? { title, rest: markdown } : { title: title.trim(), rest };
}

function blockOf(line: string): JsonObject {
  for (const { pattern, block } of rules) {
    const match = pattern.exec(line);
    if (match !== null) return block(match);
  }
  return textBlock('paragraph', line);
}

function textBlock(type: string, text: string, more: JsonObject = {}): JsonObject {
  return { type, [type]: { rich_text: inlineMarkdown(text), ...more } };
}

function codeBlock(info: string, content: string): JsonObject {
  const language = codeLanguages.includes(info.trim()) ? info.trim() : 'plain text';
  return { type: 'code', code: { rich_text: [{ type: 'text', text: { content } }], language } };
}
