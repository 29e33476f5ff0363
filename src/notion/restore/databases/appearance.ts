/** Titles, descriptions, icons and covers of databases, and of data sources that differ from their database. */

import type { DatabaseDocument } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import { plainText } from '../../../document/rich-text.ts';
import { define, descriptionOf, isPlain } from './schema.ts';

/**
 * Title, description, icon and cover: the database's, or its data source's when only that was visible. An untitled
 * database is called "New database" while its data source has no title: so it is recognised (seen in recordings). The first
 * data source's cover is set through its database: where the database has none, it gets that one.
 */
export function appearanceOf(document: DatabaseDocument): JsonObject {
  const { database } = document;
  const source = document.data_sources[0];
  if (database === null) return source ?? {};
  const isUntitled = plainText(database.title) === 'New database' && plainText(source?.title) === '';
  const cover = isObject(database.cover) ? database.cover : (source?.cover ?? null);
  const covered = isObject(cover) ? { ...database, cover } : database;
  return isUntitled && source !== undefined ? { ...covered, title: [] } : covered;
}

/** The reason why a data source loses a cover of its own. */
export const lostCover = 'a data source has the cover of its database, or none: no request gives it another';

/** Data sources with a cover that a copy cannot have: another than that of the first one's database. */
export function unwritableCovers(
  document: DatabaseDocument,
): { readonly id: string; readonly type: string }[] {
  const shared = JSON.stringify(appearanceOf(document).cover ?? null);
  return document.data_sources.flatMap(({ id, cover }, place) =>
    isObject(cover) && (place > 0 || JSON.stringify(cover) !== shared)
      ? [{ id: typeof id === 'string' ? id : '', type: stringAt(cover, 'type') ?? '' }]
      : [],
  );
}

/** Title and icon of a data source where they differ from its database's, which it takes over when both are created together. */
export function dataSourceAppearance(
  document: DatabaseDocument,
  place: number,
): { readonly title?: JsonObject[]; readonly icon?: JsonObject } {
  const source = document.data_sources[place];
  if (place > 0 || source === undefined || document.database === null) return {};
  const title = Array.isArray(source.title) ? source.title.filter(isObject) : [];
  const differs = JSON.stringify(source.title) !== JSON.stringify(appearanceOf(document).title);
  const icon =
    isObject(source.icon) && JSON.stringify(source.icon) !== JSON.stringify(document.database.icon)
      ? source.icon
      : undefined;
  return { ...(differs ? { title } : {}), ...(icon === undefined ? {} : { icon }) };
}

/** Descriptions of a data source's plain properties, which the request that adds it may not contain. */
export function deferredDescriptions(document: DatabaseDocument, place: number): JsonObject {
  const deferred: JsonObject = {};
  if (place === 0) return deferred;
  for (const property of Object.values(objectAt(document.data_sources[place], 'properties') ?? {})) {
    const description = isObject(property) ? descriptionOf(property) : {};
    if (isObject(property) && isPlain(property) && Object.keys(description).length > 0)
      define(deferred, stringAt(property, 'name') ?? '', description);
  }
  return deferred;
}
