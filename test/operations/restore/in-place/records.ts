/**
 * The state of a simulated workspace as comparable values, one for each object: read from the simulator's own records,
 * with none of the code that restores or compares. Ids of copies are those of their originals.
 */
import type { Json, JsonObject } from '../../../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../../../src/simulator/workspace/json.ts';
import type { Block, Database, DataSource, Page, State } from '../../../../src/simulator/workspace/state.ts';
import { isTrashed } from '../../../../src/simulator/workspace/state.ts';

/** Every page and database that is not in the trash, by its id (or that of its original). */
export function recordsOf(
  state: State,
  originals: ReadonlyMap<string, string> = new Map(),
): Map<string, unknown> {
  const records = new Map<string, unknown>();
  const reading = new Reading(state, originals);
  for (const page of state.pages.values())
    if (!isTrashed(state, page) && !page.isTemplate)
      records.set(reading.original(page.id), reading.page(page));
  for (const database of state.databases.values())
    if (!isTrashed(state, database)) records.set(reading.original(database.id), reading.database(database));
  return records;
}

class Reading {
  readonly #state: State;
  readonly #originals: ReadonlyMap<string, string>;

  constructor(state: State, originals: ReadonlyMap<string, string>) {
    this.#state = state;
    this.#originals = originals;
  }

  original(id: string): string {
    const compact = id.replaceAll('-', '');
    return this.#originals.get(compact) ?? compact;
  }

  page(page: Page): unknown {
    const source = this.#state.dataSources.get(page.parent.id);
    return {
      parent: [page.parent.type, this.original(page.parent.id)],
      state: [page.isArchived, page.isLocked],
      icon: this.#form(page.icon),
      cover: this.#form(page.cover),
      values:
        source === undefined ? { title: this.#form(page.values.title ?? []) } : this.#values(page, source),
      contents: this.#contents(page),
    };
  }

  database(database: Database): unknown {
    return {
      parent: [database.parent.type, this.original(database.parent.id)],
      state: [database.isInline, database.isLocked],
      icon: this.#form(database.icon),
      cover: this.#form(database.cover),
      title: this.#form(database.title),
      description: this.#form(database.description),
      sources: database.isLinked ? [] : database.dataSources.map((id) => this.#source(id)),
      views: database.views.map((id) => this.#view(id)).sort(),
    };
  }

  #values(page: Page, source: DataSource): unknown {
    return Object.fromEntries(
      source.schema
        .map(({ id, name, type, config }): [string, unknown] => {
          const value = page.values[id] ?? null;
          if (['unique_id', 'button', 'verification'].includes(type)) return [name, 'not writable'];
          if (['select', 'status', 'multi_select'].includes(type)) return [name, optionNames(value, config)];
          if (type === 'relation') return [name, related(value).map((other) => this.original(other))];
          const isEmpty = value === null || value === false || (Array.isArray(value) && value.length === 0);
          return [name, isEmpty ? 'empty' : this.#form(value)];
        })
        .sort(byName),
    );
  }

  /** Blocks with what lies in them and their ids, in order; pages and databases by their ids alone. */
  #contents(parent: Page | Block): unknown[] {
    return parent.children.flatMap((id): unknown[] => {
      const block = this.#state.blocks.get(id);
      if (block !== undefined)
        return block.inTrash
          ? []
          : [
              {
                [block.type]: this.#form(block.payload),
                below: this.#contents(block),
                block: this.original(id),
              },
            ];
      const object = this.#state.pages.get(id) ?? this.#state.databases.get(id);
      return object === undefined || object.inTrash ? [] : [this.original(id)];
    });
  }

  #source(id: string): unknown {
    const source = this.#state.dataSources.get(id);
    if (source === undefined) return 'gone';
    const schema = source.schema.map(({ name, type, description, config }): [string, unknown] => [
      name,
      [type, description ?? '', this.#config(source, type, config)],
    ]);
    return { trash: source.inTrash, schema: Object.fromEntries(schema.sort(byName)) };
  }

  #config(source: DataSource, type: string, config: JsonObject): unknown {
    if (['select', 'status', 'multi_select'].includes(type))
      return list(config.options)
        .map((option) => [option.name, option.color])
        .sort();
    if (type === 'rollup')
      return [
        config.function,
        ...['relation_property_id', 'rollup_property_id'].map((key) => config[key]),
      ].map((part) => this.#propertyName(String(part)));
    if (type === 'relation') {
      const other = this.#state.dataSources.get(String(config.data_source_id));
      const dual = isJsonObject(config.dual_property) ? config.dual_property : undefined;
      const mirror = other?.schema.find(({ id }) => id === dual?.synced_property_id)?.name;
      return [
        this.original(String(config.data_source_id)),
        dual === undefined ? 'one side' : ['two sides', mirror],
      ];
    }
    return JSON.parse(this.#withNames(source, JSON.stringify(config)));
  }

  #view(id: string): string {
    const view = this.#state.views.get(id);
    if (view === undefined) return 'gone';
    const { name, type, filter, sorts, quickFilters, configuration, dataSourceId } = view;
    const text = JSON.stringify({ name, type, filter, sorts, quickFilters, configuration });
    const source = this.#state.dataSources.get(dataSourceId ?? '');
    return source === undefined ? text : this.#withNames(source, text);
  }

  /** Ids of properties as their names. */
  #withNames(source: DataSource, text: string): string {
    let named = text;
    for (const { id, name } of source.schema)
      for (const form of new Set([id, encodeURIComponent(id)]))
        named = named.replaceAll(`"${form}"`, `"(${name})"`);
    return named;
  }

  #propertyName(id: string): string {
    for (const { schema } of this.#state.dataSources.values()) {
      const found = schema.find((property) => property.id === id || property.id === decodeURIComponent(id));
      if (found !== undefined) return found.name;
    }
    return id;
  }

  /** A value without what says nothing: defaults, and words that follow from other members. */
  #form(value: Json | undefined): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#form(item));
    if (!isJsonObject(value)) return typeof value === 'string' ? this.#idOrText(value) : value;
    const key = value.key;
    const file = typeof key === 'string' ? this.#state.files.get(key) : undefined;
    if (file !== undefined) return { file: [file.name, file.size] };
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name, member]) => !isDefault(name, member))
        .map(([name, member]): [string, unknown] => [name, this.#form(member)])
        .sort(byName),
    );
  }

  #idOrText(text: string): string {
    return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(text) ? this.original(text) : text;
  }
}

function isDefault(name: string, value: Json): boolean {
  if (name === 'plain_text' || name === 'href') return true;
  if (value === null || value === false || value === 'default') return true;
  return (name === 'caption' || name === 'children') && Array.isArray(value) && value.length === 0;
}

function optionNames(value: Json, config: JsonObject): string[] {
  const chosen = Array.isArray(value) ? list(value) : isJsonObject(value) ? [value] : [];
  const names = new Map(list(config.options).map((option) => [option.id, option.name]));
  return chosen.map((option) => String(names.get(option.id ?? '') ?? option.name)).sort();
}

function related(value: Json): string[] {
  return list(value).map(({ id }) => String(id));
}

function list(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
