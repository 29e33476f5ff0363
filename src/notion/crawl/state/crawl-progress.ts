/** The steps of a crawl that are complete, and the few facts of the crawl itself that a resumed run needs. */
import type { StateDatabase } from './database/state-database.ts';

export const progressTable = 'CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;';

/** A step that a resumed run does not repeat. */
export type CrawlStep = 'import' | 'search' | 'trash' | 'first answer about comments' | 'first new title';

export class CrawlProgress {
  readonly #get;
  readonly #set;
  readonly #delete;

  constructor(database: StateDatabase) {
    this.#get = database.prepare<[string], { value: string }>('SELECT value FROM meta WHERE key = ?');
    this.#set = database.prepare<[string, string]>('INSERT OR REPLACE INTO meta VALUES (?, ?)');
    this.#delete = database.prepare<[string]>('DELETE FROM meta WHERE key = ?');
  }

  /** The time at which the crawl began, in milliseconds: `now`, or when its first run did. */
  startedAt(now: number): number {
    const known = this.#get.get('started');
    if (known === undefined) this.#set.run('started', String(now));
    return known === undefined ? now : Number(known.value);
  }

  isComplete(step: CrawlStep): boolean {
    return this.#get.get(`complete:${step}`) !== undefined;
  }

  complete(step: CrawlStep): void {
    this.#set.run(`complete:${step}`, 'yes');
  }

  /** Has `step` done again. */
  repeat(step: CrawlStep): void {
    this.#delete.run(`complete:${step}`);
  }

  /** Ids of people who are named in documents but not listed. */
  get guests(): string[] {
    const ids: unknown = JSON.parse(this.#get.get('guests')?.value ?? '[]');
    return Array.isArray(ids) ? ids.map(String) : [];
  }

  /** Ids of people who are named in documents and whom Notion does not know. */
  get unknownPeople(): string[] {
    const ids: unknown = JSON.parse(this.#get.get('unknown people')?.value ?? '[]');
    return Array.isArray(ids) ? ids.map(String) : [];
  }

  setUnknownPeople(ids: readonly string[]): void {
    this.#set.run('unknown people', JSON.stringify(ids));
  }

  setGuests(ids: readonly string[]): void {
    this.#set.run('guests', JSON.stringify(ids));
  }
}
