/** Notion ids as people and the API write them. */

declare const form: unique symbol;

/** A Notion id as 32 lower-case hex digits without dashes: the form used in paths, tables and maps. */
export type CompactId = string & { readonly [form]: 'compact' };

/** A Notion id as the API writes it: 8-4-4-4-12. */
export type DashedId = string & { readonly [form]: 'dashed' };

const hexDigits = /^[0-9a-f]{32}$/;

/**
 * The 32 lower-case hex digits of an id given dashed, undashed or as a page's URL
 * (`https://www.notion.so/Title-<id>?v=…`, `https://app.notion.com/p/<id>`); undefined when there is none.
 */
export function parseNotionId(text: string): CompactId | undefined {
  const isUrl = /^https?:\/\//i.test(text);
  const path = isUrl ? text.replace(/[?#].*$/s, '').replace(/\/+$/, '') : text;
  const undashed = compactId(path.split('/').at(-1) ?? '');
  if (!isUrl) return path.includes('/') || !hexDigits.test(undashed) ? undefined : undashed;
  const last = /([0-9a-f]{32})$/.exec(undashed)?.[1];
  return last === undefined ? undefined : compactId(last);
}

/** The id as the API writes it: 8-4-4-4-12. Anything that is not 32 hex digits is returned as it is. */
export function dashedId(id: string): DashedId {
  const compact = id.replaceAll('-', '').toLowerCase();
  if (!hexDigits.test(compact)) return id as DashedId;
  return [
    compact.slice(0, 8),
    compact.slice(8, 12),
    compact.slice(12, 16),
    compact.slice(16, 20),
    compact.slice(20),
  ].join('-') as DashedId;
}

/** The id as 32 lower-case hex digits without dashes. Anything else only loses its dashes and capitals. */
export function compactId(id: string): CompactId {
  return id.replaceAll('-', '').toLowerCase() as CompactId;
}

const internalLink =
  /^(?:https?:\/\/(?:www\.)?(?:app\.)?notion\.(?:so|com)\/|\/)(?:[^?#]*[-/])?([0-9a-f]{32})(?:[?#].*)?$/i;

/** The id of the page or database a link leads to; undefined for links out of Notion. */
export function linkedId(url: string): CompactId | undefined {
  const id = internalLink.exec(url)?.[1];
  return id === undefined ? undefined : compactId(id);
}

/** A property id without the URL encoding it has in some answers. */
export function decodedPropertyId(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
