/** Views of dates: a month as a calendar, and bars on a line of time. */
import type { JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import { dayMs, dayOf, dayText, momentOf, startOf, weekOf } from '../../../document/views/days.ts';
import type { SchemaProperty } from '../../../document/views/view-schema.ts';
import { propertyNamed, rowValue } from '../../../document/views/view-schema.ts';
import type { Element } from '../../elements.ts';
import { h } from '../../elements.ts';
import type { Row } from '../../reading/rows.ts';
import { monthWords, timeWords, weekdays, words } from '../../words.ts';
import type { CellContext } from './cells.ts';
import { titleLink } from './cells.ts';

/** A row with its days. */
export interface DatedRow {
  readonly row: Row;
  /** Midnight of its first and last day, UTC. */
  readonly from: number;
  readonly to: number;
}

export interface DatedRows {
  readonly dated: readonly DatedRow[];
  readonly undated: readonly Row[];
}

/** The days of each row by the property that the view names. */
export function datedRows(
  rows: readonly Row[],
  view: JsonObject,
  schema: readonly SchemaProperty[],
): DatedRows {
  const configuration = objectAt(view, 'configuration');
  const start = propertyNamed(schema, stringAt(configuration, 'date_property_id'));
  const end = propertyNamed(schema, stringAt(configuration, 'end_date_property_id'));
  const dated: DatedRow[] = [];
  const undated: Row[] = [];
  for (const row of rows) {
    const value = start === undefined ? undefined : rowValue(row, start);
    const from = startOf(dateIn(value));
    if (from === undefined) {
      undated.push(row);
      continue;
    }
    const own = stringAt(dateIn(value), 'end');
    const to =
      (end === undefined ? undefined : startOf(dateIn(rowValue(row, end)))) ??
      (own === undefined ? undefined : momentOf(own)) ??
      from;
    dated.push({ row, from: dayOf(from), to: Math.max(dayOf(from), dayOf(to)) });
  }
  return { dated: dated.sort((a, b) => a.from - b.from), undated };
}

/** The date in a value: formulas and rollups have it inside. */
function dateIn(value: unknown): unknown {
  return objectAt(value, 'date') ?? value;
}

const maxOfDay = 12;

/** One month. @param month `2026-05`; by default that of the last dated row */
export function calendarView(
  { dated, undated }: DatedRows,
  context: CellContext,
  month: string | null,
  address: (month: string) => string,
): Element {
  const shown = monthOf(month) ?? monthOf(dayText(dated.at(-1)?.from ?? 0).slice(0, 7)) ?? 0;
  const name = (moment: number) => dayText(moment).slice(0, 7);
  const next = monthAfter(shown, 1);
  const weeks: Element[] = [];
  for (let week = weekOf(shown, 1); week < next; week += 7 * dayMs)
    weeks.push(weekRow(week, shown, next, dated, context));
  return h(
    'div',
    { className: ['months'] },
    h(
      'p',
      { className: ['pages'] },
      h('a', { href: address(name(monthAfter(shown, -1))) }, words.database.monthBefore),
      ' ',
      h('strong', {}, monthWords(shown)),
      ' ',
      h('a', { href: address(name(next)) }, words.database.monthAfter),
    ),
    h(
      'div',
      { className: ['table'], tabIndex: 0, role: 'region', ariaLabel: monthWords(shown) },
      h(
        'table',
        { className: ['month'] },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            weekdays.map((day) => h('th', { scope: 'col' }, day)),
          ),
        ),
        h('tbody', {}, weeks),
      ),
    ),
    withoutDate(undated, context),
  );
}

function weekRow(
  week: number,
  first: number,
  next: number,
  dated: readonly DatedRow[],
  context: CellContext,
): Element {
  const days = Array.from({ length: 7 }, (_, index) => week + index * dayMs);
  return h(
    'tr',
    {},
    days.map((day) => {
      const rows = dated.filter(({ from, to }) => from <= day && day <= to);
      const isOut = day < first || day >= next;
      return h(
        'td',
        { className: isOut ? ['out'] : [] },
        h('span', { className: ['day'] }, String(new Date(day).getUTCDate())),
        rows.slice(0, maxOfDay).map(({ row }) => h('div', { className: ['card'] }, titleLink(row, context))),
        rows.length > maxOfDay ? h('div', {}, words.database.moreOfGroup(rows.length - maxOfDay)) : undefined,
      );
    }),
  );
}

function monthOf(text: string | null): number | undefined {
  return text !== null && /^\d{4}-(0[1-9]|1[0-2])$/.test(text)
    ? Date.parse(`${text}-01T00:00:00Z`)
    : undefined;
}

function monthAfter(month: number, months: number): number {
  const date = new Date(month);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
}

/** A bar for each row, from its first to its last day. */
export function timelineView({ dated, undated }: DatedRows, context: CellContext): Element {
  const first = dated[0]?.from ?? 0;
  const last = dated.reduce((max, { to }) => Math.max(max, to), first) + dayMs;
  const scale = 1000 / Math.max(dayMs, last - first);
  const lines = dated.map(({ row, from, to }) => {
    const x = (from - first) * scale;
    const width = Math.max(4, (to + dayMs - from) * scale);
    const bar = h(
      'svg',
      { viewBox: '0 0 1000 20', preserveAspectRatio: 'none', className: ['bar-line'], ariaHidden: 'true' },
      h('rect', { x: Math.min(x, 996).toFixed(1), y: '4', width: width.toFixed(1), height: '12', rx: '3' }),
    );
    const days = from === to ? dayText(from) : `${dayText(from)} – ${dayText(to)}`;
    return h(
      'tr',
      {},
      h('td', {}, titleLink(row, context)),
      h('td', {}, days),
      h('td', { className: ['bar-cell'] }, bar),
    );
  });
  return h(
    'div',
    {},
    h(
      'div',
      { className: ['table'], tabIndex: 0, role: 'region', ariaLabel: words.database.timeline },
      h(
        'table',
        { className: ['timeline'] },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { scope: 'col' }, words.database.row),
            h('th', { scope: 'col' }, words.database.days),
            h(
              'th',
              { scope: 'col' },
              dated.length === 0 ? '' : `${timeWords(dayText(first)).split(',').slice(0, 2).join(',')} →`,
            ),
          ),
        ),
        h('tbody', {}, lines),
      ),
    ),
    withoutDate(undated, context),
  );
}

const maxUndated = 100;

function withoutDate(rows: readonly Row[], context: CellContext): Element | undefined {
  if (rows.length === 0) return undefined;
  return h(
    'details',
    {},
    h('summary', {}, words.database.withoutDate(rows.length)),
    h(
      'ul',
      {},
      rows.slice(0, maxUndated).map((row) => h('li', {}, titleLink(row, context))),
    ),
  );
}
