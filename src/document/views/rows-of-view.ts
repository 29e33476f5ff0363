/** The rows of a database as a saved view shows them: filtered, sorted and grouped, with the properties it shows. */
import type { JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import { printable } from '../names.ts';
import { compileFilter } from './filter.ts';
import type { GroupKey } from './groups.ts';
import { compileGrouping } from './groups.ts';
import type { SortKey, TitleOf } from './sorts.ts';
import { compareKeys, compileSorts } from './sorts.ts';
import type { SchemaProperty, ViewRow } from './view-schema.ts';
import { propertyNamed, schemaProperties } from './view-schema.ts';

export interface ViewOptions {
  /** A view as its database's document has it. */
  readonly view: JsonObject;
  /** `properties` of the data source that the view shows. */
  readonly schema: JsonObject;
  /** Milliseconds since 1970: the time of the snapshot, from which relative dates count; NaN when it is not known. */
  readonly nowMs: number;
  /** Titles of pages, by which relations are sorted and grouped. */
  readonly titleOf?: TitleOf;
}

/** A view that rows are held against one by one: rows of any number need no more memory than their sort keys. */
export interface OpenView {
  /** True when the view shows the row, or when that cannot be said. */
  shows(row: ViewRow): boolean;
  /** True when rows have an order. */
  readonly isSorted: boolean;
  /** The values that the row is sorted by. */
  sortKeys(row: ViewRow): readonly SortKey[];
  /** The order of two rows by their keys; 0 where the view leaves it open. */
  compare(a: readonly SortKey[], b: readonly SortKey[]): number;
  /** The properties that the view shows, in its order; of a view that names none, undefined. */
  readonly properties: readonly SchemaProperty[] | undefined;
  /** The property by whose values rows are grouped. */
  readonly groupedBy: SchemaProperty | undefined;
  /** Puts rows, in their order, into the view's groups; undefined for a view without groups. */
  group<Row extends ViewRow>(rows: readonly Row[]): RowGroup<Row>[] | undefined;
  /** The parts of the view that could not be followed so far, each once, in sentences. */
  notes(): readonly string[];
}

/** Rows with one value. A row with several values stands in several groups. */
export interface RowGroup<Row> {
  /** Empty for the rows without a value, which come last. */
  readonly name: string;
  readonly rows: readonly Row[];
}

/** Rows as a view shows them. */
export interface ViewRows<Row> {
  readonly rows: readonly Row[];
  readonly groups: readonly RowGroup<Row>[] | undefined;
  readonly properties: readonly SchemaProperty[] | undefined;
  readonly notes: readonly string[];
}

/** The rows of one data source as a view of it shows them. Rows that the view leaves in any order keep theirs. */
export function rowsOfView<Row extends ViewRow>({
  rows,
  ...options
}: ViewOptions & { readonly rows: readonly Row[] }): ViewRows<Row> {
  const view = openView(options);
  const shown = rows
    .filter((row) => view.shows(row))
    .map((row) => ({ row, keys: view.sortKeys(row) }))
    .sort((a, b) => view.compare(a.keys, b.keys))
    .map(({ row }) => row);
  const groups = view.group(shown);
  return { rows: shown, groups, properties: view.properties, notes: view.notes() };
}

/** A view, ready for rows. */
export function openView({ view, schema, nowMs, titleOf = () => undefined }: ViewOptions): OpenView {
  const notes = new Set<string>();
  const properties = schemaProperties(schema);
  const context = { schema: properties, nowMs, tell: (note: string) => void notes.add(note) };
  const configuration = objectAt(view, 'configuration');
  const test = compileFilter(view.filter, context);
  tellQuickFilters(view, properties, context.tell);
  const sorts = compileSorts(view.sorts, context, titleOf);
  const grouping = compileGrouping(configuration, context, titleOf);
  return {
    shows: (row) => isListed(row) && test(row) !== false,
    isSorted: sorts.length > 0,
    sortKeys: (row) => sorts.map((sort) => sort.key(row)),
    compare: (a, b) => compareKeys(sorts, a, b),
    properties: shownProperties(configuration, properties),
    groupedBy: grouping?.property,
    group(rows) {
      if (grouping === undefined) return undefined;
      const found = new Groups<(typeof rows)[number]>(grouping.always);
      for (const row of rows) found.add(row, grouping.keys(row));
      return found.inOrder(grouping.isDescending);
    },
    notes: () => [...notes],
  };
}

/** True for what a database lists as a row: no view shows templates, archived pages or those in the trash. */
function isListed({ page, template_of }: ViewRow): boolean {
  return template_of === undefined && page.is_archived !== true && page.in_trash !== true;
}

/** A button above the view; the API does not tell whether it is pressed. */
function tellQuickFilters(
  view: JsonObject,
  schema: readonly SchemaProperty[],
  tell: (note: string) => void,
): void {
  const filters = Object.entries(objectAt(view, 'quick_filters') ?? {});
  const names = filters
    .filter(([, condition]) => isObject(condition))
    .map(([key]) => printable(propertyNamed(schema, key)?.name ?? key));
  if (names.length > 0) tell(`Its quick filters are not applied: ${names.join(', ')}.`);
}

/** The properties that a configuration lists as visible, with the title, which nobody can hide by leaving it out. */
function shownProperties(
  configuration: JsonObject | undefined,
  schema: readonly SchemaProperty[],
): readonly SchemaProperty[] | undefined {
  const listed = arrayAt(configuration, 'properties').flatMap((entry) => {
    const property = propertyNamed(schema, stringAt(entry, 'property_id'));
    return property === undefined || !isObject(entry)
      ? []
      : [{ property, isVisible: entry.visible !== false }];
  });
  const shown = listed.filter(({ isVisible }) => isVisible).map(({ property }) => property);
  if (shown.length === 0) return undefined;
  const title = schema.find(({ type }) => type === 'title');
  const isNamed = listed.some(({ property }) => property === title);
  return title === undefined || isNamed ? shown : [title, ...shown];
}

class Groups<Row> {
  readonly #groups = new Map<string, { readonly key: GroupKey; readonly rows: Row[] }>();
  readonly #withoutValue: Row[] = [];

  constructor(always: readonly GroupKey[]) {
    for (const key of always) this.#groups.set(key.name, { key, rows: [] });
  }

  add(row: Row, keys: readonly GroupKey[]): void {
    if (keys.length === 0) this.#withoutValue.push(row);
    for (const key of keys) {
      const group = this.#groups.get(key.name) ?? { key, rows: [] };
      if (group.rows.at(-1) !== row) group.rows.push(row);
      this.#groups.set(key.name, group);
    }
  }

  inOrder(isDescending: boolean): RowGroup<Row>[] {
    const order = (a: GroupKey, b: GroupKey) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0);
    const sorted = [...this.#groups.values()].sort((a, b) =>
      isDescending ? order(b.key, a.key) : order(a.key, b.key),
    );
    const groups = sorted.map(({ key, rows }): RowGroup<Row> => ({ name: key.name, rows }));
    const rest = this.#withoutValue;
    return rest.length === 0 ? groups : [...groups, { name: '', rows: rest }];
  }
}
