/** Rich text in comparable form, however the API cut it into runs. */
import type { Json, JsonObject } from '../json.ts';
import { isObject, objectAt, stringAt } from '../json.ts';
import { linkedId } from '../notion-id.ts';
import type { OriginalId } from './references.ts';

/** The annotations that are not at their default, and the link. */
function styleOf(run: JsonObject): JsonObject {
  const style: JsonObject = {};
  for (const [name, value] of Object.entries(objectAt(run, 'annotations') ?? {})) {
    if (value !== false && value !== 'default') style[name] = value;
  }
  return style;
}

/** Runs of equal style joined; mentions and equations by what they refer to. */
export function richTextForm(runs: readonly Json[], original: OriginalId): Json[] {
  const joined: { text: string; style: JsonObject; link: string; key: string }[] = [];
  for (const run of runs) {
    if (!isObject(run)) continue;
    const style = styleOf(run);
    const link = linkOf(run, original);
    const text = textOf(run, original);
    const key = JSON.stringify([style, link]);
    const last = joined.at(-1);
    if (last?.key === key && isPlain(run)) last.text += text;
    else joined.push({ text, style, link, key: isPlain(run) ? key : '' });
  }
  return joined
    .filter(({ text }) => text !== '')
    .map(({ text, style, link }) => ({ text, ...style, ...(link === '' ? {} : { link }) }));
}

function isPlain(run: JsonObject): boolean {
  return run.type === 'text';
}

function linkOf(run: JsonObject, original: OriginalId): string {
  const url = stringAt(objectAt(objectAt(run, 'text'), 'link'), 'url') ?? '';
  return linkForm(url, original);
}

/** A link to a page of the workspace is the page it leads to, however its URL is written. */
export function linkForm(url: string, original: OriginalId): string {
  const target = linkedId(url);
  return target === undefined ? url : `page:${original(target)}`;
}

function textOf(run: JsonObject, original: OriginalId): string {
  if (run.type === 'equation') return `$${stringAt(objectAt(run, 'equation'), 'expression') ?? ''}$`;
  if (run.type === 'mention') return mentionText(objectAt(run, 'mention') ?? {}, original);
  return stringAt(objectAt(run, 'text'), 'content') ?? stringAt(run, 'plain_text') ?? '';
}

function mentionText(mention: JsonObject, original: OriginalId): string {
  const type = stringAt(mention, 'type') ?? '';
  const target = objectAt(mention, type) ?? {};
  switch (type) {
    case 'page':
    case 'database':
    case 'data_source':
      return `@page:${original(stringAt(target, 'id') ?? '')}`;
    case 'user':
      return `@user:${original(stringAt(target, 'id') ?? '')}`;
    case 'date':
      return `@date:${JSON.stringify([target.start ?? null, target.end ?? null])}`;
    case 'custom_emoji':
      return `@emoji:${stringAt(target, 'name') ?? ''}`;
    default:
      return `@${type}:${JSON.stringify(target)}`;
  }
}
