/** Records which properties of a copy stand for which of the original. */
import type { JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { decodedPropertyId } from '../../../document/notion-id.ts';
import type { Journal } from '../journal/journal.ts';

/** Records the ids of the copy's properties, by the names both share. */
export function mapProperties(journal: Journal, source: CompactId, answer: JsonObject): void {
  const copies = objectAt(answer, 'properties') ?? {};
  journal.atomically(() => {
    for (const property of journal.dataSources.schemaOf(source)) {
      const name = stringAt(property, 'name') ?? '';
      const copy = stringAt(Object.hasOwn(copies, name) ? copies[name] : undefined, 'id');
      const id = decodedPropertyId(stringAt(property, 'id') ?? '');
      if (copy !== undefined) journal.ids.mapProperty(source, id, copy);
    }
  });
}
