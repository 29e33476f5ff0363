/** Sorts of a query. What they leave open is left open: rows that compare equal come in any order. */
import { failedValidation, validationError } from '../protocol/api-error.ts';
import type { RenderContext } from '../render/content.ts';
import { plainText } from '../render/content.ts';
import { isProperty } from '../render/schema.ts';
import { fullValue } from '../render/values.ts';
import type { Json } from '../workspace/json.ts';
import { isJsonObject } from '../workspace/json.ts';
import { shuffled } from '../workspace/random.ts';
import type { DataSource, Page } from '../workspace/state.ts';

type SortKey = number | string | null;

interface Sort {
  readonly sign: 1 | -1;
  key(page: Page): SortKey;
}

/** Pages in the order asked for, otherwise in an order that no request can rely on. @throws ApiError */
export function sortPages(
  context: RenderContext,
  source: DataSource,
  sorts: Json | undefined,
  pages: readonly Page[],
): Page[] {
  const rules = compileSorts(context, source, sorts);
  const mixed = shuffled(pages, context.random);
  if (rules.length === 0) return mixed;
  const keyed = mixed.map((page) => ({ page, keys: rules.map((rule) => rule.key(page)) }));
  keyed.sort((a, b) => {
    for (const [index, rule] of rules.entries()) {
      const order = compare(a.keys[index] ?? null, b.keys[index] ?? null, rule.sign);
      if (order !== 0) return order;
    }
    return 0;
  });
  return keyed.map(({ page }) => page);
}

function compileSorts(context: RenderContext, source: DataSource, sorts: Json | undefined): Sort[] {
  if (sorts === undefined) return [];
  if (!Array.isArray(sorts)) throw failedValidation('body.sorts', 'an array or `undefined`', sorts);
  return sorts.map((sort, index) => {
    const where = `body.sorts[${index}]`;
    if (!isJsonObject(sort)) throw failedValidation(where, 'an object', sort);
    const { direction, timestamp } = sort;
    if (direction !== 'ascending' && direction !== 'descending') {
      throw failedValidation(`${where}.direction`, '`"ascending"` or `"descending"`', direction ?? null);
    }
    const sign = direction === 'ascending' ? 1 : -1;
    if (timestamp === 'created_time') return { sign, key: (page) => minutes(page.createdTime) };
    if (timestamp === 'last_edited_time') return { sign, key: (page) => minutes(page.editedTime) };
    if (timestamp !== undefined)
      throw failedValidation(`${where}.timestamp`, '`"created_time"` or `"last_edited_time"`', timestamp);
    return { sign, key: propertyKey(context, source, sort.property, where) };
  });
}

function propertyKey(
  context: RenderContext,
  source: DataSource,
  wanted: Json | undefined,
  where: string,
): (page: Page) => SortKey {
  if (typeof wanted !== 'string') throw failedValidation(`${where}.property`, 'a string', wanted ?? null);
  const property = source.schema.find((candidate) => isProperty(candidate, wanted));
  if (property === undefined)
    throw validationError(`Could not find sort property with name or id: ${wanted}`);
  return (page) => sortKey(fullValue(context, page, property));
}

/** Sort key of a value; null comes last in either direction. */
function sortKey(value: Json): SortKey {
  if (value === null || typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return value.toLowerCase();
  if (Array.isArray(value)) return plainText(value).toLowerCase() || listKey(value);
  for (const name of ['number', 'name', 'start', 'string', 'boolean', 'date']) {
    const member = value[name];
    if (member !== undefined) return sortKey(member);
  }
  return null;
}

function listKey(value: Json[]): SortKey {
  const names = value.map((item) => (isJsonObject(item) && typeof item.name === 'string' ? item.name : ''));
  return names.join(',').toLowerCase() || null;
}

function compare(a: SortKey, b: SortKey, sign: 1 | -1): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -sign : sign;
}

function minutes(ms: number): number {
  return Math.floor(ms / 60_000);
}
