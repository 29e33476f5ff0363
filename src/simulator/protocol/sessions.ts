/**
 * Listings under way. A cursor is opaque and belongs to one listing: the same request without its cursor. Search and
 * query cursors are session-scoped: the simulator keeps the ids found at first, and may forget them at any time.
 */

import type { Random } from '../workspace/random.ts';
import { invalidCursor } from './api-error.ts';

interface Session {
  /** The listing's request, cursor and page size aside. */
  readonly listing: string;
  readonly ids: readonly string[];
  readonly at: number;
  readonly note: string | undefined;
}

/** Number of cursors remembered; the oldest expire first, as the API's do. */
const maxSessions = 2_000;

export class Sessions {
  readonly #byCursor = new Map<string, Session>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A cursor that goes on with `ids` from `at`, for the same `listing` only. `note` comes back with it. */
  keep(listing: string, ids: readonly string[], at: number, note?: string): string {
    const cursor = this.#random.uuid();
    this.#byCursor.set(cursor, { listing, ids, at, note });
    const oldest = this.#byCursor.keys().next().value;
    if (this.#byCursor.size > maxSessions && oldest !== undefined) this.#byCursor.delete(oldest);
    return cursor;
  }

  /** @throws ApiError when the cursor is unknown, forgotten, or another listing's */
  resume(listing: string, cursor: string): Session {
    const session = this.#byCursor.get(cursor);
    if (session === undefined || session.listing !== listing) throw invalidCursor(cursor);
    return session;
  }

  /** Forgets one cursor: its next use is refused. */
  forget(cursor: string): void {
    this.#byCursor.delete(cursor);
  }
}
