/** Rich text as Markdown. */
import type { Json, JsonObject } from '../json.ts';
import { isObject, objectAt, stringAt } from '../json.ts';
import { printableLines } from '../names.ts';
import type { Links } from './links.ts';
import { runHref } from './links.ts';

/** Characters with a meaning in Markdown (CommonMark 0.31 §2.4), or in the HTML it may hold. */
const special = /[\\`*_{}[\]<>#+!|~$&]/g;

/** Plain words, safe inside Markdown text. */
export function escapeMarkdown(text: string): string {
  return printableLines(text)
    .replace(special, (character) => `\\${character}`)
    .replace(/^(\s*)([-=]|\d+[.)])/gm, '$1\\$2');
}

/** Runs as Markdown on one line; line breaks become hard ones. */
export function markdownText(runs: readonly Json[], links: Links): string {
  return runs
    .filter(isObject)
    .map((run) => runText(run, links))
    .join('')
    .replace(/\r?\n/g, '  \n');
}

function runText(run: JsonObject, links: Links): string {
  if (run.type === 'equation') return `$${stringAt(objectAt(run, 'equation'), 'expression') ?? ''}$`;
  const words = stringAt(objectAt(run, 'text'), 'content') ?? stringAt(run, 'plain_text') ?? '';
  const annotations = objectAt(run, 'annotations') ?? {};
  const text = annotations.code === true ? codeSpan(printableLines(words)) : escapeMarkdown(words);
  return linked(emphasised(text, annotations), run, links);
}

/** Emphasis must touch words, so the blanks around them stay outside. */
function emphasised(text: string, annotations: JsonObject): string {
  const [, before = '', words = '', after = ''] = /^(\s*)(.*?)(\s*)$/s.exec(text) ?? [];
  if (words === '') return text;
  let marked = words;
  if (annotations.bold === true) marked = `**${marked}**`;
  if (annotations.italic === true) marked = `*${marked}*`;
  if (annotations.strikethrough === true) marked = `~~${marked}~~`;
  if (annotations.underline === true) marked = `<u>${marked}</u>`;
  return `${before}${marked}${after}`;
}

function linked(text: string, run: JsonObject, links: Links): string {
  const href = runHref(run, links);
  return href === undefined || text.trim() === ''
    ? text
    : `[${text}](<${href.replaceAll(/[<>\n]/g, encodeURIComponent)}>)`;
}

/** A code span whose fence is longer than any run of backticks inside (CommonMark §6.1). */
function codeSpan(text: string): string {
  const maxTicks = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(maxTicks + 1);
  return maxTicks > 0 ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}
