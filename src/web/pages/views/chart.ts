/** A chart as a table of its numbers, with a bar beside each. */
import type { JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import type { RowGroup } from '../../../document/views/rows-of-view.ts';
import type { SchemaProperty } from '../../../document/views/view-schema.ts';
import { propertyNamed, rowValue } from '../../../document/views/view-schema.ts';
import type { Element } from '../../elements.ts';
import { h } from '../../elements.ts';
import type { Row } from '../../reading/rows.ts';
import { words } from '../../words.ts';

/** The view with the groups of its axis, as `openView` reads groups. */
export function groupedByAxis(view: JsonObject): JsonObject {
  const axis = objectAt(objectAt(view, 'configuration'), 'x_axis');
  return axis === undefined
    ? view
    : { ...view, configuration: { ...objectAt(view, 'configuration'), group_by: axis } };
}

export function chartView(
  view: JsonObject,
  groups: readonly RowGroup<Row>[],
  schema: readonly SchemaProperty[],
): Element {
  const axis = objectAt(objectAt(view, 'configuration'), 'y_axis');
  const aggregator = stringAt(axis, 'aggregator') ?? 'count';
  const property = propertyNamed(schema, stringAt(axis, 'property_id'));
  const values = groups.map(({ name, rows }) => ({ name, value: aggregate(aggregator, rows, property) }));
  const max = values.reduce((most, { value }) => Math.max(most, value ?? 0), 0);
  const lines = values.map(({ name, value }) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, name || words.database.noValue),
      h(
        'td',
        { className: ['number'] },
        value === undefined ? words.database.unknownNumber : numberWords(value),
      ),
      h(
        'td',
        { className: ['bar-cell'] },
        h(
          'svg',
          {
            viewBox: '0 0 1000 20',
            preserveAspectRatio: 'none',
            className: ['bar-line'],
            ariaHidden: 'true',
          },
          h('rect', {
            x: '0',
            y: '3',
            width: barWidth(value, max),
            height: '14',
            rx: '2',
          }),
        ),
      ),
    ),
  );
  const what = property === undefined ? words.database.rows : property.name;
  return h(
    'div',
    { className: ['table'], tabIndex: '0', role: 'region', ariaLabel: words.database.chart },
    h(
      'table',
      { className: ['chart'] },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, words.database.groupHead),
          h('th', { scope: 'col' }, `${aggregator.replaceAll('_', ' ')}: ${what}`),
          h('td', {}),
        ),
      ),
      h('tbody', {}, lines),
    ),
  );
}

function barWidth(value: number | undefined, max: number): string {
  return max <= 0 ? '0' : Math.max(0, ((value ?? 0) / max) * 1000).toFixed(1);
}

function numberWords(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 2 });
}

/** The number of one group; undefined for an aggregation nobody knows here, which is then shown as such. */
function aggregate(
  aggregator: string,
  rows: readonly Row[],
  property: SchemaProperty | undefined,
): number | undefined {
  if (aggregator === 'count' || aggregator === 'count_all') return rows.length;
  if (property === undefined) return undefined;
  const values = rows.map((row) => numberIn(rowValue(row, property)));
  const numbers = values.filter((value) => value !== undefined);
  switch (aggregator) {
    case 'sum':
      return numbers.reduce((sum, value) => sum + value, 0);
    case 'average':
      return numbers.length === 0
        ? undefined
        : numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    case 'min':
      return numbers.length === 0 ? undefined : Math.min(...numbers);
    case 'max':
      return numbers.length === 0 ? undefined : Math.max(...numbers);
    case 'median':
      return medianOf(numbers);
    case 'range':
      return numbers.length === 0 ? undefined : Math.max(...numbers) - Math.min(...numbers);
    default:
      return undefined;
  }
}

function medianOf(numbers: readonly number[]): number | undefined {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const inside = isObject(value) ? value.number : undefined;
  return typeof inside === 'number' ? inside : undefined;
}
