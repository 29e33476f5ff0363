/** Whole numbers counted during a crawl and kept across a kill. What documents hold is counted with their objects. */
import type { StateDatabase } from './database/state-database.ts';

export const countersTable =
  'CREATE TABLE counters (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;';

/** Counters of which there is one for each endpoint, unknown type or unsupported block type. */
export type CounterGroup = 'requests' | 'unknown' | 'unsupported';

export type CounterName =
  | 'archived_rows_not_shown'
  | 'blocks'
  | 'comments'
  | 'media_bytes'
  | 'media_fetched'
  | 'pages_read'
  | 'synced_out_of_reach'
  | 'unlistable_children'
  | `${CounterGroup}:${string}`;

export class Counters {
  readonly #add;
  readonly #get;
  readonly #group;

  constructor(database: StateDatabase) {
    this.#add = database.prepare<[string, number]>(
      'INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = n + excluded.n',
    );
    this.#get = database.prepare<[string], { n: number }>('SELECT n FROM counters WHERE name = ?');
    this.#group = database.prepare<[string, string], { name: string; n: number }>(
      'SELECT name, n FROM counters WHERE substr(name, 1, length(?)) = ? ORDER BY name',
    );
  }

  add(name: CounterName, n = 1): void {
    this.#add.run(name, n);
  }

  get(name: CounterName): number {
    return this.#get.get(name)?.n ?? 0;
  }

  /** All counters of a group, by what stands behind its name. */
  group(group: CounterGroup): { [name: string]: number } {
    const prefix = `${group}:`;
    const rows = this.#group.all(prefix, prefix);
    return Object.fromEntries(rows.map(({ name, n }) => [name.slice(prefix.length), n]));
  }
}
