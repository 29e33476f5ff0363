/** Query filters: checked against the schema, then turned into a test for one page. */
import { failedValidation, notPresent, validationError } from '../protocol/api-error.ts';
import type { RenderContext } from '../render/content.ts';
import { minuteTime } from '../render/content.ts';
import { isProperty } from '../render/schema.ts';
import { fullValue } from '../render/values.ts';
import type { Json, JsonObject } from '../workspace/json.ts';
import { isJsonObject } from '../workspace/json.ts';
import type { DataSource, Page, PropertySchema } from '../workspace/state.ts';
import type { Condition } from './condition.ts';
import { conditionFor } from './condition.ts';

export type PageTest = (page: Page) => boolean;

/** Compounds may stand in compounds, and no deeper. */
const deepestCompound = 2;

/** @throws ApiError when the filter names what does not exist or what its type cannot be asked */
export function compileFilter(
  context: RenderContext,
  source: DataSource,
  filter: Json | undefined,
  where = 'body.filter',
  depth = 1,
): PageTest {
  if (filter === undefined) return () => true;
  if (!isJsonObject(filter)) throw failedValidation(where, 'an object or `undefined`', filter);
  for (const joint of ['and', 'or'] as const) {
    if (filter[joint] === undefined) continue;
    return compileCompound(context, source, filter, joint, where, depth);
  }
  if (filter.timestamp !== undefined) return compileTimestamp(context, filter, where);
  return compileProperty(context, source, filter, where);
}

function compileCompound(
  context: RenderContext,
  source: DataSource,
  filter: JsonObject,
  joint: 'and' | 'or',
  where: string,
  depth: number,
): PageTest {
  const parts = filter[joint];
  if (!Array.isArray(parts)) throw failedValidation(`${where}.${joint}`, 'an array', parts);
  if (depth > deepestCompound) throw notPresent(`${where}.${joint}`, parts);
  const tests = parts.map((part, index) =>
    compileFilter(context, source, part, `${where}.${joint}[${index}]`, depth + 1),
  );
  if (joint === 'and') return (page) => tests.every((test) => test(page));
  return (page) => tests.length === 0 || tests.some((test) => test(page));
}

function compileTimestamp(context: RenderContext, filter: JsonObject, where: string): PageTest {
  const name = filter.timestamp;
  if (name !== 'created_time' && name !== 'last_edited_time') {
    throw failedValidation(`${where}.timestamp`, '`"created_time"` or `"last_edited_time"`', name);
  }
  const test = conditionFor('date', filter[name], `${where}.${name}`, context.clock.now());
  return (page) => test(minuteTime(name === 'created_time' ? page.createdTime : page.editedTime));
}

function compileProperty(
  context: RenderContext,
  source: DataSource,
  filter: JsonObject,
  where: string,
): PageTest {
  const wanted = filter.property;
  if (typeof wanted !== 'string') throw failedValidation(`${where}.property`, 'a string', wanted ?? null);
  const property = source.schema.find((candidate) => isProperty(candidate, wanted));
  if (property === undefined) throw validationError(`Could not find property with name or id: ${wanted}`);
  const [type, condition] = conditionOf(filter, where);
  checkType(property, type, wanted);
  const test = propertyTest(property, type, condition, `${where}.${type}`, context.clock.now());
  return (page) => test(fullValue(context, page, property));
}

/** The one member besides `property` and `type`. */
function conditionOf(filter: JsonObject, where: string): [string, Json] {
  const members = Object.entries(filter).filter(([name]) => name !== 'property' && name !== 'type');
  const [only, more] = members;
  if (only === undefined)
    throw validationError(`body failed validation. Fix one: ${where} should name a condition.`);
  if (more !== undefined) throw notPresent(`${where}.${more[0]}`, more[1]);
  return only;
}

/** `rich_text` conditions serve every kind of text, as in the API. */
function checkType(property: PropertySchema, type: string, wanted: string): void {
  const isText = (name: string) => ['title', 'rich_text', 'url', 'email', 'phone_number'].includes(name);
  if (type === property.type || (type === 'rich_text' && isText(property.type))) return;
  throw validationError(`database property ${wanted} ${property.type} does not match filter ${type}`);
}

function propertyTest(
  property: PropertySchema,
  type: string,
  condition: Json,
  where: string,
  now: number,
): Condition {
  if (type === 'formula')
    return innerTest(condition, where, now, (value) => (isJsonObject(value) ? value : {}));
  if (type === 'rollup') return rollupTest(condition, where, now);
  checkOption(property, condition);
  return conditionFor(type, condition, where, now);
}

/** `formula: {string: {…}}` and its like: the kind names both the member and the condition. */
function innerTest(
  condition: Json,
  where: string,
  now: number,
  member: (value: Json) => JsonObject,
): Condition {
  const entries = isJsonObject(condition) ? Object.entries(condition) : [];
  const [kind, inner] = entries[0] ?? [];
  if (kind === undefined || inner === undefined) throw failedValidation(where, 'an object', condition);
  const test = conditionFor(kind === 'string' ? 'rich_text' : kind, inner, `${where}.${kind}`, now);
  const name = kind === 'checkbox' ? 'boolean' : kind;
  return (value) => test(member(value)[name] ?? null);
}

function rollupTest(condition: Json, where: string, now: number): Condition {
  const entries = isJsonObject(condition) ? Object.entries(condition) : [];
  const [how, inner] = entries[0] ?? [];
  if (how === undefined || inner === undefined) throw failedValidation(where, 'an object', condition);
  if (how === 'number' || how === 'date') {
    return innerTest(condition, where, now, (value) => (isJsonObject(value) ? value : {}));
  }
  if (how !== 'any' && how !== 'every' && how !== 'none') throw notPresent(`${where}.${how}`, inner);
  const [type, wanted] = (isJsonObject(inner) ? Object.entries(inner)[0] : undefined) ?? [];
  if (type === undefined || wanted === undefined)
    throw failedValidation(`${where}.${how}`, 'an object', inner);
  const test = conditionFor(type, wanted, `${where}.${how}.${type}`, now);
  return (value) => {
    const items = isJsonObject(value) && Array.isArray(value.array) ? value.array : [];
    const hits = items.filter(
      (item) => isJsonObject(item) && test(item[type] ?? item[String(item.type)] ?? null),
    );
    if (how === 'any') return hits.length > 0;
    return how === 'every' ? hits.length === items.length : hits.length === 0;
  };
}

/** Options a filter names must exist. */
function checkOption(property: PropertySchema, condition: Json): void {
  if (!['select', 'status', 'multi_select'].includes(property.type) || !isJsonObject(condition)) return;
  const options = Array.isArray(property.config.options) ? property.config.options : [];
  for (const wanted of Object.values(condition)) {
    if (typeof wanted !== 'string') continue;
    if (options.some((option) => isJsonObject(option) && option.name === wanted)) continue;
    throw validationError(`${property.type} option "${wanted}" not found for property "${property.name}".`);
  }
}
