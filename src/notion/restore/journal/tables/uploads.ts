/** The `upload` table: files that were uploaded, by content and name. */
import type { Database } from '../../../../database.ts';

/** An upload that Notion accepted. */
export interface UploadRecord {
  readonly id: string;
  /** The time it was begun, in ms since 1970. */
  readonly createdAt: number;
  /** True once a request named it: then it does not expire. */
  readonly isAttached: boolean;
}

export class UploadTable {
  readonly #prepare: Database['prepare'];

  constructor(prepare: Database['prepare']) {
    this.#prepare = prepare;
  }

  get(key: string): UploadRecord | undefined {
    const row = this.#prepare<[string], { id: string; createdAt: number; attached: number }>(
      'SELECT id, created_at AS createdAt, attached FROM upload WHERE key = ?',
    ).get(key);
    return row === undefined
      ? undefined
      : { id: row.id, createdAt: row.createdAt, isAttached: row.attached === 1 };
  }

  add(key: string, id: string, createdAt: number): void {
    this.#prepare('INSERT OR REPLACE INTO upload (key, id, created_at, attached) VALUES (?, ?, ?, 0)').run(
      key,
      id,
      createdAt,
    );
  }

  markAttached(key: string): void {
    this.#prepare('UPDATE upload SET attached = 1 WHERE key = ?').run(key);
  }

  remove(key: string): void {
    this.#prepare('DELETE FROM upload WHERE key = ?').run(key);
  }
}
