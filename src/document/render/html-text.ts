/** Text and rich text as HTML. */
import type { Json, JsonObject } from '../json.ts';
import { isObject, objectAt, stringAt } from '../json.ts';
import { printableLines } from '../names.ts';
import type { Links } from './links.ts';
import { runHref } from './links.ts';

const entities: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML text and attribute values. */
export function escapeHtml(text: string): string {
  return printableLines(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** `html` as a link; as it is when there is nothing to link to. */
export function anchor(href: string | undefined, html: string): string {
  return href === undefined ? html : `<a href="${escapeHtml(href)}" rel="noreferrer">${html}</a>`;
}

/** Runs of rich text as HTML. */
export function textHtml(runs: readonly Json[], links: Links): string {
  return runs
    .filter(isObject)
    .map((run) => runHtml(run, links))
    .join('');
}

const annotationTags: readonly (readonly [name: string, tag: string])[] = [
  ['code', 'code'],
  ['bold', 'b'],
  ['italic', 'i'],
  ['strikethrough', 's'],
  ['underline', 'u'],
];

function runHtml(run: JsonObject, links: Links): string {
  const words =
    stringAt(objectAt(run, 'text'), 'content') ??
    stringAt(objectAt(run, 'equation'), 'expression') ??
    stringAt(run, 'plain_text') ??
    '';
  const annotations = objectAt(run, 'annotations') ?? {};
  let html = escapeHtml(words).replaceAll('\n', '<br>');
  for (const [name, tag] of annotationTags) if (annotations[name] === true) html = `<${tag}>${html}</${tag}>`;
  return anchor(runHref(run, links), html);
}
