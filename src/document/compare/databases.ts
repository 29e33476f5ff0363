/** Compares a database with its copy: titles, schemas, views. */
import type { DatabaseDocument } from '../documents.ts';
import { Gaps } from '../gaps.ts';
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import { writableOptionNames } from '../option-names.ts';
import { propertyType } from '../property-types.ts';
import { isKnownViewType } from '../views/view-types.ts';
import type { Finding } from './block-diff.ts';
import type { CompareContext } from './context.ts';
import { field, fields, fileField } from './fields.ts';
import { fileForm, iconForm } from './file-form.ts';
import { gapFindings } from './gap-findings.ts';
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
  const gaps = { original: new Gaps(original), copy: new Gaps(copy) };
  return [
    ...gapFindings(gaps.original.all, 'original'),
    ...gapFindings(gaps.copy.all, 'copy'),
    ...compareContainers(...covered(original, copy), originalOf),
    ...ownCovers(original),
    ...compareDataSources(original, copy, originalOf).filter(isKnown('data source', gaps)),
    ...compareViews(original, copy, originalOf).filter(isKnown('view', gaps)),
    ...unwritableViewParts(original.views),
  ];
}

/** False for what is extra or lost where a list of one side is not whole. */
function isKnown(what: string, gaps: { readonly original: Gaps; readonly copy: Gaps }) {
  const isCut = (side: Gaps): boolean => side.of(what, `${what}s`, 'database').length > 0;
  const [isCutHere, isCutThere] = [isCut(gaps.original), isCut(gaps.copy)];
  return (finding: Finding): boolean =>
    finding.what !== what ||
    !((finding.verdict === 'extra' && isCutHere) || (finding.verdict === 'lost' && isCutThere));
}

/**
 * Both databases. Where the original's first data source alone has a cover, that one is compared: a copy gets it through its
 * database.
 */
function covered(original: DatabaseDocument, copy: DatabaseDocument): [JsonObject | null, JsonObject | null] {
  const withSource = ({ database, data_sources: [source] }: DatabaseDocument): JsonObject | null =>
    database === null || isObject(database.cover) ? database : { ...database, cover: source?.cover ?? null };
  if (isObject(original.database?.cover)) return [original.database, copy.database];
  return [withSource(original), withSource(copy)];
}

/** Covers of data sources other than that of the database: no request sets them. */
function ownCovers({ database, data_sources }: DatabaseDocument): Finding[] {
  const form = (cover: Json | undefined): string => JSON.stringify(fileForm(cover ?? null));
  return data_sources.flatMap(({ cover }, index): Finding[] => {
    const isShared = index === 0 && (!isObject(database?.cover) || form(cover) === form(database?.cover));
    if (!isObject(cover) || isShared) return [];
    return [{ verdict: 'impossible', what: 'cover of a data source', at: `data_sources/${index}` }];
  });
}

/** Compares the databases themselves; one that could not be read, its data sources alone being visible, is a gap. */
function compareContainers(a: JsonObject | null, b: JsonObject | null, originalOf: OriginalId): Finding[] {
  if (a === null || b === null) return [];
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
      ...compareSchemas(source, other, originalOf),
    ];
  });
  return [...compared, ...extra];
}

/** Compares schemas. Options whose names the API cannot write are expected under those that it can. */
function compareSchemas(source: JsonObject, other: JsonObject, originalOf: OriginalId): Finding[] {
  const found = schemaForm(other, originalOf);
  const [literal, writable] = [schemaForm(source, sameId), schemaForm(withWritableNames(source), sameId)];
  const renamed: Finding[] = [];
  for (const [name, form] of Object.entries(literal)) {
    if (JSON.stringify(form) === JSON.stringify(found[name] ?? null)) continue;
    const names = arrayAt(form, 'options').map((option) => stringAt(option, 'name') ?? '');
    const expected = arrayAt(writable[name] ?? null, 'options').map(
      (option) => stringAt(option, 'name') ?? '',
    );
    const unwritable = names.filter((own, index) => own !== expected[index]);
    if (unwritable.length === 0) continue;
    const what = `schema ${stringAt(form, 'type')} with options under names that the API cannot write`;
    renamed.push({ verdict: 'impossible', what, at: `schema/${name}`, original: unwritable });
    literal[name] = writable[name] ?? null;
  }
  return [...renamed, ...fields('schema', literal, found, unwritableSchema)];
}

