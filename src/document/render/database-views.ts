/** The views of a database that can be shown from its rows alone, and the rows as they show them. */
import type { DatabaseDocument, PageDocument } from '../documents.ts';
import type { JsonObject } from '../json.ts';
import { isObject, objectAt, stringAt } from '../json.ts';
import { printable } from '../names.ts';
import { compactId, decodedPropertyId } from '../notion-id.ts';
import { pageTitle } from '../title.ts';
import type { RowGroup, ViewOptions } from '../views/rows-of-view.ts';
import { openView, rowsOfView } from '../views/rows-of-view.ts';
import type { ViewRow } from '../views/view-schema.ts';
import type { Links } from './tree/links.ts';

/** A property of the schema. */
export interface Column {
  readonly id: string;
  readonly name: string;
}

/** A view that can be shown from the rows alone. */
export interface ShownView {
  readonly name: string;
  readonly form: 'table' | 'board' | 'list' | 'gallery' | 'calendar';
  readonly columns: readonly Column[];
  /** Decoded id of the property whose values are the days of a calendar. */
  readonly by?: string;
  /** Compact id of the data source whose rows it shows; those of all where it is not known. */
  readonly source?: string;
  /** The things it is followed by. */
  readonly options: ViewOptions;
}

/** A row with its values by decoded property id. */
export interface ShownRow extends ViewRow {
  readonly title: string;
  readonly href: string | undefined;
  readonly values: ReadonlyMap<string, JsonObject>;
  /** Links as they lead from the database's page. */
  readonly links: Links;
}

/** The rows of one view in its order, and in its groups where it has some. */
export interface RowsShown {
  readonly rows: readonly ShownRow[];
  readonly groups: readonly RowGroup<ShownRow>[] | undefined;
  /** Sentences on the rows it leaves out, and on what of the view could not be followed. */
  readonly notes: readonly string[];
}

const forms: { readonly [type: string]: ShownView['form'] } = {
  table: 'table',
  board: 'board',
  list: 'list',
  gallery: 'gallery',
  calendar: 'calendar',
  timeline: 'calendar',
};

/** The views that can be shown; a table of every property where there is none. */
export function shownViews(
  database: DatabaseDocument,
  seenWith: Pick<ViewOptions, 'nowMs' | 'titleOf'>,
): ShownView[] {
  const views = database.views.flatMap((view): ShownView[] => {
    const form = formOf(view, database);
    if (form === undefined) return [];
    const source = sourceOf(view, database);
    const schema = objectAt(source ?? null, 'properties') ?? {};
    const id = compactId(stringAt(source, 'id') ?? '');
    const by = stringAt(objectAt(view, 'configuration'), 'date_property_id');
    const options = { ...seenWith, view, schema };
    return [
      {
        name: printable(stringAt(view, 'name') ?? '') || form,
        form,
        columns: columnsOf(form, options, source === undefined ? database.data_sources : [source]),
        options,
        ...(by === undefined ? {} : { by: decodedPropertyId(by) }),
        ...(id === '' ? {} : { source: id }),
      },
    ];
  });
  const options = { ...seenWith, view: {}, schema: {} };
  const sources = database.data_sources.length > 0 ? database.data_sources : [database.database ?? {}];
  return views.length > 0
    ? views
    : [{ name: 'All', form: 'table', columns: columnsOf('table', options, sources), options }];
}

/** Names and types of the views that cannot be shown: forms, charts, maps, dashboards, and views of other databases. */
export function otherViews(database: DatabaseDocument): string[] {
  return database.views
    .filter(
      (view) => formOf(view, database) === undefined && stringAt(view, 'dashboard_view_id') === undefined,
    )
    .map((view) => {
      const type = stringAt(view, 'type') ?? 'of an unknown type';
      return `${printable(stringAt(view, 'name') ?? '') || 'Untitled'} (${printable(type)})`;
    });
}

/** The form of a view that can be shown. A widget of a dashboard is not a tab. */
function formOf(view: JsonObject, database: DatabaseDocument): ShownView['form'] | undefined {
  const isElsewhere = database.data_sources.length > 0 && sourceOf(view, database) === undefined;
  if (isElsewhere || stringAt(view, 'dashboard_view_id') !== undefined) return undefined;
  return forms[stringAt(view, 'type') ?? ''];
}

