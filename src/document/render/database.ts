/** A database as people saw it: its views as tabs, each a table, a board, a list, a gallery or a calendar of its rows. */
import type { Element, ElementContent } from 'hast';
import { stringAt } from '../json.ts';
import { printable } from '../names.ts';
import type { RowGroup } from '../views/rows-of-view.ts';
import type { Column, ShownRow, ShownView } from './database-views.ts';
import { rowsShown, unlistedRows } from './database-views.ts';
import { tabCount } from './html-style.ts';
import { element, phrasingElements, words } from './html-tree.ts';
import { propertyValue } from './tree/properties.ts';
import { propertyText } from './tree/property-text.ts';

/** The views as tabs without a script: a radio button each. Paper shows all of them. */
export function viewTabs(views: readonly ShownView[], rows: readonly ShownRow[]): ElementContent[] {
  const [only] = views;
  if (views.length === 1 && only !== undefined)
    return [...viewElements(only, rows), ...unlistedElements(rows)];
  const buttons = views
    .slice(0, tabCount)
    .flatMap(({ name }, index) => [
      element('input', { type: 'radio', name: 'view', id: `view-${index}`, checked: index === 0 }, []),
      element('label', { htmlFor: [`view-${index}`] }, [words(name)]),
    ]);
  const panels = views.map((view, index) => {
    const title = [element('h2', {}, [words(view.name)])];
    const isTab = index < tabCount;
    // On paper every view has its title; the last ones of very many stand below each other and always have it.
    return element('section', { className: isTab ? ['view'] : ['view', 'below'] }, [
      ...title,
      ...viewElements(view, rows),
    ]);
  });
  return [element('div', { className: ['views'] }, [...buttons, ...panels]), ...unlistedElements(rows)];
}

function viewElements(view: ShownView, all: readonly ShownRow[]): ElementContent[] {
  const { rows, groups, notes } = rowsShown(view, all);
  return [...notes.map((note) => caption(note)), ...formElements(view, rows, groups)];
}

function formElements(
  view: ShownView,
  rows: readonly ShownRow[],
  groups: readonly RowGroup<ShownRow>[] | undefined,
): ElementContent[] {
  const { form } = view;
  if (form === 'calendar') return [columns(view, byDay(rows, view.by))];
  if (form === 'board') return [groups === undefined ? cards(rows, view) : columns(view, groups)];
  if (groups === undefined) return [plainRows(view, rows)];
  if (form === 'table') return [groupedTable(view.columns, groups)];
  return groups.flatMap((group) => [groupTitle(group), plainRows(view, group.rows)]);
}

function plainRows(view: ShownView, rows: readonly ShownRow[]): ElementContent {
  if (view.form === 'table') return tableOf(view.columns, rows);
  if (view.form !== 'list') return cards(rows, view);
  return element(
    'ul',
    {},
    rows.map((row) => element('li', {}, cardWords(row, view))),
  );
}

/** A sentence in small letters. */
export function caption(text: string): ElementContent {
  return element('p', { className: ['caption'] }, [words(text)]);
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

/** A table in parts, each below the name of its group: columns are as wide in all of them. */
function groupedTable(columns: readonly Column[], groups: readonly RowGroup<ShownRow>[]): Element {
  const head = columns.map(({ name }) => element('th', { scope: 'col' }, [words(name)]));
  const parts = groups.map((group) => {
    const title = { scope: 'rowgroup', colSpan: columns.length, className: ['group-name'] };
    const name = element('tr', {}, [element('th', title, [words(groupName(group))])]);
    return element('tbody', {}, [name, ...group.rows.map((row) => tableRow(columns, row))]);
  });
  const table = element('table', {}, [element('thead', {}, [element('tr', {}, head)]), ...parts]);
  return element('div', { className: ['table'] }, [table]);
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

/** Groups side by side. */
function columns(view: ShownView, groups: readonly RowGroup<ShownRow>[]): Element {
  const each = groups.map((group) =>
    element('section', { className: ['group'] }, [
      groupTitle(group),
      ...group.rows.map((row) => element('div', { className: ['card'] }, cardWords(row, view))),
    ]),
  );
  return element('div', { className: [view.form] }, each);
}

function groupTitle(group: RowGroup<ShownRow>): Element {
  return element('h3', {}, [words(groupName(group))]);
}

function groupName({ name, rows }: RowGroup<ShownRow>): string {
  return `${printable(name)} (${rows.length})`;
}

/** Rows by the day they begin on; those without one come last. */
function byDay(rows: readonly ShownRow[], by: string | undefined): RowGroup<ShownRow>[] {
  const days = new Map<string, ShownRow[]>();
  for (const row of rows) {
    const day = propertyText(row.values.get(by ?? '')).slice(0, 10);
    const own = days.get(day) ?? [];
    own.push(row);
    days.set(day, own);
  }
  const sorted = [...days].sort(([a], [b]) => (a === '' ? 1 : b === '' ? -1 : a < b ? -1 : 1));
  return sorted.map(([name, own]) => ({ name: name || 'No date', rows: own }));
}

/** Links to templates and archived rows: no view of Notion lists them. */
function unlistedElements(rows: readonly ShownRow[]): ElementContent[] {
  return unlistedRows(rows).flatMap((list) => [
    element('h2', {}, [words(list.title)]),
    element(
      'ul',
      {},
      list.rows.map((row) => element('li', {}, titleLink(row))),
    ),
  ]);
}
