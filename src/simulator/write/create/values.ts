/** Property values of a request, checked already, as a page keeps them. */
import { validationError } from '../../protocol/api-error.ts';
import type { Context } from '../../protocol/routes.ts';
import { isProperty } from '../../render/schema.ts';
import type { Json, JsonObject } from '../../workspace/json.ts';
import { arrayAt, isJsonObject, objectAt, stringAt } from '../../workspace/json.ts';
import type { DataSource, PropertySchema } from '../../workspace/state.ts';
import { isShortFormOf, typeNamed } from '../check/property-values.ts';
import { isWebUrl } from '../check/urls.ts';
import { storeDate } from './dates.ts';
import type { Draft } from './draft.ts';
import { chooseOption } from './options.ts';
import { dashed, knownPerson, seeDataSource, seePage } from './reach.ts';
import { storeRichText } from './rich-text.ts';
import { attachUpload } from './uploads.ts';

type Values = { readonly [propertyId: string]: Json };

/** Facts the values are judged against. */
export interface ValueTarget {
  readonly schema: readonly PropertySchema[];
  /** Undefined for a page outside a database. */
  readonly source: DataSource | undefined;
  /** Values the page held before. */
  readonly before: Values;
}

/** The values as kept, those not named as they were. @throws ApiError 400 or 404 */
export function storeValues(draft: Draft, given: JsonObject, target: ValueTarget): Values {
  const values: { [propertyId: string]: Json } = { ...target.before };
  for (const [key, value] of Object.entries(given)) {
    const property = propertyNamed(target, key);
    values[property.id] = storeValue(draft, property, valueFor(property, value), target);
  }
  return values;
}

/** The part of a request's value that the property keeps. @throws ApiError 400 for a value of another type */
function valueFor(property: PropertySchema, given: Json): Json {
  if (isJsonObject(given) && isShortFormOf(given, property.type)) return given;
  const typed = Array.isArray(given) ? { title: given } : isJsonObject(given) ? given : {};
  if (typeNamed(typed) !== property.type)
    throw validationError(`${property.name} is expected to be ${property.type}.`);
  return typed[property.type] ?? null;
}

/** The property a key names, by its name or its id. @throws ApiError 400 */
function propertyNamed(target: ValueTarget, key: string): PropertySchema {
  const { schema, source } = target;
  const property =
    schema.find(({ name }) => name === key) ?? schema.find((candidate) => isProperty(candidate, key));
  if (property !== undefined) return property;
  // Rows take `title` for their title, whatever it is called.
  throw validationError(
    source === undefined
      ? `body failed validation: body.properties.${key} should be not present under a page parent.`
      : `${key} is not a property that exists.`,
  );
}

function storeValue(draft: Draft, property: PropertySchema, value: Json, target: ValueTarget): Json {
  switch (property.type) {
    case 'title':
    case 'rich_text':
      return storeRichText(draft, value);
    case 'select':
      return isJsonObject(value) ? chooseOption(draft, property, value) : null;
    case 'status':
      return isJsonObject(value) ? chooseOption(draft, property, value) : firstStatus(property);
    case 'multi_select':
      return distinct(objects(value).map((option) => chooseOption(draft, property, option)));
    case 'people':
      return distinct(objects(value).map((person) => storePerson(draft.context, person)));
    case 'relation':
      return storeRelation(draft.context, property, objects(value));
    case 'files':
      return objects(value).map((file) => storeFile(draft, property, file, target.before));
    case 'date':
      return isJsonObject(value) ? storeDate(value) : null;
    case 'place':
      return isJsonObject(value) ? { ...blankPlace, ...value } : null;
    case 'verification':
      return storeVerification(draft.context, value, target);
    default:
      return value;
  }
}

/** The first option of To-do, as `{id}`: a status is never empty (recorded). Null without options. */
export function firstStatus(property: PropertySchema): Json {
  const [toDo] = arrayAt(property.config, 'groups');
  const [id] = isJsonObject(toDo) ? arrayAt(toDo, 'option_ids') : [];
  return id === undefined ? null : { id };
}

/** Members a place reads with though the request left them out (recorded). */
const blankPlace: JsonObject = { name: null, address: null, aws_place_id: null, google_place_id: null };

