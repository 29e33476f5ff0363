/**
 * Completes property values that the API cuts at 25 items, from `GET pages/{id}/properties/{property_id}`, and puts
 * them into the page object in the shape the page object has.
 */

import type { Gap } from '../../../document/documents.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import { dashedId } from '../../../document/notion-id.ts';
import { propertyType } from '../../../document/property-types.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { reasonOf } from '../context/read-api.ts';
import { EndOfRun } from '../state/database/end-of-run.ts';

/** Values of this length may have been truncated without notice. */
const cutLength = 25;

/** Completes `page.properties` in place; a value that cannot be completed becomes a gap. */
export async function completeProperties(
  context: CrawlContext,
  pageId: string,
  page: JsonObject,
): Promise<Gap[]> {
  const properties = objectAt(page, 'properties') ?? {};
  const values = Object.entries(properties).filter((entry): entry is [string, JsonObject] =>
    isObject(entry[1]),
  );
  const isCutHere = values.some(([, value]) => value.type === 'relation' && isCut(value));
  const gaps: Gap[] = Object.entries(properties)
    .filter(([, value]) => !isObject(value))
    .map(([name]) => ({ what: `property ${name}`, id: '', reason: 'the property came without its type' }));
  await Promise.all(
    values
      .filter(
        ([, value]) =>
          isCut(value) || isAbsent(value) || isUnfinished(value) || (isCutHere && isComputed(value)),
      )
      .map(async ([name, value]) => {
        try {
          await complete(context, pageId, value);
        } catch (error) {
          if (error instanceof EndOfRun) throw error;
          gaps.push({ what: `property ${name}`, id: stringAt(value, 'id') ?? '', reason: reasonOf(error) });
        }
      }),
  );
  return gaps.sort((a, b) => (a.what < b.what ? -1 : 1));
}

/** A value whose type says what should be there, and it is not. */
function isAbsent(value: JsonObject): boolean {
  const type = stringAt(value, 'type');
  return type === undefined || value[type] === undefined;
}

/** A rollup that Notion had not computed yet, or not to its end. */
function isUnfinished(value: JsonObject): boolean {
  return value.type === 'rollup' && objectAt(value, 'rollup')?.type === 'incomplete';
}

/** Rollups and formulas over a relation that was cut were computed from the part that was left. */
function isComputed(value: JsonObject): boolean {
  return value.type === 'rollup' || value.type === 'formula';
}

function isCut(value: JsonObject): boolean {
  const type = stringAt(value, 'type') ?? '';
  const items = type === 'rollup' ? objectAt(value, 'rollup')?.array : value[type];
  const isLong = Array.isArray(items) && items.length >= cutLength;
  const canBeCut = propertyType(type)?.isPaginated === true || type === 'rollup';
  return canBeCut && (isLong || value.has_more === true || objectAt(value, 'rollup')?.has_more === true);
}

async function complete(context: CrawlContext, pageId: string, value: JsonObject): Promise<void> {
  const { type } = value;
  if (typeof type !== 'string') throw new Error('the property came without its type');
  // The id goes back as it came: it is URL-encoded already.
  const path = `pages/${dashedId(pageId)}/properties/${stringAt(value, 'id') ?? ''}`;
  if (type !== 'rollup' && propertyType(type)?.isPaginated !== true) {
    const item = await context.api.get(path);
    if (item[type] === undefined || (type === 'formula' && !isObject(item[type])))
      throw new Error('the value did not come when it was asked for');
    value[type] = item[type];
    return;
  }
  const items: JsonObject[] = [];
  let whole: JsonObject | undefined;
  for await (const page of context.api.list({ method: 'get', path })) {
    items.push(...page.items);
    whole = objectAt(page.answer, 'property_item') ?? whole;
    if (page.incomplete !== undefined) throw new Error(page.incomplete);
  }
  if (type === 'rollup') completeRollup(value, items, whole);
  else completeList(value, type, items);
}

function completeList(value: JsonObject, type: string, items: readonly JsonObject[]): void {
  const known = Array.isArray(value[type]) ? value[type] : [];
  const complete = items.map((item) => item[type]).filter((item): item is Json => item !== undefined);
  if (complete.length < items.length) throw new Error(`an item of the list came without its ${type}`);
  if (value.has_more === true && complete.length <= known.length)
    throw new Error('the page says that the value has more items, and its list gives none');
  // A server that gives fewer than it showed before (an unshared target) must not make the value poorer.
  if (complete.length > known.length || value[type] === undefined) value[type] = complete;
  if ('has_more' in value) value.has_more = false;
}

function completeRollup(
  value: JsonObject,
  items: readonly JsonObject[],
  whole: JsonObject | undefined,
): void {
  const rollup = objectAt(whole, 'rollup');
  const before = objectAt(value, 'rollup');
  if (rollup === undefined || rollup.type === 'incomplete') throw new Error('the rollup stayed incomplete');
  const known = Array.isArray(before?.array) ? before.array : undefined;
  if (known === undefined && rollup.type !== 'array') {
    // Unsupported functions read worse one by one than in the page: keep what the page said.
    if (rollup.type !== 'unsupported' || before?.type === 'incomplete') value.rollup = rollup;
    return;
  }
  const array = items.map(rollupElement);
  if (array.length > (known?.length ?? 0)) value.rollup = { ...before, ...rollup, type: 'array', array };
}

/** A property item as an element of a rollup's array: no `object` and `id`, and lists of one in place of single values. */
function rollupElement({ object: _object, id: _id, ...item }: JsonObject): JsonObject {
  const type = stringAt(item, 'type') ?? '';
  const single = item[type];
  return propertyType(type)?.isPaginated && isObject(single) ? { ...item, [type]: [single] } : item;
}
