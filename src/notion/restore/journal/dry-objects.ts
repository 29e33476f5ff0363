/**
 * The objects that a dry run would have created: children of pages and blocks, properties of data sources, views. They lie
 * in the journal's file, so that memory does not grow with the snapshot.
 */
import type { Database } from '../../../database.ts';

const tables = `
CREATE TABLE IF NOT EXISTS dry_child (parent TEXT NOT NULL, place INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (parent, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dry_property (source TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (source, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dry_view (database TEXT NOT NULL, id TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (database, id)) WITHOUT ROWID;
`;

export class DryObjects {
  readonly #database: Database;
  readonly #prepare: Database['prepare'];

  constructor(database: Database, prepare: Database['prepare']) {
    database.exec(tables);
    this.#database = database;
    this.#prepare = prepare;
  }

  /** Runs `work` in one transaction. */
  atomically<T>(work: () => T): T {
    return this.#database.transaction(work)();
  }

  /** Adds a child; `place` orders the children of a parent. */
  addChild(parent: string, place: number, id: string): void {
    this.#prepare('INSERT INTO dry_child VALUES (?, ?, ?)').run(parent, place, id);
  }

  /** The children of a page or block, in order. */
  childrenOf(parent: string): string[] {
    return this.#prepare<[string], string>('SELECT id FROM dry_child WHERE parent = ? ORDER BY place')
      .pluck()
      .all(parent);
  }

  addProperty(source: string, id: string, name: string): void {
    this.#prepare('INSERT OR REPLACE INTO dry_property VALUES (?, ?, ?)').run(source, id, name);
  }

  renameProperty(source: string, id: string, name: string): void {
    this.#prepare('UPDATE dry_property SET name = ? WHERE source = ? AND id = ?').run(name, source, id);
  }

  propertiesOf(source: string): { readonly id: string; readonly name: string }[] {
    return this.#prepare<[string], { id: string; name: string }>(
      'SELECT id, name FROM dry_property WHERE source = ?',
    ).all(source);
  }

  addView(database: string, id: string, source: string): void {
    this.#prepare('INSERT INTO dry_view VALUES (?, ?, ?)').run(database, id, source);
  }

  /** The views of a database, oldest first. */
  viewsOf(database: string): string[] {
    return this.#prepare<[string], string>('SELECT id FROM dry_view WHERE database = ? ORDER BY id')
      .pluck()
      .all(database);
  }

  /** The data source a view shows. */
  sourceOfView(id: string): string | undefined {
    return this.#prepare<[string], string>('SELECT source FROM dry_view WHERE id = ?').pluck().get(id);
  }
}
