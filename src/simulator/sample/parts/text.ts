/** Rich text as answers have it, built from short descriptions. */
import type { Json, JsonObject } from '../../workspace/json.ts';

export interface TextStyle {
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly strikethrough?: boolean;
  readonly underline?: boolean;
  readonly code?: boolean;
  /** One of `colours`. */
  readonly color?: string;
  readonly link?: string;
}

/** Every colour a text or block may have. */
export const colours: readonly string[] = [
  'default',
  ...['gray', 'brown', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink', 'red'].flatMap((name) => [
    name,
    `${name}_background`,
  ]),
  'default_background',
];

/** One run of text. */
export function text(content: string, style: TextStyle = {}): JsonObject {
  const link = style.link === undefined ? null : { url: style.link };
  return {
    type: 'text',
    text: { content, link },
    annotations: annotations(style),
    plain_text: content,
    href: style.link ?? null,
  };
}

/** A whole rich text: strings become plain runs. */
export function rich(...parts: readonly (string | JsonObject)[]): JsonObject[] {
  return parts.map((part) => (typeof part === 'string' ? text(part) : part));
}

export function inlineEquation(expression: string): JsonObject {
  return {
    type: 'equation',
    equation: { expression },
    annotations: annotations({}),
    plain_text: expression,
    href: null,
  };
}

export function userMention(id: string, name: string): JsonObject {
  return mention('user', { object: 'user', id }, `@${name}`, null);
}

export function dateMention(start: string, end: string | null = null): JsonObject {
  return mention('date', { start, end, time_zone: null }, end === null ? start : `${start} → ${end}`, null);
}

export function pageMention(id: string, title: string): JsonObject {
  return mention('page', { id }, title, `https://www.notion.so/${id.replaceAll('-', '')}`);
}

export function databaseMention(id: string, title: string): JsonObject {
  return mention('database', { id }, title, `https://www.notion.so/${id.replaceAll('-', '')}`);
}

export function linkPreviewMention(url: string): JsonObject {
  return mention('link_preview', { url }, url, url);
}

export function linkMention(href: string, title: string): JsonObject {
  const payload = { href, title, link_provider: 'Example', icon_url: `${href}/icon.png` };
  // Recorded answers show the address, though the app shows the title.
  return mention('link_mention', payload, href, href);
}

export function customEmojiMention(id: string, name: string): JsonObject {
  return mention('custom_emoji', { id }, `:${name}:`, null);
}

export function templateDateMention(when: 'today' | 'now'): JsonObject {
  const payload = { type: 'template_mention_date', template_mention_date: when };
  return mention('template_mention', payload, when === 'today' ? '@Today' : '@Now', null);
}

export function templateUserMention(): JsonObject {
  return mention(
    'template_mention',
    { type: 'template_mention_user', template_mention_user: 'me' },
    '@Me',
    null,
  );
}

function mention(type: string, payload: Json, plain: string, href: string | null): JsonObject {
  return {
    type: 'mention',
    mention: { type, [type]: payload },
    annotations: annotations({}),
    plain_text: plain,
    href,
  };
}

function annotations(style: TextStyle): JsonObject {
  return {
    bold: style.bold ?? false,
    italic: style.italic ?? false,
    strikethrough: style.strikethrough ?? false,
    underline: style.underline ?? false,
    code: style.code ?? false,
    color: style.color ?? 'default',
  };
}