/** The data source of a view, in its database; the only one where the view does not name it. */
export function sourceOf(view: JsonObject, { data_sources }: DatabaseDocument): JsonObject | undefined {
  const id = stringAt(view, 'data_source_id');
  if (id === undefined) return data_sources.length === 1 ? data_sources[0] : undefined;
  return data_sources.find((source) => compactId(stringAt(source, 'id') ?? '') === compactId(id));
}

/** The columns that a view names; where it names none, a table shows all of them and a card its title. */
function columnsOf(
  form: ShownView['form'],
  options: ViewOptions,
  sources: readonly JsonObject[],
): readonly Column[] {
  const shown = openView(options).properties?.map(({ id, name }) => ({ id, name: printable(name) }));
  if (shown !== undefined) return shown;
  const all = allColumns(sources);
  return form === 'table' ? all : all.slice(0, 1);
}

/** The title first, then the others in the order of their names. */
function allColumns(sources: readonly JsonObject[]): Column[] {
  const all = sources.flatMap((source) => Object.entries(objectAt(source, 'properties') ?? {}));
  const [titles, others]: [Column[], Column[]] = [[], []];
  for (const [name, property] of all) {
    const isTitle = stringAt(property, 'type') === 'title';
    const column = { id: decodedPropertyId(stringAt(property, 'id') ?? name), name: printable(name) };
    const list = isTitle ? titles : others;
    if (!list.some(({ id }) => id === column.id)) list.push(column);
  }
  return [...titles.slice(0, 1), ...others];
}

/** A row as views show it. */
export function shownRow(
  { page, gaps, template_of }: Pick<PageDocument, 'page' | 'gaps' | 'template_of'>,
  links: Links,
): ShownRow {
  const properties = Object.values(objectAt(page, 'properties') ?? {}).filter(isObject);
  const href = links.object(stringAt(page, 'id') ?? '');
  return {
    page,
    ...(gaps === undefined ? {} : { gaps }),
    ...(template_of === undefined ? {} : { template_of }),
    title: printable(pageTitle(page)) || 'Untitled',
    href,
    links: href === undefined ? links : { ...links, folder: href.slice(0, href.lastIndexOf('/') + 1) },
    values: new Map(
      properties.map((property) => [decodedPropertyId(stringAt(property, 'id') ?? ''), property]),
    ),
  };
}

/** The rows that `view` shows. */
export function rowsShown({ options, source }: ShownView, rows: readonly ShownRow[]): RowsShown {
  const own = rows.filter(({ page }) => source === undefined || isOf(page, source));
  const shown = rowsOfView({ ...options, rows: own });
  const listed = rowsOfView({ ...options, view: {}, rows: own }).rows.length;
  const count = `Its filter shows ${shown.rows.length} of ${listed} rows.`;
  const counted = isObject(options.view.filter) ? [count] : [];
  const by = openView(options).groupedBy?.name ?? 'value';
  // Rows without a value are named as Notion does: "No Status".
  const groups = shown.groups?.map((group) => (group.name === '' ? { ...group, name: `No ${by}` } : group));
  return { rows: shown.rows, groups, notes: [...counted, ...shown.notes] };
}

/** A row whose source is not known stands in every view. */
function isOf(page: JsonObject, source: string): boolean {
  const own = stringAt(objectAt(page, 'parent'), 'data_source_id');
  return own === undefined || compactId(own) === source;
}

/** Rows that no view of Notion lists, by their kind. */
export function unlistedRows(rows: readonly ShownRow[]): { title: string; rows: readonly ShownRow[] }[] {
  const templates = rows.filter(({ template_of }) => template_of !== undefined);
  const archived = rows.filter(
    ({ page, template_of }) =>
      template_of === undefined && (page.is_archived === true || page.in_trash === true),
  );
  return [
    { title: 'Templates', rows: templates },
    { title: 'Archived', rows: archived },
  ].filter((list) => list.rows.length > 0);
}
