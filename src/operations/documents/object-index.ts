/** Paths and titles of the objects of a snapshot, in a table: links between pages need no memory of their own. */
import type { Database } from '../../database.ts';
import { openDatabase } from '../../database.ts';
import type { CompactId } from '../../document/notion-id.ts';

/** An object with the directory it lies in. */
export interface NamedObject {
  /** Compact. */
  readonly id: string;
  readonly path: string;
  readonly title: string;
}

/** Objects in the order in which they were added. */
export class ObjectIndex {
  readonly #database: Database;
  readonly #add;
  readonly #byId;
  readonly #byPath;
  readonly #byPlace;

  /** @param file where the table lies; `:memory:` for few lookups */
  constructor(file: string) {
    this.#database = openDatabase(file);
    this.#database.exec(`
      CREATE TABLE objects (place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL, title TEXT NOT NULL);
      CREATE INDEX objects_by_path ON objects (path);
      BEGIN;
    `);
    this.#add = this.#database.prepare<[string, string, string]>(
      'INSERT OR REPLACE INTO objects (id, path, title) VALUES (?, ?, ?)',
    );
    const select = 'SELECT place, id, path, title FROM objects WHERE';
    this.#byId = this.#database.prepare<[string], NamedObject & { place: number }>(`${select} id = ?`);
    this.#byPath = this.#database.prepare<[string], NamedObject>(`${select} path = ?`);
    this.#byPlace = this.#database.prepare<[number], NamedObject>(`${select} place = ?`);
  }

  add({ id, path, title }: NamedObject): void {
    this.#add.run(id, path, title);
  }

  get(id: CompactId): NamedObject | undefined {
    return this.#byId.get(id);
  }

  /** The object whose directory is at `path`. */
  at(path: string): NamedObject | undefined {
    return this.#byPath.get(path);
  }

  /** The objects before and after one of them. */
  beside(id: CompactId): {
    readonly before: NamedObject | undefined;
    readonly after: NamedObject | undefined;
  } {
    const place = this.#byId.get(id)?.place ?? Number.NaN;
    return { before: this.#near(place - 1), after: this.#near(place + 1) };
  }

  /** Every object, a few at a time: others may be looked up meanwhile. */
  *all(): Iterable<NamedObject> {
    const next = this.#database.prepare<[number], NamedObject & { place: number }>(
      'SELECT place, id, path, title FROM objects WHERE place > ? ORDER BY place LIMIT 200',
    );
    for (let last = 0; ; ) {
      const some = next.all(last);
      if (some.length === 0) return;
      yield* some;
      last = some.at(-1)?.place ?? last;
    }
  }

  close(): void {
    this.#database.close();
  }

  #near(place: number): NamedObject | undefined {
    return Number.isNaN(place) ? undefined : this.#byPlace.get(place);
  }
}