/** A data source whose options have the names that a request can write. */
function withWritableNames(source: JsonObject): JsonObject {
  const properties = Object.entries(objectAt(source, 'properties') ?? {}).map(
    ([name, property]): [string, Json] => {
      const type = stringAt(property, 'type') ?? '';
      const settings = objectAt(property, type);
      if (!isObject(property) || settings === undefined || !Array.isArray(settings.options))
        return [name, property];
      const names = writableOptionNames(settings.options);
      const options = settings.options.map((option, index) =>
        isObject(option) ? { ...option, name: names[index] ?? '' } : option,
      );
      return [name, { ...property, [type]: { ...settings, options } }];
    },
  );
  return { ...source, properties: Object.fromEntries(properties) };
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

function compareViews(whole: DatabaseDocument, copy: DatabaseDocument, originalOf: OriginalId): Finding[] {
  // A view of a type that no request creates is expected only where it never went.
  const present = new Set(copy.views.map(({ type }) => type));
  const isExpected = ({ type = '' }: JsonObject): boolean =>
    isKnownViewType(String(type)) || present.has(type);
  const original = { ...whole, views: whole.views.filter(isExpected) };
  // The order of views counts, unless some of them were not read.
  const isWhole = [original, copy].every((side) => new Gaps(side).of('view', 'views').length === 0);
  const places = isWhole ? undefined : viewPlaces(original.views, copy.views, originalOf);
  const views = (document: DatabaseDocument, id: OriginalId, keys: readonly string[]): JsonObject => {
    const names = new Map(document.data_sources.flatMap((source) => [...propertyNames(source)]));
    return Object.fromEntries(
      document.views.map((view, index) => [keys[index] ?? '', viewForm(view, names, id)]),
    );
  };
  const keys = original.views.map(viewKey);
  const found =
    places?.map((place, index) => keys[place] ?? `+${viewKey(copy.views[index] ?? {}, index)}`) ??
    copy.views.map(viewKey);
  return fields('view', views(original, sameId, keys), views(copy, originalOf, found));
}

/** Parts of views that no answer shows or no request can say. */
function unwritableViewParts(views: readonly JsonObject[]): Finding[] {
  return views.flatMap((view, index): Finding[] => {
    const at = `view/${viewKey(view, index)}`;
    const type = stringAt(view, 'type') ?? '';
    const text = JSON.stringify(view.configuration ?? null);
    if (!isKnownViewType(type)) return [{ verdict: 'impossible', what: `view ${type}`, at }];
    return [
      ...(type === 'form' || type === 'dashboard'
        ? [{ verdict: 'impossible' as const, what: `view ${type}, in part`, at }]
        : []),
      ...(text.includes('"page_content_first"')
        ? [{ verdict: 'impossible' as const, what: 'cover of a view', at }]
        : []),
    ];
  });
}

function viewKey(view: JsonObject, index: number): string {
  return `${index} ${stringAt(view, 'name') ?? ''}`;
}

/** For each view of the copy the place of its original, by id, else by name, else by the order; -1 for one that has none. */
function viewPlaces(
  originals: readonly JsonObject[],
  copies: readonly JsonObject[],
  originalOf: OriginalId,
): number[] {
  const free = new Set(originals.keys());
  const places = copies.map(() => -1);
  const pair = (isPair: (original: JsonObject, copy: JsonObject) => boolean): void => {
    for (const [index, copy] of copies.entries()) {
      if (places[index] !== -1) continue;
      const place = [...free].find((each) => isPair(originals[each] ?? {}, copy));
      if (place === undefined) continue;
      places[index] = place;
      free.delete(place);
    }
  };
  pair((original, copy) => sameId(stringAt(original, 'id') ?? '') === originalOf(stringAt(copy, 'id') ?? ''));
  pair((original, copy) => original.name === copy.name && original.type === copy.type);
  pair(() => true);
  return places;
}
