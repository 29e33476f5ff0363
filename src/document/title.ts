/** Titles of pages, databases, data sources and documents. */
import type { DatabaseDocument, PageDocument } from './documents.ts';
import type { Json, JsonObject } from './json.ts';
import { arrayAt, isObject, objectAt } from './json.ts';
import { plainText } from './rich-text.ts';

/** The title of a page as rich text, whatever its schema calls it. */
export function titleRuns(page: JsonObject): Json[] {
  for (const property of Object.values(objectAt(page, 'properties') ?? {})) {
    if (isObject(property) && (property.type === 'title' || property.id === 'title'))
      return arrayAt(property, 'title');
  }
  return [];
}

export function pageTitle(page: JsonObject): string {
  return plainText(titleRuns(page));
}

/** The title of a page, or of a database or data source (its `title`). */
export function titleOf(object: JsonObject): string {
  return Array.isArray(object.title) ? plainText(object.title) : pageTitle(object);
}

/** The title of a document, of whatever kind. */
export function documentTitle(document: PageDocument | DatabaseDocument): string {
  if (document.kind === 'page') return pageTitle(document.page);
  return plainText((document.database ?? document.data_sources[0])?.title);
}
