/** A database as people saw it: its views as tabs, each a table, a board, a list, a gallery or a calendar of its rows. */
import type { Element, ElementContent } from 'hast';
import type { DatabaseDocument, PageDocument } from '../documents.ts';
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import { printable } from '../names.ts';
import { decodedPropertyId } from '../notion-id.ts';
import { element, phrasingElements, words } from './html-tree.ts';
import type { Links } from './tree/links.ts';
import { propertyValue } from './tree/properties.ts';
import { pageTitle, propertyText } from './tree/property-text.ts';

/** A property of the schema. */
interface Column {
  readonly id: string;
  readonly name: string;
}

/** A view that can be shown from the rows alone. */
export interface ShownView {
  readonly name: string;
  readonly form: 'table' | 'board' | 'list' | 'gallery' | 'calendar';
  readonly columns: readonly Column[];
  /** Id of the property whose values are the columns of a board or the days of a calendar. */
  readonly by?: string;
  /** Notion shows only some of the rows in it. */
  readonly isFiltered: boolean;
}

/** A row with its values by decoded property id. */
export interface ShownRow {
  readonly title: string;
  readonly href: string | undefined;
  readonly values: ReadonlyMap<string, JsonObject>;
  /** Links as they lead from the database's page. */
  readonly links: Links;
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
export function shownViews(database: DatabaseDocument): ShownView[] {
  const schema = columnsOf(database);
  const views = database.views.flatMap((view): ShownView[] => {
    const form = forms[stringAt(view, 'type') ?? ''];
    if (form === undefined) return [];
    const configuration = objectAt(view, 'configuration');
    const by =
      stringAt(objectAt(configuration, 'group_by'), 'property_id') ??
      stringAt(configuration, 'date_property_id');
    return [
      {
        name: printable(stringAt(view, 'name') ?? '') || form,
        form,
        columns: visible(arrayAt(configuration, 'properties'), schema, form),
        ...(by === undefined || form === 'table' ? {} : { by: decodedPropertyId(by) }),
        isFiltered: isObject(view.filter),
      },
    ];
  });
  return views.length > 0 ? views : [{ name: 'All', form: 'table', columns: schema, isFiltered: false }];
}

/** The title first, then the others in the order of their names. */
function columnsOf({ database, data_sources }: DatabaseDocument): Column[] {
  const sources = data_sources.length > 0 ? data_sources : [database ?? {}];
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

/** The columns that a view names; where it names none, a table shows all of them and a card its title. */
function visible(
  listed: readonly Json[],
  schema: readonly Column[],
  form: ShownView['form'],
): readonly Column[] {
  const shown = listed.flatMap((entry) => {
    const id = decodedPropertyId(stringAt(entry, 'property_id') ?? '');
    const column = schema.find((each) => each.id === id);
    return column === undefined || (isObject(entry) && entry.visible === false) ? [] : [column];
  });
  const title = schema[0];
  if (title === undefined) return schema;
  if (shown.length === 0) return form === 'table' ? schema : [title];
  return shown.some(({ id }) => id === title.id) ? shown : [title, ...shown];
}

/** A row as views show it. */
export function shownRow(page: PageDocument['page'], links: Links): ShownRow {
  const properties = Object.values(objectAt(page, 'properties') ?? {}).filter(isObject);
  const href = links.object(stringAt(page, 'id') ?? '');
  return {
    title: printable(pageTitle(page)) || 'Untitled',
    href,
    links: href === undefined ? links : { ...links, folder: href.slice(0, href.lastIndexOf('/') + 1) },
    values: new Map(
      properties.map((property) => [decodedPropertyId(stringAt(property, 'id') ?? ''), property]),
    ),
  };
}

/** The views as tabs without a script: a radio button each. Paper shows all of them. */
export function viewTabs(views: readonly ShownView[], rows: readonly ShownRow[]): ElementContent[] {
  const [only] = views;
  if (views.length === 1 && only !== undefined) return viewElements(only, rows);
  const buttons = views.flatMap(({ name }, index) => [
    element('input', { type: 'radio', name: 'view', id: `view-${index}`, checked: index === 0 }, []),
    element('label', { htmlFor: [`view-${index}`] }, [words(name)]),
  ]);
  const panels = views.map((view) => element('section', { className: ['view'] }, viewElements(view, rows)));
  return [element('div', { className: ['views'] }, [...buttons, ...panels])];
}

function viewElements(view: ShownView, rows: readonly ShownRow[]): ElementContent[] {
  const note = view.isFiltered
    ? [
        element('p', { className: ['caption'] }, [
          words('In Notion this view has a filter; here it has every row.'),
        ]),
      ]
    : [];
  switch (view.form) {
    case 'table':
      return [...note, tableOf(view.columns, rows)];
    case 'list':
      return [
        ...note,
        element(
          'ul',
          {},
          rows.map((row) => element('li', {}, cardWords(row, view))),
        ),
      ];
    case 'gallery':
      return [...note, cards(rows, view)];
    case 'board':
      return [...note, grouped(rows, view, (row) => propertyText(row.values.get(view.by ?? '')) || 'None')];
    case 'calendar':
      return [...note, grouped(byDay(rows, view.by), view, (row) => dayOf(row, view.by))];
  }
}

/** The opening and closing of a table, for rows that are written one by one. */
export function tableOf(columns: readonly Column[], rows: readonly ShownRow[]): Element {
  const head = element(
    'tr',
    {},
    columns.map(({ name }) => element('th', { scope: 'col' }, [words(name)])),
  );
  const body = rows.map((row) => tableRow(columns, row));
  return element('div', { className: ['table'] }, [
    element('table', {}, [element('thead', {}, [head]), element('tbody', {}, body)]),
  ]);
}

/** One row of a table: its title leads to its page. */
export function tableRow(columns: readonly Column[], row: ShownRow): Element {
  return element(
    'tr',
    {},
    columns.map(({ id }) => {
      const property = row.values.get(id);
      const isTitle = stringAt(property, 'type') === 'title';
      return element(
        'td',
        {},
        isTitle ? titleLink(row) : phrasingElements(propertyValue(property, row.links)),
      );
    }),
  );
}

function titleLink({ title, href }: ShownRow): ElementContent[] {
  return href === undefined ? [words(title)] : [element('a', { href }, [words(title)])];
}

/** A row's title and its other visible values. */
function cardWords(row: ShownRow, { columns }: ShownView): ElementContent[] {
  const values = columns.flatMap(({ id, name }) => {
    const property = row.values.get(id);
    if (property === undefined || stringAt(property, 'type') === 'title') return [];
    const value = phrasingElements(propertyValue(property, row.links));
    return value.length === 0 ? [] : [element('div', { className: ['card-value'], title: name }, value)];
  });
  return [element('div', { className: ['card-title'] }, titleLink(row)), ...values];
}

function cards(rows: readonly ShownRow[], view: ShownView): Element {
  return element(
    'div',
    { className: ['cards'] },
    rows.map((row) => element('div', { className: ['card'] }, cardWords(row, view))),
  );
}

function grouped(rows: readonly ShownRow[], view: ShownView, groupOf: (row: ShownRow) => string): Element {
  const groups = new Map<string, ShownRow[]>();
  for (const row of rows) groups.set(groupOf(row), [...(groups.get(groupOf(row)) ?? []), row]);
  const columns = [...groups].map(([name, own]) =>
    element('section', { className: ['group'] }, [
      element('h3', {}, [words(`${name} (${own.length})`)]),
      ...own.map((row) => element('div', { className: ['card'] }, cardWords(row, view))),
    ]),
  );
  return element('div', { className: [view.form] }, columns);
}

function dayOf(row: ShownRow, by: string | undefined): string {
  return propertyText(row.values.get(by ?? '')).slice(0, 10) || 'No date';
}

function byDay(rows: readonly ShownRow[], by: string | undefined): ShownRow[] {
  return rows.toSorted((a, b) => (dayOf(a, by) < dayOf(b, by) ? -1 : dayOf(a, by) > dayOf(b, by) ? 1 : 0));
}