function storePerson(context: Context, given: JsonObject): JsonObject {
  const id = stringAt(given, 'id') ?? '';
  if (given.object === 'group' || given.name !== undefined)
    throw validationError(`Could not find group with ID: ${dashed(id)}.`);
  return { object: 'user', id: knownPerson(context, id).id };
}

function storeRelation(
  context: Context,
  property: PropertySchema,
  given: readonly JsonObject[],
): JsonObject[] {
  const source = seeDataSource(context, stringAt(property.config, 'data_source_id') ?? '');
  return distinct(
    given.map((item) => {
      const page = seePage(context, stringAt(item, 'id') ?? '');
      if (page.parent.type === 'data_source_id' && page.parent.id === source.id) return { id: page.id };
      throw validationError(`Page with ID ${page.id} is not in the data source ${property.name} relates to.`);
    }),
  );
}

function storeFile(draft: Draft, property: PropertySchema, file: JsonObject, before: Values): JsonObject {
  if (file.file_upload !== undefined) {
    const attached = attachUpload(draft, stringAt(objectAt(file, 'file_upload'), 'id') ?? '', 'file');
    const key = stringAt(objectAt(attached, 'file'), 'key') ?? '';
    return { name: file.name ?? draft.context.state.files.get(key)?.name ?? 'untitled', ...attached };
  }
  if (file.file !== undefined) return echoed(property, file, before);
  const url = stringAt(objectAt(file, 'external'), 'url') ?? '';
  if (!isWebUrl(url)) throw validationError(`${property.name}: external.url should be a valid URL.`);
  return { name: file.name ?? '', type: 'external', external: { url } };
}

/** A hosted file may only be sent back to where it already is. @throws ApiError 400 */
function echoed(property: PropertySchema, file: JsonObject, before: Values): JsonObject {
  const url = stringAt(objectAt(file, 'file'), 'url') ?? '';
  const known = before[property.id];
  const same = objects(known).find((item) => {
    const key = stringAt(objectAt(item, 'file'), 'key');
    return key !== undefined && url.includes(`/${encodeURIComponent(key)}/`);
  });
  if (same === undefined) throw validationError(`${property.name}: file.url is not a file of this property.`);
  return { ...same, name: file.name ?? same.name ?? '' };
}

function storeVerification(context: Context, value: Json, target: ValueTarget): Json {
  const database = context.state.databases.get(target.source?.databaseId ?? '');
  if (database?.isWiki !== true) throw validationError('Verification can only be set on pages of a wiki.');
  if (!isJsonObject(value) || value.state === 'unverified') {
    return { state: 'unverified', verified_by: null, date: null };
  }
  return {
    state: 'verified',
    verified_by: { object: 'user', id: context.state.botId },
    date: value.date ?? null,
  };
}

/** The relation values that changed, written into the mirror properties of the pages concerned. */
export function mirrorRelations(
  context: Context,
  pageId: string,
  schema: readonly PropertySchema[],
  before: Values,
  after: Values,
): void {
  for (const property of schema) {
    const mirrorId = stringAt(objectAt(property.config, 'dual_property'), 'synced_property_id');
    if (property.type !== 'relation' || mirrorId === undefined) continue;
    const were = ids(before[property.id]);
    const are = ids(after[property.id]);
    for (const id of were.filter((id) => !are.includes(id))) mirror(context, id, mirrorId, pageId, false);
    for (const id of are.filter((id) => !were.includes(id))) mirror(context, id, mirrorId, pageId, true);
  }
}

function mirror(
  context: Context,
  targetId: string,
  mirrorId: string,
  pageId: string,
  isRelated: boolean,
): void {
  const target = context.state.pages.get(targetId);
  if (target === undefined) return;
  const others = ids(target.values[mirrorId]).filter((id) => id !== pageId);
  const related = isRelated ? [...others, pageId] : others;
  target.values = { ...target.values, [mirrorId]: related.map((id) => ({ id })) };
}

function ids(value: Json | undefined): string[] {
  return objects(value).flatMap((item) => stringAt(item, 'id') ?? []);
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function distinct(items: readonly JsonObject[]): JsonObject[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}
