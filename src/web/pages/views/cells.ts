/** Values of rows as elements: options as coloured labels, the rest as the one renderer shows values. */
import type { ElementContent } from 'hast';
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import { decodedPropertyId } from '../../../document/notion-id.ts';
import { phrasingElements } from '../../../document/render/html-tree.ts';
import { propertyNotes } from '../../../document/render/tree/gap-notes.ts';
import type { Links } from '../../../document/render/tree/links.ts';
import { note } from '../../../document/render/tree/nodes.ts';
import { propertyValue } from '../../../document/render/tree/properties.ts';
import { colorClass } from '../../../document/render/tree/rich-text.ts';
import { pageTitle } from '../../../document/title.ts';
import type { SchemaProperty } from '../../../document/views/view-schema.ts';
import { objectAddress } from '../../addresses.ts';
import type { Child, Element } from '../../elements.ts';
import { h } from '../../elements.ts';
import type { Row } from '../../reading/rows.ts';
import { words } from '../../words.ts';

/** The surroundings of the cells of one view. */
export interface CellContext {
  /** Id of the snapshot. */
  readonly snapshot: string;
  readonly links: Links;
}

/** The value of `property` in a row, with a note where it is not whole. */
export function cell(row: Row, property: SchemaProperty, { snapshot, links }: CellContext): Child {
  const [name, value] = propertyOf(row, property);
  const missing = row.gaps === undefined ? undefined : gapOf(row, name);
  const own = { ...links, folder: objectAddress(snapshot, row.id) };
  return [shown(value, own), missing === undefined ? undefined : [' ', phrasingElements([note(missing)])]];
}

function gapOf({ page, gaps }: Row, name: string): string | undefined {
  return propertyNotes({
    kind: 'page',
    format: 1,
    page,
    blocks: [],
    comments: [],
    gaps: [...(gaps ?? [])],
  }).get(name);
}

/** The value of a property of the row, by the property's id: its name may have been another one when the row was read. */
function propertyOf({ page }: Row, property: SchemaProperty): [name: string, value: Json | undefined] {
  const all = Object.entries(objectAt(page, 'properties') ?? {});
  const found =
    all.find(([, value]) => decodedPropertyId(stringAt(value, 'id') ?? '') === property.id) ??
    all.find(([name]) => name === property.name);
  return found ?? [property.name, undefined];
}

function shown(value: Json | undefined, links: Links): ElementContent[] {
  const type = stringAt(value, 'type') ?? '';
  const own = isObject(value) ? (value[type] ?? null) : null;
  switch (type) {
    case 'select':
    case 'status':
      return isObject(own) ? [label(own)] : [];
    case 'multi_select':
      return (Array.isArray(own) ? own : []).filter(isObject).map(label);
    case 'checkbox':
      return [
        h(
          'span',
          { role: 'img', ariaLabel: own === true ? words.database.checked : words.database.unchecked },
          own === true ? '☑' : '☐',
        ),
      ];
    default:
      return phrasingElements(propertyValue(value, links));
  }
}

function label(option: JsonObject): Element {
  const color = stringAt(option, 'color') ?? 'default';
  const name = colorClass(color === 'default' ? 'default' : `${color}_background`);
  return h(
    'span',
    { className: ['label', ...(name === undefined ? [] : [name])] },
    stringAt(option, 'name') ?? '',
  );
}

/** A row's title as a link to its page. */
export function titleLink(row: Row, { snapshot }: CellContext): Element {
  const title = pageTitle(row.page).trim() || words.untitled;
  const icon = stringAt(objectAt(row.page, 'icon'), 'emoji');
  return h(
    'a',
    { href: objectAddress(snapshot, row.id), dataBeside: '' },
    icon === undefined ? undefined : [h('span', { className: ['icon'], ariaHidden: 'true' }, icon), ' '],
    title,
  );
}

/** The title and the values of a card, those that have any. */
export function cardContents(row: Row, properties: readonly SchemaProperty[], context: CellContext): Child {
  const values = properties.flatMap((property): Child[] => {
    if (property.type === 'title') return [];
    const [, value] = propertyOf(row, property);
    const contents = shown(value, { ...context.links, folder: objectAddress(context.snapshot, row.id) });
    return contents.length === 0
      ? []
      : [
          h(
            'div',
            { className: ['card-value'] },
            h('span', { className: ['hidden'] }, `${property.name}: `),
            contents,
          ),
        ];
  });
  return [h('div', { className: ['card-title'] }, titleLink(row, context)), values];
}
