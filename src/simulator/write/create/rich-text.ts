/** Rich text of a request, checked already, as it is kept: complete runs in the form answers have. */
import { validationError } from '../../protocol/api-error.ts';
import { plainText } from '../../render/content.ts';
import type { Json, JsonObject } from '../../workspace/json.ts';
import { isJsonObject, objectAt, stringAt } from '../../workspace/json.ts';
import { isLink } from '../check/urls.ts';
import { storeDate } from './dates.ts';
import type { Draft } from './draft.ts';
import { dashed, knownPerson, seeDatabase, seeDataSource, seePage } from './reach.ts';

/** The runs of a rich text; runs without a character are dropped. @throws ApiError 400 or 404 */
export function storeRichText(draft: Draft, given: Json | undefined): Json[] {
  if (!Array.isArray(given)) return [];
  return given.flatMap((item) => (isJsonObject(item) ? (storeItem(draft, item) ?? []) : []));
}

function storeItem(draft: Draft, item: JsonObject): JsonObject | undefined {
  const annotations = {
    bold: false,
    italic: false,
    strikethrough: false,
    underline: false,
    code: false,
    color: 'default',
    ...objectAt(item, 'annotations'),
  };
  if (item.text !== undefined) return storeText(objectAt(item, 'text'), annotations);
  if (item.equation !== undefined) {
    const expression = stringAt(objectAt(item, 'equation'), 'expression') ?? '';
    return { type: 'equation', equation: { expression }, annotations, plain_text: expression, href: null };
  }
  const { mention, plain, href } = storeMention(draft, objectAt(item, 'mention'));
  return { type: 'mention', mention, annotations, plain_text: plain, href };
}

function storeText(text: JsonObject, annotations: JsonObject): JsonObject | undefined {
  const content = stringAt(text, 'content') ?? '';
  if (content === '') return undefined;
  const url = stringAt(objectAt(text, 'link'), 'url');
  if (url !== undefined && !isLink(url)) {
    throw validationError('Content creation Failed. Fix the following: Invalid URL for link.');
  }
  const link = url === undefined ? null : { url };
  return { type: 'text', text: { content, link }, annotations, plain_text: content, href: url ?? null };
}

interface StoredMention {
  readonly mention: JsonObject;
  readonly plain: string;
  readonly href: string | null;
}

function storeMention(draft: Draft, mention: JsonObject): StoredMention {
  const { context } = draft;
  const type = Object.keys(mention).find((key) => key !== 'type') ?? '';
  const payload = objectAt(mention, type);
  const id = dashed(stringAt(payload, 'id') ?? '');
  switch (type) {
    case 'user': {
      const person = knownPerson(context, id);
      return stored(type, { object: 'user', id }, `@${person.name}`, null);
    }
    case 'page':
      return stored(type, { id }, plainText(seePage(context, id).values.title) || 'Untitled', pageUrl(id));
    case 'database':
      return stored(type, { id }, databaseTitle(draft, id), pageUrl(id));
    case 'custom_emoji': {
      const emoji = context.state.customEmojis.get(id);
      if (emoji === undefined) throw validationError(`Custom emoji with ID ${id} does not exist.`);
      return stored(type, { id }, `:${emoji.name}:`, null);
    }
    case 'date': {
      const date = storeDate(payload);
      const plain = date.end === null ? `${date.start}` : `${date.start} → ${date.end}`;
      return stored(type, date, plain, null);
    }
    default: {
      const kind = Object.keys(payload).find((key) => key !== 'type') ?? '';
      return stored(type, { type: kind, [kind]: payload[kind] ?? null }, `@${String(payload[kind])}`, null);
    }
  }
}

/** A mention of a database may name the database or one of its data sources. */
function databaseTitle(draft: Draft, id: string): string {
  const { context } = draft;
  const title = context.state.dataSources.has(id)
    ? seeDataSource(context, id).title
    : seeDatabase(context, id).title;
  return plainText(title) || 'Untitled';
}

function pageUrl(id: string): string {
  return `https://www.notion.so/${id.replaceAll('-', '')}`;
}

function stored(type: string, payload: JsonObject, plain: string, href: string | null): StoredMention {
  return { mention: { type, [type]: payload }, plain, href };
}
