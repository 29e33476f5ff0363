/** Changes of a schema: properties added, renamed, redefined and removed, with what that does to values. */
import { validationError } from '../../protocol/api-error.ts';
import { encodedId, isProperty } from '../../render/schema.ts';
import type { Json, JsonObject } from '../../workspace/json.ts';
import { arrayAt, isJsonObject, objectAt, stringAt } from '../../workspace/json.ts';
import type { DataSource, PropertySchema } from '../../workspace/state.ts';
import type { Draft } from './draft.ts';
import type { PropertyDraft } from './new-schema.ts';
import { linkSchema, newProperty } from './new-schema.ts';
import { createOption, findOption, optionsOf, refuseRecolouring } from './options.ts';
import { definedType, mirrorIdOf, refuseImpossible, storeConfig } from './schemas.ts';

/**
 * The schema as the request wants it. Nothing changes before the draft is settled.
 * @throws ApiError 400 or 404
 */
export function changeSchema(draft: Draft, source: DataSource, changes: JsonObject): PropertySchema[] {
  let drafts: PropertyDraft[] = source.schema.map((property) => ({
    property: { ...property },
    given: undefined,
  }));
  for (const [key, change] of Object.entries(changes)) {
    drafts = applyChange(draft, source, drafts, key, isJsonObject(change) ? change : null);
  }
  const schema = linkSchema(draft, drafts, source);
  refuseImpossible(schema);
  return schema;
}

function applyChange(
  draft: Draft,
  source: DataSource,
  drafts: readonly PropertyDraft[],
  key: string,
  change: JsonObject | null,
): PropertyDraft[] {
  const found =
    drafts.find(({ property }) => property.name === key) ??
    drafts.find(({ property }) => isProperty(property, key));
  const isDefined = change !== null && definedType(change) !== '';
  refuseForeignId(found?.property, key, change);
  if (found === undefined) {
    if (!isDefined) throw validationError(`${key} is not a property that exists.`);
    const name = stringAt(change, 'name') ?? key;
    return [
      ...drafts,
      newProperty(
        draft,
        name,
        change,
        drafts.map(({ property }) => property),
      ),
    ];
  }
  if (change === null) {
    if (found.property.type === 'title') throw validationError('The title property cannot be removed.');
    unlinkMirror(draft, source, found.property);
    return drafts.filter((other) => other !== found);
  }
  const named = rename(found, change);
  const changed = isDefined ? redefine(draft, source, named, change) : named;
  return drafts.map((other) => (other === found ? changed : other));
}

/** An id beside a definition must be the property's own; a new property cannot choose one. */
function refuseForeignId(property: PropertySchema | undefined, key: string, change: JsonObject | null): void {
  const id = change === null ? undefined : stringAt(change, 'id');
  if (id === undefined || (property !== undefined && [property.id, encodedId(property.id)].includes(id)))
    return;
  throw validationError(
    `body failed validation: body.properties.${key}.id should be the ID of ${key}, instead was \`${JSON.stringify(id)}\`.`,
  );
}

function rename(found: PropertyDraft, change: JsonObject): PropertyDraft {
  const { property } = found;
  const description =
    change.description === undefined ? property.description : (stringAt(change, 'description') ?? null);
  return {
    ...found,
    property: { ...property, name: stringAt(change, 'name') ?? property.name, description },
  };
}

function redefine(draft: Draft, source: DataSource, found: PropertyDraft, change: JsonObject): PropertyDraft {
  const type = definedType(change);
  const given = objectAt(change, type);
  const { property } = found;
  if (type === property.type)
    return { property: { ...property, config: changedConfig(draft, source, property, given) }, given };
  if (type === 'title' || property.type === 'title') {
    throw validationError(`The type of ${property.name} cannot be changed from ${property.type} to ${type}.`);
  }
  unlinkMirror(draft, source, property);
  const converted: PropertySchema = { ...property, type, config: storeConfig(draft, type, given) };
  draft.waiting.push(() => convertValues(draft, source, property, converted));
  return { property: converted, given };
}

