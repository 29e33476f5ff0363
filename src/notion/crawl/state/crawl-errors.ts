/** The errors of a crawl: what could not be read, and which object's document lacks it. */
import type { StateDatabase } from './state-database.ts';

export const errorsTable = `
CREATE TABLE errors (
  owner TEXT NOT NULL, kind TEXT NOT NULL, what TEXT NOT NULL, id TEXT NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (owner, kind, what, id)
) WITHOUT ROWID;`;

const gapKinds = [
  'blocks',
  'comments',
  'data',
  'database',
  'media',
  'property',
  'rows',
  'templates',
  'view',
  'views',
] as const;

type GapKind = (typeof gapKinds)[number];

export type CrawlErrorKind = 'page' | 'listing' | 'workspace' | 'other' | GapKind;

export interface CrawlError {
  /** The object whose document lacks it, or empty for a listing and the workspace. */
  readonly owner: string;
  readonly kind: CrawlErrorKind;
  /** The part, for people. */
  readonly what: string;
  /** Id of the part. */
  readonly id: string;
  /** One line. */
  readonly reason: string;
}

/** An error with the first part of its owner's name, when that is known. */
export interface TitledError extends CrawlError {
  readonly title: string | null;
}

/** The kind of error that a gap of a document is: the first word of what is missing. */
export function gapKindOf(what: string): CrawlErrorKind {
  const word = what.split(' ')[0];
  return gapKinds.find((kind) => kind === word) ?? 'other';
}

export class CrawlErrors {
  readonly #put;
  readonly #clear;
  readonly #clearKind;
  readonly #first;
  readonly #ofComments;
  readonly #list;
  readonly #count;

  constructor(database: StateDatabase) {
    this.#put = database.prepare<[string, string, string, string, string]>(
      'INSERT OR REPLACE INTO errors VALUES (?, ?, ?, ?, ?)',
    );
    this.#clear = database.prepare<[string]>('DELETE FROM errors WHERE owner = ?');
    this.#clearKind = database.prepare<[CrawlErrorKind]>('DELETE FROM errors WHERE kind = ?');
    this.#first = database.prepare<[], { reason: string }>(
      'SELECT reason FROM errors ORDER BY owner LIMIT 1',
    );
    this.#ofComments = database.prepare<[], unknown>(
      `SELECT 1 FROM errors WHERE kind IN ('comment', 'comments') LIMIT 1`,
    );
    this.#list = database.prepare<[number], TitledError>(
      `SELECT e.owner, e.kind, e.what, e.id, e.reason, o.name_stem AS title
       FROM errors e LEFT JOIN objects o ON o.id = e.owner ORDER BY e.owner, e.kind, e.what, e.id LIMIT ?`,
    );
    this.#count = database.prepare<[], { n: number }>('SELECT COUNT(*) AS n FROM errors');
  }

  /** Records one thing that could not be read; the same thing is recorded once. */
  add({ owner, kind, what, id, reason }: CrawlError): void {
    this.#put.run(owner, kind, what, id, reason);
  }

  /** Records a listing that failed or ended early. */
  addListing(what: string, reason: string): void {
    this.add({ owner: '', kind: 'listing', what, id: '', reason });
  }

  /** Removes the errors of an object that is read again. */
  clear(owner: string): void {
    this.#clear.run(owner);
  }

  /** Removes the errors of listings, which a resumed run repeats. */
  clearListings(): void {
    this.#clearKind.run('listing');
  }

  /** The reason of the first error, listings first. */
  firstReason(): string | undefined {
    return this.#first.get()?.reason;
  }

  /** True when comments could not be read somewhere. */
  get lackComments(): boolean {
    return this.#ofComments.get() !== undefined;
  }

  list(limit: number): TitledError[] {
    return this.#list.all(limit);
  }

  count(): number {
    return this.#count.get()?.n ?? 0;
  }
}
