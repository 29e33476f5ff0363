/** The errors of a crawl: what could not be read, and which object's document lacks it. */
import type { StateDatabase } from './database/state-database.ts';

export const errorsTable = `
CREATE TABLE errors (
  owner TEXT NOT NULL, kind TEXT NOT NULL, what TEXT NOT NULL, id TEXT NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (owner, kind, what, id)
) WITHOUT ROWID;`;

const gapKinds = [
  'block',
  'blocks',
  'comment',
  'comments',
  'data',
  'database',
  'media',
  'property',
  'rows',
  'templates',
  'user',
  'view',
  'views',
] as const;

type GapKind = (typeof gapKinds)[number];

export type CrawlErrorKind =
  | 'page'
  | 'listing'
  | 'workspace'
  | 'other'
  | typeof unsupported
  | typeof inDoubt
  | GapKind;

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

/** The kind under which such parts stand beside the errors. */
const unsupported = 'unsupported';

/** The kind under which pages stand of which nobody knows yet whether comments could not be read, or may not. */
const inDoubt = 'in-doubt';

/** The kinds that are no errors. */
const others = `('${unsupported}', '${inDoubt}')`;

/** True for the refusal of what the API does not support. */
export function isUnsupported(reason: string): boolean {
  return /^400 .*\bis not supported via the API\b/s.test(reason);
}

const wasRead = 'read';

/** A page of which no comments came (see discover/settle-comments.ts). */
export interface Doubt {
  readonly id: string;
  /** 1 when the page itself was read in this crawl, so that it is there; 0 when it was taken over. */
  readonly isRead: 0 | 1;
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
  readonly #clearErrors;
  readonly #unsupported;
  readonly #doubts;
  readonly #clearDoubt;

  constructor(database: StateDatabase) {
    this.#put = database.prepare<[string, string, string, string, string]>(
      'INSERT OR REPLACE INTO errors VALUES (?, ?, ?, ?, ?)',
    );
    this.#clear = database.prepare<[string]>('DELETE FROM errors WHERE owner = ?');
    this.#clearKind = database.prepare<[CrawlErrorKind]>('DELETE FROM errors WHERE kind = ?');
    this.#first = database.prepare<[], { reason: string }>(
      `SELECT reason FROM errors WHERE kind NOT IN ${others} ORDER BY owner LIMIT 1`,
    );
    this.#ofComments = database.prepare<[], unknown>(
      `SELECT 1 FROM errors WHERE kind IN ('comment', 'comments') LIMIT 1`,
    );
    this.#list = database.prepare<[number], TitledError>(
      `SELECT e.owner, e.kind, e.what, e.id, e.reason, o.name_stem AS title
       FROM errors e LEFT JOIN objects o ON o.id = e.owner WHERE e.kind NOT IN ${others} ORDER BY e.owner, e.kind, e.what, e.id LIMIT ?`,
    );
    this.#count = database.prepare<[], { n: number }>(
      `SELECT COUNT(*) AS n FROM errors WHERE kind NOT IN ${others}`,
    );
    this.#clearErrors = database.prepare<[string]>(
      `DELETE FROM errors WHERE owner = ? AND kind <> '${unsupported}'`,
    );
    this.#clearDoubt = database.prepare<[string]>(
      `DELETE FROM errors WHERE owner = ? AND kind = '${inDoubt}'`,
    );
    this.#doubts = database.prepare<[], Doubt>(
      `SELECT owner AS id, what = '${wasRead}' AS isRead, reason FROM errors WHERE kind = '${inDoubt}' ORDER BY what DESC, owner`,
    );
    this.#unsupported = database.prepare<[], TitledError>(
      `SELECT e.owner, e.kind, e.what, e.id, e.reason, o.name_stem AS title
       FROM errors e LEFT JOIN objects o ON o.id = e.owner
       WHERE e.kind = '${unsupported}' AND (e.owner = '' OR o.place IS NOT NULL) ORDER BY e.owner, e.what, e.id`,
    );
  }

  /**
   * Records one thing that could not be read; the same thing is recorded once. What the API does not support is kept
   * apart (`unsupportedParts`).
   */
  add({ owner, kind, what, id, reason }: CrawlError): void {
    this.#put.run(owner, isUnsupported(reason) ? unsupported : kind, what, id, reason);
  }

  /** Records a listing that failed or ended early. */
  addListing(what: string, reason: string): void {
    this.add({ owner: '', kind: 'listing', what, id: '', reason });
  }

  /** Records that no comments of a page came, and that nobody knows yet why. */
  addDoubt(id: string, isRead: boolean, reason: string): void {
    this.#put.run(id, inDoubt, isRead ? wasRead : 'taken over', '', reason);
  }

  /** The pages without comments of which nobody knows why. */
  doubts(): Doubt[] {
    return this.#doubts.all();
  }

  /** Forgets the doubt about a page: it is settled. */
  clearDoubt(id: string): void {
    this.#clearDoubt.run(id);
  }

  /** Removes the errors and the unsupported parts of an object that is read again. */
  clear(owner: string): void {
    this.#clear.run(owner);
  }

  /** Removes the errors of an object of which an earlier reading is kept, with its unsupported parts. */
  clearErrors(owner: string): void {
    this.#clearErrors.run(owner);
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

  /** The unsupported parts of objects that have a place in the snapshot. To be called once everything is placed. */
  unsupportedParts(): TitledError[] {
    return this.#unsupported.all();
  }

  count(): number {
    return this.#count.get()?.n ?? 0;
  }
}
