/** A view as a table, in groups where it has any. Its heads sort. */
import type { RowGroup } from '../../../document/views/rows-of-view.ts';
import type { SchemaProperty } from '../../../document/views/view-schema.ts';
import type { Child, Element } from '../../elements.ts';
import { h } from '../../elements.ts';
import type { Row } from '../../reading/rows.ts';
import { words } from '../../words.ts';
import type { CellContext } from './cells.ts';
import { cell, titleLink } from './cells.ts';

export interface TableOptions {
  readonly rows: readonly Row[];
  readonly groups: readonly RowGroup<Row>[] | undefined;
  readonly properties: readonly SchemaProperty[];
  readonly context: CellContext;
  readonly label: string;
  /** The address that sorts by a property, and the direction in which it is sorted now. */
  readonly sorting: (property: SchemaProperty) => {
    readonly href: string;
    readonly now: 'ascending' | 'descending' | undefined;
  };
}

export function tableView({ rows, groups, properties, context, label, sorting }: TableOptions): Element {
  const heads = properties.map((property) => {
    const { href, now } = sorting(property);
    const arrow = now === undefined ? undefined : now === 'ascending' ? ' ↑' : ' ↓';
    return h(
      'th',
      { scope: 'col', ...(now === undefined ? {} : { ariaSort: now }) },
      h('a', { href }, property.name),
      arrow === undefined ? undefined : h('span', { ariaHidden: 'true' }, arrow),
    );
  });
  const line = (row: Row) =>
    h(
      'tr',
      {},
      properties.map((property) =>
        h('td', {}, property.type === 'title' ? titleLink(row, context) : cell(row, property, context)),
      ),
    );
  const bodies: Child =
    groups === undefined
      ? h('tbody', {}, rows.map(line))
      : groups.map(({ name, rows: own }) =>
          h(
            'tbody',
            {},
            h(
              'tr',
              { className: ['group-name'] },
              h(
                'th',
                { colSpan: properties.length, scope: 'rowgroup' },
                words.database.group(name, own.length),
              ),
            ),
            own.map(line),
          ),
        );
  return h(
    'div',
    { className: ['table'], tabIndex: 0, role: 'region', ariaLabel: label },
    h('table', {}, h('thead', {}, h('tr', {}, heads)), bodies),
  );
}
