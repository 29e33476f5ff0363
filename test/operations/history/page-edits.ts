/** Edits of pages, rows and their values. */
import { date } from '../../../src/simulator/sample/parts/tables.ts';
import { rich } from '../../../src/simulator/sample/parts/text.ts';
import type { Json } from '../../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../../src/simulator/workspace/json.ts';
import type { DataSource, Page, PropertySchema } from '../../../src/simulator/workspace/state.ts';
import { addPage, moveTo, parentOf } from '../../../src/simulator/workspace/state.ts';
import type { Edit, EditedWorld } from './edited-world.ts';
import { edit, short } from './edited-world.ts';

export const pageEdits: { readonly [name: string]: Edit } = {
  'page added': (world) => {
    const parent = world.some(world.pages());
    if (parent === undefined) return undefined;
    const added = addPage(world.state, {
      parent: { type: 'page_id', id: parent.id },
      values: { title: world.text() },
      createdTime: Date.now(),
    });
    world.edited(added, parent);
    world.added.add(added.id);
    return [`added ${short(added.id)}`];
  },
  'page trashed': (world) => {
    const page = takeAlone(world, (each) =>
      world.objectsBelow(each).every(({ kind, parent }) => kind === 'page' && parent.type === 'page_id'),
    );
    if (page === undefined) return undefined;
    const gone = world.objectsBelow(page).map(({ id }) => `removed ${short(id)}`);
    world.edited(page, parentOf(world.state, page));
    page.inTrash = true;
    return gone;
  },
  'page moved': (world) => {
    const page = takeAlone(world, () => true);
    if (page === undefined) return undefined;
    const below = new Set(world.idsBelow(page));
    const target = world.some(world.pages().filter(({ id }) => !below.has(id) && id !== page.parent.id));
    if (target === undefined) return undefined;
    world.edited(parentOf(world.state, page));
    moveTo(world.state, page, { type: 'page_id', id: target.id });
    world.edited(page, target);
    return [`moved ${short(page.id)}`];
  },
  'page renamed': (world) =>
    member(world, 'title', world.subpages(), 'title renamed words', (page) => {
      page.values = { ...page.values, title: world.text() };
    }),
  icon: (world) =>
    member(world, 'icon', world.pages(), 'icon changed icon', (page) => {
      page.icon = { type: 'emoji', emoji: page.icon?.emoji === '🦉' ? '🦊' : '🦉' };
    }),
  cover: (world) =>
    member(world, 'cover', world.pages(), 'cover changed cover', (page) => {
      page.cover = { type: 'external', external: { url: 'https://example.com/cover.png' } };
    }),
  lock: (world) =>
    member(world, 'lock', world.pages(), 'lock changed is_locked', (page) => {
      page.isLocked = !page.isLocked;
    }),
  'row added': (world) => {
    const source = world.some(world.sources());
    if (source === undefined) return undefined;
    const added = addPage(world.state, {
      parent: { type: 'data_source_id', id: source.id },
      values: { title: world.text() },
      createdTime: Date.now(),
    });
    world.edited(added, source);
    world.added.add(added.id);
    return [`added ${short(added.id)}`];
  },
  'row trashed': (world) => {
    const related = new Set(world.rows().flatMap((row) => relatedIds(row.values)));
    const row = world.take(
      world.rows().filter((each) => !related.has(each.id) && world.isUntouched(each)),
      ({ id }) => [`whole ${id}`],
    );
    if (row === undefined) return undefined;
    world.edited(row);
    row.inTrash = true;
    return [`removed ${short(row.id)}`];
  },
  'row renamed': (world) =>
    member(world, 'title', world.rows(), 'title renamed words', (page) => {
      page.values = { ...page.values, title: world.text() };
    }),
  number: (world) => value(world, 'number', (old) => (Number(old) || 0) + 17),
  text: (world) => value(world, 'rich_text', () => world.text()),
  select: (world) => value(world, 'select', (old, schema) => otherOption(world, old, schema)),
  'several options': (world) =>
    value(world, 'multi_select', (old, schema) => {
      const has = Array.isArray(old) ? old : [];
      const [first] = has;
      return first === undefined ? optionsOf(schema).slice(0, 1).map(named) : has.slice(1);
    }),
  status: (world) => value(world, 'status', (old, schema) => otherOption(world, old, schema)),
  date: (world) => value(world, 'date', () => date('2031-05-04', '2031-05-09')),
  checkbox: (world) => value(world, 'checkbox', (old) => old !== true),
  url: (world) => value(world, 'url', () => 'https://example.org/edited'),
  people: (world) =>
    value(world, 'people', (old) => {
      const has = Array.isArray(old) ? old : [];
      const id = [...world.state.users.values()].find(({ name }) => name === 'Dora')?.id ?? '';
      return has.length > 0 ? [] : [{ object: 'user', id }];
    }),
  relation: (world) =>
    value(world, 'relation', (old, schema) => {
      const target = world.state.dataSources.get(String(schema.config.data_source_id));
      const has = Array.isArray(old) ? old : [];
      const fresh = target?.rows.find(
        (id) => !relatedIds({ has }).includes(id) && world.state.pages.get(id)?.inTrash === false,
      );
      if (fresh === undefined) return has.slice(1);
      // A row that is referred to is not to go away.
      world.edited(world.state.pages.get(fresh));
      return [...has, { id: fresh }];
    }),
};

