/** Compares a database with its copy: titles, schemas, views. */
import type { DatabaseDocument } from '../documents.ts';
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, objectAt, stringAt } from '../json.ts';
import { propertyType } from '../property-types.ts';
import type { Finding } from './block-diff.ts';
import type { CompareContext } from './context.ts';
import { field, fields, fileField } from './fields.ts';
import { fileForm, iconForm } from './file-form.ts';
import type { OriginalId } from './references.ts';
import { sameId } from './references.ts';
import { richTextForm } from './rich-text-form.ts';
import { groups, propertyNames, schemaForm } from './schema-form.ts';
import { viewForm } from './view-form.ts';

/** Compares all of a database but its rows, which are pages of their own. */
export function compareDatabases(
  original: DatabaseDocument,
  copy: DatabaseDocument,
  { originalOf }: Pick<CompareContext, 'originalOf'>,
): Finding[] {
  const [a, b] = [original.database ?? {}, copy.database ?? {}];
  return [
    field('title', richTextForm(arrayAt(a, 'title'), sameId), richTextForm(arrayAt(b, 'title'), originalOf)),
    field(
      'description',
      richTextForm(arrayAt(a, 'description'), sameId),
      richTextForm(arrayAt(b, 'description'), originalOf),
    ),
    fileField('icon', iconForm(a.icon ?? null), iconForm(b.icon ?? null)),
    fileField('cover', fileForm(a.cover ?? null), fileForm(b.cover ?? null)),
    field('inline', a.is_inline === true, b.is_inline === true),
    field('lock', a.is_locked === true, b.is_locked === true),
    ...compareDataSources(original, copy, originalOf),
    ...compareViews(original, copy, originalOf),
  ];
}

function compareDataSources(
  original: DatabaseDocument,
  copy: DatabaseDocument,
  originalOf: OriginalId,
): Finding[] {
  const extra = copy.data_sources.slice(original.data_sources.length).map(
    (_, index): Finding => ({
      verdict: 'extra',
      what: 'data source',
      at: `data_sources/${original.data_sources.length + index}`,
    }),
  );
  const compared = original.data_sources.flatMap((source, index): Finding[] => {
    const id = sameId(stringAt(source, 'id') ?? '');
    const other =
      copy.data_sources.find((candidate) => originalOf(stringAt(candidate, 'id') ?? '') === id) ??
      copy.data_sources[index];
    if (other === undefined)
      return [{ verdict: 'lost' as const, what: 'data source', at: `data_sources/${index}` }];
    return [
      field(
        'data source title',
        richTextForm(arrayAt(source, 'title'), sameId),
        richTextForm(arrayAt(other, 'title'), originalOf),
      ),
      ...statusGroups(source, other),
      // The icon of the only data source is that of its database.
      ...(original.data_sources.length > 1
        ? [field('data source icon', iconForm(source.icon ?? null), iconForm(other.icon ?? null))]
        : []),
      ...fields('schema', schemaForm(source, sameId), schemaForm(other, originalOf), unwritableSchema),
    ];
  });
  return [...compared, ...extra];
}

/** Compares groups of status options: requests are documented to set them, and have been seen not to. */
function statusGroups(source: JsonObject, other: JsonObject): Finding[] {
  const copied = objectAt(other, 'properties') ?? {};
  return Object.entries(objectAt(source, 'properties') ?? {}).flatMap(([name, property]): Finding[] => {
    const status = objectAt(property, 'status');
    if (status === undefined) return [];
    const same =
      JSON.stringify(groups(status)) ===
      JSON.stringify(groups(objectAt(copied[name] ?? null, 'status') ?? {}));
    return [{ verdict: same ? 'exact' : 'impossible', what: 'groups of a status', at: `schema/${name}` }];
  });
}

/** True for a property no request can create. */
const unwritableSchema = (form: Json): boolean =>
  propertyType(stringAt(form, 'type') ?? '')?.schema === 'never';

function compareViews(original: DatabaseDocument, copy: DatabaseDocument, originalOf: OriginalId): Finding[] {
  const views = (document: DatabaseDocument, id: OriginalId): JsonObject => {
    const names = new Map(document.data_sources.flatMap((source) => [...propertyNames(source)]));
    return Object.fromEntries(
      document.views.map((view, index) => [
        `${index} ${stringAt(view, 'name') ?? ''}`,
        viewForm(view, names, id),
      ]),
    );
  };
  return fields('view', views(original, sameId), views(copy, originalOf));
}
