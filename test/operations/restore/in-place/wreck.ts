/** A workspace while it is damaged: chooses victims, none twice for the same use, and damages what several records tell of. */
import type { Json, JsonObject } from '../../../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../../../src/simulator/workspace/json.ts';
import type { Random } from '../../../../src/simulator/workspace/random.ts';
import type { Block, Database, DataSource, Page, State } from '../../../../src/simulator/workspace/state.ts';
import * as records from '../../../../src/simulator/workspace/state.ts';

/** The workspace while it is damaged: chooses victims. */
export class Wreck {
  readonly state: State;
  readonly random: Random;
  readonly #claimed = new Set<string>();
  readonly #originals: ReadonlySet<string>;

  constructor(state: State, random: Random) {
    this.state = state;
    this.random = random;
    this.#originals = new Set([...state.blocks.values()].map(({ id }) => id));
  }

  /** False for a block that an act of damage added. */
  isOriginal({ id }: Block): boolean {
    return this.#originals.has(id);
  }

  /** True the first time. */
  claim(key: string): boolean {
    if (this.#claimed.has(key)) return false;
    this.#claimed.add(key);
    return true;
  }

  /** Deletes a page with what lies in it. */
  purge(object: Page | Block): void {
    for (const id of object.children) {
      const block = this.state.blocks.get(id);
      if (block !== undefined) this.purge(block);
    }
    records.purge(this.state, object);
  }

  page(use: string, fits: (page: Page) => boolean = () => true): Page | undefined {
    return this.#one(
      use,
      this.#live(this.state.pages.values()).filter(
        (page) => page.parent.type === 'page_id' && !page.isTemplate && fits(page),
      ),
    );
  }

  row(use: string, fits: (page: Page) => boolean = () => true): Page | undefined {
    return this.#one(
      use,
      this.#live(this.state.pages.values()).filter(
        (page) => page.parent.type === 'data_source_id' && fits(page),
      ),
    );
  }

  database(use: string): Database | undefined {
    return this.#one(
      use,
      this.#live(this.state.databases.values()).filter(({ isLinked }) => !isLinked),
    );
  }

  block(use: string, fits: (block: Block) => boolean): { block: Block; page: Page } | undefined {
    const page = this.page(`${use} in`) ?? this.row(`${use} in`);
    if (page === undefined) return undefined;
    const blocks = page.children.flatMap((id) => {
      const block = this.state.blocks.get(id);
      return block === undefined || block.inTrash || !isSimple(this.state, id) || !fits(block) ? [] : [block];
    });
    const block = this.#one(use, blocks);
    return block === undefined ? undefined : { block, page };
  }

  property(use: string, fits: (property: records.PropertySchema) => boolean) {
    const database = this.#pick(
      this.#live(this.state.databases.values()).filter(({ isLinked }) => !isLinked),
    );
    const source = this.state.dataSources.get(database?.dataSources[0] ?? '');
    if (database === undefined || source === undefined) return undefined;
    const free = source.schema.filter((property) => property.type !== 'title' && fits(property));
    const property = this.#pick(free.filter(({ id }) => !this.#claimed.has(`${use} ${source.id} ${id}`)));
    if (property === undefined) return undefined;
    this.claim(`${use} ${source.id} ${property.id}`);
    return { database, source, property };
  }

  view(use: string) {
    const database = this.#pick(
      this.#live(this.state.databases.values()).filter(({ isLinked }) => !isLinked),
    );
    const views = (database?.views ?? []).flatMap((id) => this.state.views.get(id) ?? []);
    const view = this.#one(
      use,
      views.filter(({ type, dashboardViewId }) => type !== 'dashboard' && dashboardViewId === null),
    );
    return database === undefined || view === undefined ? undefined : { database, view };
  }

  dropProperty(source: DataSource, property: string): void {
    source.schema = source.schema.filter(({ id }) => id !== property);
    for (const row of this.#rowsOf(source)) {
      const { [property]: _gone, ...rest } = row.values;
      row.values = rest;
    }
  }

  renameOption(source: DataSource, property: records.PropertySchema): void {
    const [first] = optionsOf(property);
    const from = String(first?.name);
    this.#setOptions(source, property, (option) =>
      option === first ? { ...option, name: 'HACKED' } : option,
    );
    this.#changeChosen(source, property, (option) =>
      option.name === from ? { ...first, name: 'HACKED' } : option,
    );
  }

  dropOption(source: DataSource, property: records.PropertySchema): void {
    const [first] = optionsOf(property);
    const name = String(first?.name);
    this.#setOptions(source, property, (option) => (option === first ? undefined : option));
    this.#changeChosen(source, property, (option) => (option.name === name ? undefined : option));
  }

  #setOptions(
    source: DataSource,
    property: records.PropertySchema,
    change: (option: JsonObject) => JsonObject | undefined,
  ): void {
    const options = optionsOf(property).flatMap((option) => change(option) ?? []);
    source.schema = source.schema.map((each) =>
      each.id === property.id ? { ...each, config: { ...each.config, options } } : each,
    );
  }

  #changeChosen(
    source: DataSource,
    { id }: records.PropertySchema,
    change: (option: JsonObject) => JsonObject | undefined,
  ): void {
    for (const row of this.#rowsOf(source)) {
      const value = row.values[id] ?? null;
      const changed = Array.isArray(value)
        ? value.filter(isJsonObject).flatMap((option) => change(option) ?? [])
        : isJsonObject(value)
          ? (change(value) ?? null)
          : value;
      row.values = { ...row.values, [id]: changed };
    }
  }

  #rowsOf(source: DataSource): Page[] {
    return source.rows.flatMap((id) => this.state.pages.get(id) ?? []);
  }

  #live<Object extends Page | Database>(objects: Iterable<Object>): Object[] {
    return [...objects].filter((object) => !object.inTrash && records.isVisible(this.state, object));
  }

  #one<Found extends { readonly id: string }>(use: string, found: readonly Found[]): Found | undefined {
    const chosen = this.#pick(found.filter(({ id }) => !this.#claimed.has(`${use} ${id}`)));
    if (chosen !== undefined) this.claim(`${use} ${chosen.id}`);
    return chosen;
  }

  #pick<Found>(found: readonly Found[]): Found | undefined {
    return found[this.random.below(found.length)];
  }
}

/** A block that requests write as it was, with what lies in it. */
export function comesBackAlike(state: State, id: string): boolean {
  const block = state.blocks.get(id);
  if (block === undefined || unwritable.has(block.type)) return false;
  // Notion gives a callout that is created without an icon one of its own.
  if (block.type === 'callout' && !isJsonObject(block.payload.icon)) return false;
  return block.children.every((child) => comesBackAlike(state, child));
}

const unwritable = new Set(['template', 'meeting_notes', 'link_preview', 'unsupported']);

/** A block in which no page, database or synced block lies: removing it takes nothing else along. */
export function isSimple(state: State, id: string): boolean {
  const block = state.blocks.get(id);
  if (block === undefined || !simple.has(block.type) || !comesBackAlike(state, id)) return false;
  return block.children.every((child) => isSimple(state, child));
}

const simple = new Set([
  'paragraph',
  'heading_1',
  'heading_2',
  'heading_3',
  'quote',
  'callout',
  'to_do',
  'bulleted_list_item',
  'numbered_list_item',
  'toggle',
  'divider',
  'code',
  'equation',
  'bookmark',
  'embed',
  'table',
  'table_row',
]);

function optionsOf({ config }: records.PropertySchema): JsonObject[] {
  return list(config.options);
}

/** The objects in a list; none when it is not one. */
export function list(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
