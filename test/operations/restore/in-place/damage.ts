/** Damage as people and accidents do it to a workspace, chosen by a seed, and done to the simulator's records. */
import type { Json } from '../../../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../../../src/simulator/workspace/json.ts';
import { hashText, seededRandom, shuffled } from '../../../../src/simulator/workspace/random.ts';
import type { State } from '../../../../src/simulator/workspace/state.ts';
import * as records from '../../../../src/simulator/workspace/state.ts';
import { comesBackAlike, isSimple, list, Wreck } from './wreck.ts';

/** One act of damage: the object in whose plan it is to be told, and the words it is told by. */
export interface Damage {
  readonly id: string;
  readonly kind: string;
  /** One of these is what the plan says; none when another act took this one back. */
  readonly told: readonly string[];
  /** The block that was added or changed: the plan does not tell of one that a later act removed. */
  readonly block?: string;
}

/** The moment of all damage: after everything in a generated workspace. */
const damageTime = Date.UTC(2026, 1, 1);

type Act = (wreck: Wreck) => Omit<Damage, 'kind'> | undefined;

/** Damage that requests can undo without a trace. */
export const mendable: { readonly [kind: string]: Act } = {
  'trashed page': (wreck) => {
    const page = wreck.page('trash');
    if (page === undefined) return undefined;
    page.inTrash = true;
    return { id: page.id, told: ['in the trash'] };
  },
  'trashed row': (wreck) => {
    const row = wreck.row('trash');
    if (row === undefined) return undefined;
    row.inTrash = true;
    return { id: row.id, told: ['in the trash'] };
  },
  'trashed database': (wreck) => {
    const database = wreck.database('trash');
    if (database === undefined) return undefined;
    database.inTrash = true;
    return { id: database.id, told: ['in the trash'] };
  },
  'purged page': (wreck) => {
    const page = wreck.page('purge', ({ children }) =>
      children.every((id) => comesBackAlike(wreck.state, id)),
    );
    if (page === undefined) return undefined;
    wreck.purge(page);
    return { id: page.id, told: ['create'] };
  },
  'purged row': (wreck) => {
    const row = wreck.row('purge', ({ children }) => children.every((id) => comesBackAlike(wreck.state, id)));
    if (row === undefined) return undefined;
    wreck.purge(row);
    return { id: row.id, told: ['create'] };
  },
  'renamed page': (wreck) => {
    const page = wreck.page('title');
    if (page === undefined) return undefined;
    page.values = { ...page.values, title: records.richText('HACKED') };
    return { id: page.id, told: ['title'] };
  },
  'changed title of a row': (wreck) => {
    const row = wreck.row('title');
    if (row === undefined) return undefined;
    row.values = { ...row.values, title: records.richText('HACKED') };
    return { id: row.id, told: ['title'] };
  },
  'changed values': (wreck) => {
    const row = wreck.row('values');
    const source = row === undefined ? undefined : wreck.state.dataSources.get(row.parent.id);
    if (row === undefined || source === undefined) return undefined;
    const values = { ...row.values };
    let changed = 0;
    for (const property of source.schema) {
      const other = otherValue(property, values[property.id] ?? null);
      if (other === undefined || wreck.random.chance(0.3)) continue;
      values[property.id] = other;
      changed += 1;
    }
    row.values = values;
    return changed === 0 ? undefined : { id: row.id, told: ['value'] };
  },
  'changed block': (wreck) => {
    const found = wreck.block(
      'change',
      ({ payload }) => Array.isArray(payload.rich_text) && payload.rich_text.length > 0,
    );
    if (found === undefined) return undefined;
    found.block.payload = { ...found.block.payload, rich_text: records.richText('HACKED') };
    const told = wreck.isOriginal(found.block) ? ['block changed'] : [];
    return { id: found.page.id, told, block: found.block.id };
  },
  'removed block': (wreck) => {
    const found = wreck.block('remove', () => true);
    if (found === undefined) return undefined;
    found.block.inTrash = true;
    return { id: found.page.id, told: wreck.isOriginal(found.block) ? ['block removed'] : [] };
  },
  'purged block': (wreck) => {
    const found = wreck.block('purge', ({ type, children }) => rewritable.has(type) && children.length === 0);
    if (found === undefined) return undefined;
    records.purge(wreck.state, found.block);
    return { id: found.page.id, told: wreck.isOriginal(found.block) ? ['block removed'] : [] };
  },
  'added block': (wreck) => {
    const page = wreck.page('add block') ?? wreck.row('add block');
    if (page === undefined) return undefined;
    const parent = { type: 'page_id', id: page.id } as const;
    const payload = { rich_text: records.richText('GRAFFITI'), color: 'default' };
    const block = records.addBlock(wreck.state, {
      parent,
      type: 'paragraph',
      payload,
      createdTime: damageTime,
    });
    page.children = records.withChild(page.children, block.id, wreck.random.below(page.children.length));
    return { id: page.id, told: ['block added'], block: block.id };
  },
  'blocks in another order': (wreck) => {
    const page = wreck.page('order');
    if (page === undefined) return undefined;
    // Pages and databases keep their places among themselves and between the others: no request moves those.
    const places = page.children.flatMap((id, place) => (isSimple(wreck.state, id) ? [place] : []));
    if (places.length < 2) return undefined;
    const children = [...page.children];
    const turned = places.map((place) => children[place] ?? '').reverse();
    for (const [index, place] of places.entries()) children[place] = turned[index] ?? '';
    page.children = children;
    return { id: page.id, told: ['block added', 'block removed'] };
  },
  'changed icon': (wreck) => {
    const page = wreck.page('icon') ?? wreck.row('icon');
    if (page === undefined) return undefined;
    page.icon =
      isJsonObject(page.icon) && page.icon.type === 'emoji' && page.icon.emoji === '💀'
        ? null
        : { type: 'emoji', emoji: '💀' };
    return { id: page.id, told: ['icon'] };
  },
  'changed cover': (wreck) => {
    const page = wreck.page('cover');
    if (page === undefined) return undefined;
    page.cover = { type: 'external', external: { url: 'https://example.com/hacked.png' } };
    return { id: page.id, told: ['cover'] };
  },
  'lock set': (wreck) => {
    const page = wreck.page('lock') ?? wreck.row('lock');
    if (page === undefined) return undefined;
    page.isLocked = !page.isLocked;
    return { id: page.id, told: ['lock'] };
  },
  'archived page': (wreck) => {
    const page = wreck.page('archive');
    if (page === undefined) return undefined;
    page.isArchived = !page.isArchived;
    return { id: page.id, told: ['archived'] };
  },
  'renamed database': (wreck) => {
    const database = wreck.database('title');
    if (database === undefined) return undefined;
    database.title = records.richText('HACKED');
    database.description = records.richText('HACKED');
    return { id: database.id, told: ['title'] };
  },
  'look of a database': (wreck) => {
    const database = wreck.database('look');
    if (database === undefined) return undefined;
    database.isInline = !database.isInline;
    database.isLocked = !database.isLocked;
    return { id: database.id, told: ['inline'] };
  },
  'renamed property': (wreck) => {
    const found = wreck.property('property', () => true);
    if (found === undefined) return undefined;
    found.source.schema = found.source.schema.map((property) =>
      property.id === found.property.id ? { ...property, name: `${property.name} HACKED` } : property,
    );
    return { id: found.database.id, told: ['property renamed'] };
  },
  'two properties with each other’s names': (wreck) => {
    const one = wreck.property('property', ({ type }) => type === 'number' || type === 'date');
    const two = one?.source.schema.find(({ id, type }) => id !== one.property.id && type === 'url');
    if (one === undefined || two === undefined || !wreck.claim(`property ${one.source.id} ${two.id}`))
      return undefined;
    const names = new Map([
      [one.property.id, two.name],
      [two.id, one.property.name],
    ]);
    one.source.schema = one.source.schema.map((property) => ({
      ...property,
      name: names.get(property.id) ?? property.name,
    }));
    return { id: one.database.id, told: ['property renamed'] };
  },
  'removed property': (wreck) => {
    const found = wreck.property('property', ({ type }) =>
      ['number', 'url', 'checkbox', 'rich_text', 'date', 'select', 'multi_select'].includes(type),
    );
    if (found === undefined) return undefined;
    wreck.dropProperty(found.source, found.property.id);
    return { id: found.database.id, told: ['property removed'] };
  },
  'other number format': (wreck) => {
    const found = wreck.property('property', ({ type }) => type === 'number');
    if (found === undefined) return undefined;
    found.source.schema = found.source.schema.map((property) =>
      property.id === found.property.id
        ? { ...property, config: { format: 'percent' }, description: 'HACKED' }
        : property,
    );
    return { id: found.database.id, told: ['property changed'] };
  },
  'renamed option': (wreck) => {
    const found = wreck.property('property', ({ type }) => type === 'select' || type === 'multi_select');
    if (found === undefined) return undefined;
    wreck.renameOption(found.source, found.property);
    return { id: found.database.id, told: ['option renamed'] };
  },
  'removed option': (wreck) => {
    const found = wreck.property('property', ({ type }) => type === 'select' || type === 'multi_select');
    if (found === undefined) return undefined;
    wreck.dropOption(found.source, found.property);
    return { id: found.database.id, told: ['option removed'] };
  },
  'renamed view': (wreck) => {
    const found = wreck.view('view');
    if (found === undefined) return undefined;
    found.view.name = 'HACKED';
    return { id: found.database.id, told: ['view changed'] };
  },
  'sorted view': (wreck) => {
    const found = wreck.view('view');
    const source = wreck.state.dataSources.get(found?.view.dataSourceId ?? '');
    const property = source?.schema.find(({ type }) => type === 'title');
    if (found === undefined || property === undefined || found.view.sorts !== null) return undefined;
    found.view.sorts = [{ property: property.id, direction: 'descending' }];
    return { id: found.database.id, told: ['view changed'] };
  },
  'removed view': (wreck) => {
    const found = wreck.view('view');
    if (found === undefined || found.database.views.length < 2) return undefined;
    found.database.views = found.database.views.filter((id) => id !== found.view.id);
    wreck.state.views.delete(found.view.id);
    return { id: found.database.id, told: ['view removed'] };
  },
};

