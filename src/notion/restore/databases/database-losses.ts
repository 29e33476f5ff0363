/** Parts of a database that do not come back exactly when it is created again. */
import type { DatabaseDocument } from '../../../document/documents.ts';
import { stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId } from '../../../document/notion-id.ts';
import type { Journal } from '../journal/journal.ts';
import type { Conversion } from '../requests/conversion.ts';
import { appearanceOf, lostCover, unwritableCovers } from './appearance.ts';
import { databaseBody } from './create-database.ts';
import { plainProperties } from './schema.ts';
import { viewBody } from './view-payload.ts';

/** Converts appearance, properties and views, so that `conversion` notes them. */
export function noteDatabaseLosses(
  { dataSources }: Journal,
  id: CompactId,
  document: DatabaseDocument,
  conversion: Conversion,
): void {
  databaseBody(id, appearanceOf(document), conversion);
  for (const cover of unwritableCovers(document))
    conversion.note('lost', `cover ${cover.type}`, cover.id, lostCover);
  for (const source of dataSources.of(id)) plainProperties(dataSources.schemaOf(source), source, conversion);
  for (const view of document.views) {
    const schema = dataSources.schemaOf(compactId(stringAt(view, 'data_source_id') ?? ''));
    viewBody(view, { conversion, schema, propertyId: (property) => property });
  }
}
