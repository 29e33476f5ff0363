/** Notion ids as people and the API write them. */

const hexDigits = /^[0-9a-f]{32}$/;

/**
 * The 32 lower-case hex digits of an id given dashed, undashed or as a page's URL
 * (`https://www.notion.so/Title-<id>?v=…`, `https://app.notion.com/p/<id>`); undefined when there is none.
 */
export function parseNotionId(text: string): string | undefined {
  const isUrl = /^https?:\/\//i.test(text);
  const path = isUrl ? text.replace(/[?#].*$/s, '').replace(/\/+$/, '') : text;
  const undashed = compactId(path.split('/').at(-1) ?? '');
  if (isUrl) return /([0-9a-f]{32})$/.exec(undashed)?.[1];
  return path.includes('/') || !hexDigits.test(undashed) ? undefined : undashed;
}

/** The id as the API writes it: 8-4-4-4-12. Anything that is not 32 hex digits is returned as it is. */
export function dashedId(id: string): string {
  const compact = id.replaceAll('-', '').toLowerCase();
  if (!hexDigits.test(compact)) return id;
  return [
    compact.slice(0, 8),
    compact.slice(8, 12),
    compact.slice(12, 16),
    compact.slice(16, 20),
    compact.slice(20),
  ].join('-');
}

/** The id as 32 lower-case hex digits without dashes; the form used in paths, tables and maps. */
export function compactId(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}

const internalLink =
  /^(?:https?:\/\/(?:www\.)?(?:app\.)?notion\.(?:so|com)\/|\/)(?:[^?#]*[-/])?([0-9a-f]{32})(?:[?#].*)?$/i;

/** The id of the page or database a link leads to; undefined for links out of Notion. */
export function linkedId(url: string): string | undefined {
  return internalLink.exec(url)?.[1]?.toLowerCase();
}