/** A page below another, with nothing done to it or below, and with no order of blocks around it changed. */
function takeAlone(world: EditedWorld, isFit: (page: Page) => boolean): Page | undefined {
  return world.take(
    world.subpages().filter((page) => world.isUntouched(page) && isFit(page)),
    (page) => [`whole ${page.id}`, `order ${page.parent.id}`],
  );
}

function member(
  world: EditedWorld,
  name: string,
  pages: readonly Page[],
  what: string,
  change: (page: Page) => void,
): string[] | undefined {
  const page = world.take(pages, ({ id }) => [`${name} ${id}`]);
  if (page === undefined) return undefined;
  change(page);
  world.edited(page);
  const [part = '', kind = '', ...rest] = what.split(' ');
  return [edit(page.id, part, kind, page.id, ...rest)];
}

/** Changes one value of the type in one row. */
function value(
  world: EditedWorld,
  type: string,
  change: (old: Json | undefined, schema: PropertySchema) => Json,
): string[] | undefined {
  const places = world.rows().flatMap((row) => {
    const schema = sourceOf(world, row)?.schema.find((each) => each.type === type);
    return schema === undefined || world.added.has(schema.id) ? [] : [{ row, schema }];
  });
  const place = world.take(places, ({ row, schema }) => [`value ${row.id} ${schema.id}`]);
  if (place === undefined) return undefined;
  const { row, schema } = place;
  world.valued.add(schema.id);
  row.values = { ...row.values, [schema.id]: change(row.values[schema.id], schema) };
  world.edited(row);
  return [edit(row.id, 'value', 'changed', schema.id, 'words')];
}

function sourceOf(world: EditedWorld, row: Page): DataSource | undefined {
  return world.state.dataSources.get(row.parent.id);
}

export function optionsOf(schema: PropertySchema) {
  return (Array.isArray(schema.config.options) ? schema.config.options : []).filter(isJsonObject);
}

function named(option: { readonly [name: string]: Json }) {
  return { id: option.id ?? null };
}

/** An option that the value does not have and that nothing is done to. */
function otherOption(world: EditedWorld, old: Json | undefined, schema: PropertySchema): Json {
  const has = isJsonObject(old) ? old : {};
  const others = optionsOf(schema).filter(({ id, name }) => id !== has.id && name !== has.name);
  const other = world.some(others);
  return other === undefined ? null : named(other);
}

/** Ids of the pages that values refer to. */
function relatedIds(values: Page['values']): string[] {
  return Object.values(values).flatMap((each) =>
    (Array.isArray(each) ? each : []).flatMap((one) =>
      isJsonObject(one) && typeof one.id === 'string' && one.object === undefined ? [one.id] : [],
    ),
  );
}

/** Text of the value of a row, as a property of text has it. */
export function asText(old: Json | undefined): Json {
  return typeof old === 'string' || typeof old === 'number' ? rich(String(old)) : [];
}