function changedConfig(
  draft: Draft,
  source: DataSource,
  property: PropertySchema,
  given: JsonObject,
): JsonObject {
  switch (property.type) {
    case 'select':
    case 'multi_select':
      return given.options === undefined
        ? property.config
        : { options: changedOptions(draft, property, given) };
    case 'status':
      return given.options === undefined ? property.config : changedStatus(draft, property, given);
    case 'number':
      return { format: given.format ?? property.config.format ?? 'number' };
    case 'unique_id':
      return { prefix: given.prefix ?? null };
    case 'relation':
      return changedRelation(draft, source, property, given);
    default:
      return property.config;
  }
}

/** Options the request leaves out are gone, and with them the values that name them. */
function changedOptions(draft: Draft, property: PropertySchema, given: JsonObject): JsonObject[] {
  return arrayAt(given, 'options')
    .filter(isJsonObject)
    .map((option) => {
      const known = findOption(property, option);
      if (known === undefined) return createOption(draft.context.state, option);
      refuseRecolouring(property, known, option);
      return option.description === undefined ? known : { ...known, description: option.description };
    });
}

/** Options keep their group; new ones land in To-do. */
function changedStatus(draft: Draft, property: PropertySchema, given: JsonObject): JsonObject {
  const options = changedOptions(draft, property, given);
  if (options.length === 0) throw validationError(`${property.name} needs at least one option.`);
  const ids = options.map((option) => option.id ?? null);
  const before = optionsOf(property).map((option) => option.id ?? null);
  const groups = arrayAt(property.config, 'groups')
    .filter(isJsonObject)
    .map((group, place): JsonObject => {
      const kept = arrayAt(group, 'option_ids').filter((id) => ids.includes(id));
      const added: Json[] = place === 0 ? ids.filter((id) => !before.includes(id)) : [];
      return { ...group, option_ids: [...kept, ...added] };
    });
  return { options, groups };
}

function changedRelation(
  draft: Draft,
  source: DataSource,
  property: PropertySchema,
  given: JsonObject,
): JsonObject {
  const config = storeConfig(draft, 'relation', given);
  const isSameTarget = config.data_source_id === property.config.data_source_id;
  const wasDual = mirrorIdOf(property) !== undefined;
  const isDual = given.dual_property !== undefined;
  if (isSameTarget && wasDual === isDual) return property.config;
  unlinkMirror(draft, source, property);
  if (!isSameTarget) draft.waiting.push(() => clearValues(draft, source, property.id));
  return config;
}

/** Turns the other side of a dual relation that ends into a relation of its own. */
function unlinkMirror(draft: Draft, source: DataSource, property: PropertySchema): void {
  const mirrorId = mirrorIdOf(property);
  if (mirrorId === undefined) return;
  const related = draft.context.state.dataSources.get(stringAt(property.config, 'data_source_id') ?? '');
  draft.waiting.push(() => {
    for (const mirror of (related ?? source).schema) {
      if (mirror.id !== mirrorId) continue;
      const { data_source_id, database_id } = mirror.config;
      mirror.config = {
        database_id: database_id ?? null,
        data_source_id: data_source_id ?? null,
        type: 'single_property',
        single_property: {},
      };
    }
  });
}

/** Values that do not fit the new type are gone. */
function convertValues(draft: Draft, source: DataSource, from: PropertySchema, to: PropertySchema): void {
  for (const id of source.rows) {
    const page = draft.context.state.pages.get(id);
    const value = page?.values[from.id];
    if (page === undefined || value === undefined) continue;
    page.values = { ...page.values, [from.id]: converted(value, from, to) };
  }
}

/** The few conversions that lose nothing; all others give null. */
function converted(value: Json, from: PropertySchema, to: PropertySchema): Json {
  const isText = (type: string) => type === 'url' || type === 'email' || type === 'phone_number';
  if (isText(from.type) && isText(to.type)) return value;
  return null;
}

function clearValues(draft: Draft, source: DataSource, propertyId: string): void {
  for (const id of source.rows) {
    const page = draft.context.state.pages.get(id);
    if (page !== undefined) page.values = { ...page.values, [propertyId]: null };
  }
}
