/** The tree of pages at the side: open down to the page shown, the rest opened on demand, a piece at a time. */
import { parentPath } from '../../../document/names.ts';
import { isKlosetError } from '../../../errors.ts';
import { titleOfPath } from '../../../operations/documents/titles.ts';
import { objectAddress, snapshotAddress, withQuery } from '../../addresses.ts';
import type { Child, Element } from '../../elements.ts';
import { h } from '../../elements.ts';
import type { PlacedObject } from '../../reading/objects.ts';
import type { OpenSnapshot } from '../../reading/snapshot.ts';
import { words } from '../../words.ts';
import { iconOf } from './icon.ts';

/** Pages shown at once below one page. */
export const pieceSize = 50;

/** The whole side, open down to `current`. @throws KlosetError `integrity` */
export async function sidebar(snapshot: OpenSnapshot, current?: PlacedObject): Promise<Element> {
  const way = current === undefined ? [] : [...(await snapshot.objects.above(current.path)), current];
  const { groups } = await snapshot.objects.below('/');
  const others = await Promise.all(
    groups.flatMap((name) => {
      const title = { _orphans: words.tree.orphans, _trash: words.tree.trash }[name];
      return title === undefined ? [] : [group(snapshot, `/${name}`, title, way)];
    }),
  );
  return h(
    'nav',
    { className: ['tree'], ariaLabel: words.tree.label },
    await level(snapshot, undefined, way, 0),
    ...others,
  );
}

/** A piece of the list below a page, for a tree that is open already. @throws KlosetError `integrity` */
export async function treePiece(
  snapshot: OpenSnapshot,
  parent: PlacedObject | undefined,
  from: number,
): Promise<Element> {
  return await level(snapshot, parent, [], from);
}

async function group(snapshot: OpenSnapshot, path: string, title: string, way: readonly PlacedObject[]) {
  const { objects } = await snapshot.objects.below(path);
  const isHere = way[0]?.path.startsWith(`${path}/`) === true;
  const shown = piece(objects, isHere ? way[0] : undefined, 0);
  const items = await Promise.all(shown.map((object) => item(snapshot, object, way)));
  const rest = objects.length - shown.length;
  return h(
    'details',
    { open: isHere },
    h('summary', {}, title),
    h('ul', {}, ...items, rest > 0 ? h('li', {}, words.tree.more(rest)) : undefined),
  );
}

/** The list of the pages below `parent`; below a database only the row on the way to the page shown. */
async function level(
  snapshot: OpenSnapshot,
  parent: PlacedObject | undefined,
  way: readonly PlacedObject[],
  from: number,
): Promise<Element> {
  const next = way.find(({ path }) => parentPath(path) === (parent?.path ?? ''));
  const isRows = parent?.kind === 'database';
  const all = isRows ? (next === undefined ? [] : [next]) : await ordered(snapshot, parent);
  const shown = piece(all, next, from);
  const rest = all.length - from - pieceSize;
  const items = await Promise.all(shown.map((object) => item(snapshot, object, way)));
  const more =
    rest > 0
      ? h(
          'li',
          {},
          h(
            'a',
            { href: pieceAddress(snapshot, parent, from + pieceSize), dataMore: '' },
            words.tree.more(rest),
          ),
        )
      : undefined;
  const none = items.length === 0 && !isRows ? h('li', { className: ['none'] }, words.tree.none) : undefined;
  return h('ul', {}, ...items, more, none);
}

/** So many objects from there on; the one on the way stands last where it lies further on. */
function piece(all: readonly PlacedObject[], next: PlacedObject | undefined, from: number): PlacedObject[] {
  const shown = all.slice(from, from + pieceSize);
  return next === undefined || shown.some(({ id }) => id === next.id) ? shown : [...shown, next];
}

/** Listings in the order in which their pages show them: sorting ten thousand for every page shown would take most of the time. */
const inOrder = new WeakMap<readonly PlacedObject[], readonly PlacedObject[]>();

/** The objects below `parent` in the order in which it shows them. */
async function ordered(
  snapshot: OpenSnapshot,
  parent: PlacedObject | undefined,
): Promise<readonly PlacedObject[]> {
  const { objects } = await snapshot.objects.below(parent?.path ?? '/');
  if (parent?.kind !== 'page' || objects.length === 0) return objects;
  const known = inOrder.get(objects);
  if (known !== undefined) return known;
  const { order } = await snapshot.facts(parent);
  const places = new Map(order.map((id, place) => [id, place]));
  const placeOf = ({ id }: PlacedObject) => places.get(id) ?? order.length;
  const sorted = objects.toSorted((a, b) => placeOf(a) - placeOf(b));
  inOrder.set(objects, sorted);
  return sorted;
}

async function item(
  snapshot: OpenSnapshot,
  object: PlacedObject,
  way: readonly PlacedObject[],
): Promise<Element> {
  const { title, icon } = await look(snapshot, object);
  const isOpen = way.some(({ id }) => id === object.id);
  const isCurrent = isOpen && way.at(-1)?.id === object.id;
  const below = isOpen ? await level(snapshot, object, way, 0) : undefined;
  const toggle: Child =
    object.kind === 'page'
      ? h('button', {
          type: 'button',
          hidden: true,
          dataTree: pieceAddress(snapshot, object, 0),
          ariaExpanded: String(isOpen) as 'true' | 'false',
          ariaLabel: words.tree.open(title),
        })
      : undefined;
  const link = h(
    'a',
    {
      href: objectAddress(snapshot.id, object.id),
      ...(isCurrent ? { ariaCurrent: 'page' } : {}),
    },
    iconOf(icon, { snapshot: snapshot.id, ...object }),
    ' ',
    title,
  );
  return h('li', {}, h('div', {}, toggle, link), below);
}

/** A damaged page is listed by its name all the same: opening it tells of the damage. */
async function look(snapshot: OpenSnapshot, object: PlacedObject) {
  try {
    const { title, icon } = await snapshot.facts(object);
    return { title: title || words.untitled, icon };
  } catch (error) {
    if (!isKlosetError(error)) throw error;
    return { title: titleOfPath(object.path), icon: null };
  }
}

function pieceAddress(snapshot: OpenSnapshot, parent: PlacedObject | undefined, from: number): string {
  return withQuery(`${snapshotAddress(snapshot.id)}tree`, {
    below: parent?.id,
    from: from === 0 ? undefined : from,
  });
}
