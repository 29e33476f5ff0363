/** The choice of what of a database is shown, as its address has it: the view, the piece, an order or words of the reader's own. */
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../../document/json.ts';
import { propertyText } from '../../../document/render/tree/property-text.ts';
import { pageTitle } from '../../../document/title.ts';
import type { SchemaProperty } from '../../../document/views/view-schema.ts';
import { propertyNamed } from '../../../document/views/view-schema.ts';
import { withQuery } from '../../addresses.ts';
import type { Element } from '../../elements.ts';
import { h } from '../../elements.ts';
import type { Row } from '../../reading/rows.ts';
import { words } from '../../words.ts';
import { groupedByAxis } from './chart.ts';
import type { ViewTab } from './view-tabs.ts';

/** The parts of an address that choose what of a database is shown. */
export interface Choice {
  readonly tab: ViewTab;
  readonly from: number;
  /** Id of the property it is sorted by on the fly. */
  readonly sort: string | undefined;
  readonly isDescending: boolean;
  /** Words that a row must have. */
  readonly find: string;
  readonly group: string | null;
  readonly month: string | null;
}

export function choiceOf(tabs: readonly ViewTab[], query: URLSearchParams): Choice {
  const number = (name: string) => (/^\d{1,9}$/.test(query.get(name) ?? '') ? Number(query.get(name)) : 0);
  const [first] = tabs;
  const tab = tabs[number('v')] ?? first;
  if (tab === undefined) throw new Error('a database has at least one tab');
  return {
    tab,
    from: number('from'),
    sort: query.get('sort') ?? undefined,
    isDescending: query.get('dir') === 'down',
    find: (query.get('find') ?? '').trim().slice(0, 200),
    group: query.get('g'),
    month: query.get('month'),
  };
}

/** The address of the same view with other choices. */
export function addressOf(
  address: string,
  { tab, sort, isDescending, find, group, month }: Choice,
  other: { readonly [name: string]: string | number | undefined },
): string {
  return withQuery(address, {
    v: tab.index === 0 ? undefined : tab.index,
    sort,
    dir: sort !== undefined && isDescending ? 'down' : undefined,
    find,
    g: group ?? undefined,
    month: month ?? undefined,
    ...other,
  });
}

export function tabBar(tabs: readonly ViewTab[], { tab, find }: Choice, address: string): Element {
  return h(
    'div',
    { className: ['tabs-bar'] },
    h(
      'nav',
      { ariaLabel: words.database.views },
      h(
        'ul',
        { className: ['view-tabs'] },
        tabs.map(({ index, name }) =>
          h(
            'li',
            {},
            h(
              'a',
              {
                href: withQuery(address, { v: index === 0 ? undefined : index }),
                ...(index === tab.index ? { ariaCurrent: 'page' } : {}),
              },
              name,
            ),
          ),
        ),
      ),
    ),
    h(
      'form',
      { className: ['find'], action: address },
      h('input', { type: 'hidden', name: 'v', value: String(tab.index) }),
      h('input', {
        type: 'search',
        name: 'find',
        value: find,
        ariaLabel: words.database.find,
        placeholder: words.database.find,
      }),
      h('button', { type: 'submit' }, words.database.findGo),
    ),
  );
}

/** The view with the order that was chosen on the fly. */
export function viewFor({ tab, sort, isDescending }: Choice): JsonObject {
  const view = tab.form === 'chart' ? groupedByAxis(tab.view) : tab.view;
  if (sort === undefined) return view;
  return { ...view, sorts: [{ property: sort, direction: isDescending ? 'descending' : 'ascending' }] };
}

/** True when no row can be shown before all have been read. */
export function isOrdered(view: JsonObject, { tab, find, group }: Choice): boolean {
  const configuration = objectAt(view, 'configuration');
  return (
    find !== '' ||
    group !== null ||
    ['board', 'calendar', 'timeline', 'chart'].includes(tab.form) ||
    objectAt(view, 'filter') !== undefined ||
    arrayAt(view, 'sorts').length > 0 ||
    objectAt(configuration, 'group_by') !== undefined
  );
}

export function plainConfiguration(view: JsonObject): JsonObject {
  const { group_by: _group, sub_group_by: _sub, ...rest } = objectAt(view, 'configuration') ?? {};
  return rest;
}

/** True when the view's order or groups go by the titles of related pages. */
export function refersToPages(view: JsonObject, properties: readonly SchemaProperty[]): boolean {
  const keys = [
    ...arrayAt(view, 'sorts').map((sort) => stringAt(sort, 'property')),
    stringAt(objectAt(objectAt(view, 'configuration'), 'group_by'), 'property_id'),
  ];
  return keys.some((key) => propertyNamed(properties, key)?.type === 'relation');
}

export function hasWords({ page }: Row, find: string): boolean {
  if (find === '') return true;
  const texts = Object.values(objectAt(page, 'properties') ?? {}).map((property) => propertyText(property));
  const all = [pageTitle(page), ...texts].join('\n').toLowerCase();
  return find
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
