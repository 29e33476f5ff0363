/** Views of cards: a board, a gallery, a list. */
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../../document/json.ts';
import { decodedPropertyId } from '../../../document/notion-id.ts';
import { pathToUrl } from '../../../document/render/tree/links.ts';
import type { RowGroup } from '../../../document/views/rows-of-view.ts';
import type { SchemaProperty } from '../../../document/views/view-schema.ts';
import { objectAddress } from '../../addresses.ts';
import type { Element } from '../../elements.ts';
import { h } from '../../elements.ts';
import type { Row } from '../../reading/rows.ts';
import { words } from '../../words.ts';
import type { CellContext } from './cells.ts';
import { cardContents } from './cells.ts';

export interface CardOptions {
  readonly rows: readonly Row[];
  readonly properties: readonly SchemaProperty[];
  readonly context: CellContext;
}

/** Cards of one column of a board that are shown at once. */
const maxOfGroup = 50;

/** A column for each group. `more` is the address at which one group is shown whole. */
export function boardView(
  { properties, context }: Omit<CardOptions, 'rows'>,
  groups: readonly RowGroup<Row>[],
  more: (group: string) => string,
): Element {
  const columns = groups.map(({ name, rows }) =>
    h(
      'section',
      { className: ['group'] },
      h('h2', {}, words.database.group(name, rows.length)),
      rows
        .slice(0, maxOfGroup)
        .map((row) => h('div', { className: ['card'] }, cardContents(row, properties, context))),
      rows.length > maxOfGroup
        ? h('p', {}, h('a', { href: more(name) }, words.database.moreOfGroup(rows.length - maxOfGroup)))
        : undefined,
    ),
  );
  return h(
    'div',
    { className: ['board'], tabIndex: 0, role: 'region', ariaLabel: words.database.board },
    columns,
  );
}

export function listView({ rows, properties, context }: CardOptions): Element {
  return h(
    'ul',
    { className: ['list'] },
    rows.map((row) => h('li', {}, cardContents(row, properties, context))),
  );
}

/** Cards with the picture that the view asks for. */
export function galleryView(options: CardOptions, view: JsonObject): Element {
  const { rows, properties, context } = options;
  const cover = objectAt(objectAt(view, 'configuration'), 'cover');
  const cards = rows.map((row) => {
    const picture = pictureOf(row, cover);
    const image =
      picture === undefined
        ? h('div', { className: ['no-cover'], ariaHidden: 'true' })
        : h('img', {
            className: ['card-cover'],
            src: `${objectAddress(context.snapshot, row.id)}${pathToUrl(picture)}`,
            alt: '',
            loading: 'lazy',
          });
    return h(
      'div',
      { className: ['card'] },
      cover === undefined ? undefined : image,
      cardContents(row, properties, context),
    );
  });
  return h('div', { className: ['cards'] }, cards);
}

/** The path of the kept picture of a card: its cover, or the first picture of a property. */
function pictureOf({ page }: Row, cover: JsonObject | undefined): string | undefined {
  if (stringAt(cover, 'type') !== 'property')
    return stringAt(objectAt(objectAt(page, 'cover'), 'file'), 'path');
  const id = decodedPropertyId(stringAt(cover, 'property_id') ?? '');
  const property = Object.values(objectAt(page, 'properties') ?? {}).find(
    (each) => decodedPropertyId(stringAt(each, 'id') ?? '') === id,
  );
  return arrayAt(property ?? null, 'files')
    .flatMap((file) => stringAt(objectAt(file, 'file'), 'path') ?? [])
    .find((path) => /\.(png|jpe?g|gif|webp|avif|svg|bmp)$/i.test(path));
}
