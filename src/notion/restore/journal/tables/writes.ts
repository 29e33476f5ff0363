/** The `write` table: every request that changes the target, before and after it is sent. */
import type { Database } from '../../../../database.ts';
import type { Json, JsonObject } from '../../../../document/json.ts';
import { isObject } from '../../../../document/json.ts';

/** A request as the journal remembers it. */
export interface WriteRecord {
  readonly state: 'sent' | 'done';
  /** The time it was last sent, in ms since 1970. */
  readonly sentAt: number;
  /** The state before it was sent, for finding out later whether it was carried out. */
  readonly detail: JsonObject;
  /** The part of the answer that is remembered, once there is one. */
  readonly kept: JsonObject | undefined;
}

/** A creation of a page or database that was sent and never answered. */
export interface UnansweredCreation {
  readonly key: string;
  readonly kind: 'page' | 'database';
  readonly sentAt: number;
  readonly detail: JsonObject;
}

export class WriteTable {
  readonly #prepare: Database['prepare'];

  constructor(prepare: Database['prepare']) {
    this.#prepare = prepare;
  }

  get(key: string): WriteRecord | undefined {
    const row = this.#prepare<
      [string],
      { state: string; sent_at: number; detail: string; kept: string | null }
    >('SELECT state, sent_at, detail, kept FROM write WHERE key = ?').get(key);
    if (row === undefined) return undefined;
    return {
      state: row.state === 'done' ? 'done' : 'sent',
      sentAt: row.sent_at,
      detail: parsed(row.detail),
      kept: row.kept === null ? undefined : parsed(row.kept),
    };
  }

  /** Number of writes that were carried out. */
  count(): number {
    return this.#prepare<[], number>("SELECT count(*) FROM write WHERE state = 'done'").pluck().get() ?? 0;
  }

  /** Before the request is sent. */
  markSent(key: string, sentAt: number, detail: JsonObject): void {
    this.#prepare("INSERT OR REPLACE INTO write (key, state, sent_at, detail) VALUES (?, 'sent', ?, ?)").run(
      key,
      sentAt,
      JSON.stringify(detail),
    );
  }

  /** After the answer. */
  markDone(key: string, kept: JsonObject): void {
    this.#prepare("UPDATE write SET state = 'done', kept = ? WHERE key = ?").run(JSON.stringify(kept), key);
  }

  /** The request was certainly not carried out. */
  forget(key: string): void {
    this.#prepare('DELETE FROM write WHERE key = ?').run(key);
  }

  /** Creations of pages and databases that may have been carried out though no answer came. */
  unansweredCreations(): UnansweredCreation[] {
    return this.#prepare<[], { key: string; sentAt: number; detail: string }>(
      "SELECT key, sent_at AS sentAt, detail FROM write WHERE state = 'sent' AND (key LIKE 'page %' OR key LIKE 'database %' OR key LIKE 'linked %')",
    )
      .all()
      .map(({ key, sentAt, detail }) => ({
        key,
        kind: key.startsWith('page ') ? 'page' : 'database',
        sentAt,
        detail: parsed(detail),
      }));
  }
}

function parsed(text: string): JsonObject {
  const value: Json = JSON.parse(text);
  return isObject(value) ? value : {};
}
