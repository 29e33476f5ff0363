/** Rollups: a value computed over the pages a relation names. */
import type { Json, JsonObject } from '../workspace/json.ts';
import { isJsonObject, stringAt } from '../workspace/json.ts';
import type { Page, PropertySchema, State } from '../workspace/state.ts';
import { isTrashed, isVisible } from '../workspace/state.ts';
import { schemaOf } from './schema.ts';

/** One related page with the property rolled up. */
export interface RolledUp {
  readonly page: Page;
  readonly target: PropertySchema;
}

/** Reads the whole value of a property of a page. */
export type ValueReader = (page: Page, property: PropertySchema) => Json;

/** The pages a rollup looks at, those out of sight left out. */
export function rolledUp(state: State, page: Page, rollup: PropertySchema): RolledUp[] {
  const relation = schemaOf(state, page).find(({ id }) => id === rollup.config.relation_property_id);
  const source = state.dataSources.get((relation && stringAt(relation.config, 'data_source_id')) ?? '');
  const target = source?.schema.find(({ id }) => id === rollup.config.rollup_property_id);
  const related = relation === undefined ? undefined : page.values[relation.id];
  if (target === undefined || source === undefined || !isVisible(state, source)) return [];
  return (Array.isArray(related) ? related : []).flatMap((entry) => {
    const id = isJsonObject(entry) ? stringAt(entry, 'id') : undefined;
    const row = id === undefined ? undefined : state.pages.get(id);
    return row === undefined || isTrashed(state, row) ? [] : [{ page: row, target }];
  });
}

/** Value under `rollup`, over the first `references` related pages. */
export function rollupValue(
  state: State,
  page: Page,
  rollup: PropertySchema,
  references: number,
  read: ValueReader,
): JsonObject {
  const rows = rolledUp(state, page, rollup).slice(0, references);
  return { ...aggregate(rollupFunction(rollup), rows, read), function: rollupFunction(rollup) };
}

/** The function's name; `show_original` when none is set. */
export function rollupFunction(rollup: PropertySchema): string {
  return stringAt(rollup.config, 'function') ?? 'show_original';
}

function aggregate(name: string, rows: readonly RolledUp[], read: ValueReader): JsonObject {
  // A rollup of a rollup is not looked into: the API refuses most of them.
  const items = rows
    .filter(({ target }) => target.type !== 'rollup')
    .map((row) => ({ row, value: read(row.page, row.target) }));
  const values = items.map(({ value }) => value);
  const filled = values.filter((value) => !isEmpty(value));
  const number = (value: number | null): JsonObject => ({ type: 'number', number: value });
  const share = (count: number) => number(values.length === 0 ? null : count / values.length);
  switch (name) {
    case 'show_original':
      return {
        type: 'array',
        array: items.map(({ row, value }) => ({ type: row.target.type, [row.target.type]: value })),
      };
    case 'count':
      return number(values.length);
    case 'count_values':
    case 'not_empty':
      return number(filled.length);
    case 'empty':
      return number(values.length - filled.length);
    case 'percent_empty':
      return share(values.length - filled.length);
    case 'percent_not_empty':
      return share(filled.length);
    case 'checked':
      return number(values.filter((value) => value === true).length);
    case 'unchecked':
      return number(values.filter((value) => value !== true).length);
    case 'percent_checked':
      return share(values.filter((value) => value === true).length);
    case 'percent_unchecked':
      return share(values.filter((value) => value !== true).length);
    case 'earliest_date':
    case 'latest_date':
    case 'date_range':
      return { type: 'date', date: dates(name, values) };
    case 'sum':
    case 'average':
    case 'median':
    case 'min':
    case 'max':
    case 'range':
      return number(
        numeric(
          name,
          values.filter((value) => typeof value === 'number'),
        ),
      );
    default:
      return { type: 'unsupported', unsupported: {} };
  }
}

function numeric(name: string, values: readonly number[]): number | null {
  if (values.length === 0) return name === 'sum' ? 0 : null;
  const sorted = [...values].sort((a, b) => a - b);
  const sum = values.reduce((total, value) => total + value, 0);
  const least = sorted[0] ?? 0;
  const most = sorted.at(-1) ?? 0;
  if (name === 'sum') return sum;
  if (name === 'average') return sum / values.length;
  if (name === 'min') return least;
  if (name === 'max') return most;
  if (name === 'range') return most - least;
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

function dates(name: string, values: readonly Json[]): JsonObject | null {
  const starts = values
    .flatMap((value) => (isJsonObject(value) ? (stringAt(value, 'start') ?? []) : []))
    .sort((a, b) => Date.parse(a) - Date.parse(b));
  const first = starts[0];
  const last = starts.at(-1);
  if (first === undefined || last === undefined) return null;
  if (name === 'earliest_date') return { start: first, end: null, time_zone: null };
  if (name === 'latest_date') return { start: last, end: null, time_zone: null };
  return { start: first, end: last, time_zone: null };
}

function isEmpty(value: Json): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
