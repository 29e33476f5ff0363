/** Property values of a page: what stands under each type's name, cut as page objects cut it. */
import type { Json, JsonObject } from '../workspace/json.ts';
import { isJsonObject, stringAt } from '../workspace/json.ts';
import type { Page, PropertySchema } from '../workspace/state.ts';
import { isTrashed, isVisible } from '../workspace/state.ts';
import type { RenderContext } from './content.ts';
import { fullUser, isChosen, minuteTime, renderContent } from './content.ts';
import { rollupFunction, rollupValue } from './rollup.ts';
import { encodedId, isProperty, isUnknown, schemaOf } from './schema.ts';

/** Page objects show at most so many references; the rest is at the property's own address. */
export const referencesShown = 25;

/** `properties` of a page object. */
export function renderValues(context: RenderContext, page: Page, only?: readonly string[]): JsonObject {
  const result: JsonObject = {};
  for (const property of schemaOf(context.state, page)) {
    if (only !== undefined && !only.some((wanted) => isProperty(property, wanted))) continue;
    result[property.name] = renderValue(context, page, property);
  }
  return result;
}

function renderValue(context: RenderContext, page: Page, property: PropertySchema): JsonObject {
  const id = encodedId(property.id);
  if (isUnknown(context, property)) {
    return { id, type: 'telepathy', telepathy: { strength: 7 } };
  }
  const value = fullValue(context, page, property, referencesShown);
  if (!Array.isArray(value)) return { id, type: property.type, [property.type]: value };
  if (property.type === 'relation') {
    const hasMore = value.length > referencesShown;
    return { id, type: 'relation', relation: value.slice(0, referencesShown), has_more: hasMore };
  }
  return { id, type: property.type, [property.type]: cut(context, property.type, value) };
}

function cut(context: RenderContext, type: string, value: Json[]): Json[] {
  if (type === 'people') return value.slice(0, referencesShown);
  if (type !== 'title' && type !== 'rich_text') return value;
  if (context.faults.rates.textMentionsCut === 0) return value;
  let mentions = 0;
  return value.filter((part) => {
    if (isJsonObject(part) && part.type === 'mention') mentions += 1;
    return mentions <= referencesShown;
  });
}

/**
 * The whole value of a property, as it stands under the type's name.
 * @param references how many related pages a rollup looks at
 */
export function fullValue(
  context: RenderContext,
  page: Page,
  property: PropertySchema,
  references = Number.POSITIVE_INFINITY,
): Json {
  const stored = page.values[property.id];
  switch (property.type) {
    case 'created_time':
      return minuteTime(page.createdTime);
    case 'last_edited_time':
      return minuteTime(page.editedTime);
    case 'created_by':
      return fullUser(context, page.createdBy);
    case 'last_edited_by':
      return fullUser(context, page.editedBy);
    case 'checkbox':
      return stored ?? false;
    case 'button':
      return {};
    case 'unique_id':
      return { prefix: property.config.prefix ?? null, number: uniqueNumber(stored) };
    case 'title':
    case 'rich_text':
    case 'files':
      return renderContent(context, stored ?? []);
    case 'people':
      return people(context, stored);
    case 'relation':
      return relation(context, property, stored);
    case 'multi_select':
      return (Array.isArray(stored) ? stored : []).flatMap((value) => option(property, value) ?? []);
    case 'select':
    case 'status':
      return option(property, stored) ?? null;
    case 'formula':
      if (isChosen(context, 'computedUnsupported', page.id)) return { type: 'unsupported', unsupported: {} };
      return stored ?? { type: 'string', string: null };
    case 'rollup':
      if (isChosen(context, 'computedUnsupported', page.id))
        return { type: 'unsupported', unsupported: {}, function: rollupFunction(property) };
      return (
        stored ??
        rollupValue(context.state, page, property, references, (row, target) =>
          fullValue(context, row, target),
        )
      );
    default:
      return renderContent(context, stored ?? null);
  }
}

/** The option a value names, as it is called and coloured now; undefined when it has been deleted. */
function option(property: PropertySchema, value: Json | undefined): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined;
  const options = property.config.options;
  const found = (Array.isArray(options) ? options : []).find(
    (candidate) =>
      isJsonObject(candidate) &&
      (value.id === undefined ? candidate.name === value.name : candidate.id === value.id),
  );
  if (!isJsonObject(found)) return undefined;
  return { id: found.id ?? null, name: found.name ?? null, color: found.color ?? 'default' };
}

function uniqueNumber(stored: Json | undefined): Json {
  if (isJsonObject(stored)) return stored.number ?? null;
  return stored ?? null;
}

function people(context: RenderContext, stored: Json | undefined): Json[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((person) => {
    const id = isJsonObject(person) ? stringAt(person, 'id') : undefined;
    if (id === undefined) return [];
    return [isJsonObject(person) && person.object === 'group' ? person : fullUser(context, id)];
  });
}

/** Related pages the bot may see; none when the other data source is not shared. */
function relation(context: RenderContext, property: PropertySchema, stored: Json | undefined): Json[] {
  const target = stringAt(property.config, 'data_source_id');
  const source = target === undefined ? undefined : context.state.dataSources.get(target);
  if (!Array.isArray(stored) || source === undefined || !isVisible(context.state, source)) return [];
  return stored.flatMap((entry) => {
    const id = isJsonObject(entry) ? stringAt(entry, 'id') : undefined;
    const page = id === undefined ? undefined : context.state.pages.get(id);
    return page === undefined || isTrashed(context.state, page) ? [] : [{ id: page.id }];
  });
}
