/** The `source` table: the data sources of a restore with their schemas. */
import type { Database } from '../../../../database.ts';
import type { JsonObject } from '../../../../document/json.ts';
import { isObject } from '../../../../document/json.ts';
import type { CompactId } from '../../../../document/notion-id.ts';
import { compactId } from '../../../../document/notion-id.ts';

/** A data source's properties as the snapshot has them. */
export type Schema = readonly JsonObject[];

/** A data source's place in its database. */
export interface DataSourceRecord {
  readonly owner: CompactId;
  readonly place: number;
  /** True when a part of its appearance can only be set after it was created. */
  readonly isDeferred: boolean;
}

export class DataSourceTable {
  readonly #prepare: Database['prepare'];

  constructor(prepare: Database['prepare']) {
    this.#prepare = prepare;
  }

  add(id: CompactId, { owner, place, isDeferred }: DataSourceRecord, schema: Schema): void {
    this.#prepare('INSERT OR REPLACE INTO source VALUES (?, ?, ?, ?, ?)').run(
      id,
      owner,
      place,
      isDeferred ? 1 : 0,
      JSON.stringify(schema),
    );
  }

  /** Adds one that is there already, and that rows go into: it is not created, nor its properties. */
  addExisting(id: CompactId, schema: Schema): void {
    this.add(id, { owner: noOwner, place: 0, isDeferred: false }, schema);
  }

  get(id: CompactId): DataSourceRecord | undefined {
    const row = this.#prepare<[string], { owner: CompactId; place: number; deferred: number }>(
      'SELECT owner, place, deferred FROM source WHERE id = ?',
    ).get(id);
    if (row === undefined) return undefined;
    return { owner: row.owner, place: row.place, isDeferred: row.deferred === 1 };
  }

  /** All data sources that are created. */
  ids(): CompactId[] {
    return this.#prepare<[], CompactId>("SELECT id FROM source WHERE owner <> ''").pluck().all();
  }

  /** The data sources of a database, in order. */
  of(database: CompactId): CompactId[] {
    return this.#prepare<[string], CompactId>('SELECT id FROM source WHERE owner = ? ORDER BY place')
      .pluck()
      .all(database);
  }

  /** Data sources of which a part can only be set after they were created. */
  deferred(): CompactId[] {
    return this.#prepare<[], CompactId>('SELECT id FROM source WHERE deferred = 1').pluck().all();
  }

  /** The schema of one data source; empty when it is not restored. */
  schemaOf(id: CompactId): Schema {
    const text = this.#prepare<[string], string>('SELECT schema FROM source WHERE id = ?').pluck().get(id);
    return text === undefined ? [] : parsedSchema(text);
  }

  /** The schemas of all data sources that are created. */
  schemas(): Map<CompactId, Schema> {
    const rows = this.#prepare<[], { id: CompactId; schema: string }>(
      "SELECT id, schema FROM source WHERE owner <> ''",
    ).all();
    return new Map(rows.map(({ id, schema }) => [id, parsedSchema(schema)]));
  }
}

/** The owner of a data source that is not created. */
const noOwner = compactId('');

function parsedSchema(text: string): Schema {
  const value: unknown = JSON.parse(text);
  return Array.isArray(value) ? value.filter(isObject) : [];
}