const rewritable = new Set([
  'paragraph',
  'heading_1',
  'heading_2',
  'heading_3',
  'quote',
  'to_do',
  'bulleted_list_item',
  'divider',
  'code',
]);

/** Does `count` acts of damage, each to something that none of them has hit in the same way. */
export function damageWorkspace(
  state: State,
  seed: number,
  count: number,
  acts: { readonly [kind: string]: Act } = mendable,
): Damage[] {
  const wreck = new Wreck(state, seededRandom(hashText(`damage ${seed}`)));
  const kinds = shuffled(Object.keys(acts), wreck.random);
  const done: Damage[] = [];
  for (let turn = 0; done.length < count && turn < 4 * count; turn += 1) {
    const kind = kinds[turn % kinds.length] ?? '';
    const damage = acts[kind]?.(wreck);
    if (damage !== undefined) done.push({ ...damage, kind });
  }
  return done.map((damage) => {
    if (isTakenBack(state, damage)) return { ...damage, told: [] };
    return isMovedToo(damage, done) ? { ...damage, told: [...damage.told, 'block removed'] } : damage;
  });
}

/** A block that was changed and moved is told as one that is missing at its old place. */
function isMovedToo({ id, kind, told }: Damage, done: readonly Damage[]): boolean {
  const isMoved = done.some((other) => other.id === id && other.kind === 'blocks in another order');
  return kind === 'changed block' && told.length > 0 && isMoved;
}

function isTakenBack(state: State, { block }: Damage): boolean {
  return block !== undefined && state.blocks.get(block)?.inTrash !== false;
}

function otherValue({ type, config }: records.PropertySchema, value: Json): Json | undefined {
  switch (type) {
    case 'number':
      return value === 13 ? null : 13;
    case 'rich_text':
      return Array.isArray(value) && value.length > 0 ? [] : records.richText('HACKED');
    case 'checkbox':
      return value !== true;
    case 'url':
      return value === null ? 'https://example.com/hacked' : null;
    case 'date':
      return value === null ? { start: '2001-01-01', end: null, time_zone: null } : null;
    case 'select':
    case 'status': {
      const other = list(config.options).find(({ name }) => !isJsonObject(value) || name !== value.name);
      return other === undefined
        ? undefined
        : { id: other.id ?? '', name: other.name ?? '', color: other.color ?? 'default' };
    }
    case 'multi_select':
    case 'people':
    case 'relation':
      return Array.isArray(value) && value.length > 0 ? [] : undefined;
    default:
      return undefined;
  }
}
