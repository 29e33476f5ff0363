/** The `note` table: things that did not come back exactly; and `tally`: how many of each kind the snapshot holds. */
import type { Database } from '../../../../database.ts';

/** The result of restoring a thing that does not come back exactly. */
export type Outcome = 'approximated' | 'lost';

/** One thing that did not come back exactly. */
export interface Note {
  /** The block, page or property it is about. */
  readonly id: string;
  /** Its kind: `block unsupported`, `property unique_id`. */
  readonly kind: string;
  readonly outcome: Outcome;
  /** The approximation, or the reason it is lost, in one line. */
  readonly reason: string;
  /** Path in the snapshot. */
  readonly path: string;
}

/** A reason with the number of notes that give it. */
export interface ReasonCount {
  readonly outcome: string;
  readonly reason: string;
  readonly count: number;
}

/** The reason of a note about what Notion refused. */
export function refusedFor(message: string): string {
  return `${refused}${message.replace(/^Notion refused the request: /, '')}`.slice(0, 400);
}

const refused = 'Notion refused it: ';

export class NoteTable {
  readonly #prepare: Database['prepare'];

  constructor(prepare: Database['prepare']) {
    this.#prepare = prepare;
  }

  add(note: Note): void {
    this.#prepare('INSERT OR IGNORE INTO note (id, kind, reason, outcome, path) VALUES (?, ?, ?, ?, ?)').run(
      note.id,
      note.kind,
      note.reason,
      note.outcome,
      note.path,
    );
  }

  /** Adds to the number of things of a kind in the snapshot. */
  tally(kind: string, by = 1): void {
    this.#prepare(
      'INSERT INTO tally VALUES (?, ?) ON CONFLICT (kind) DO UPDATE SET count = count + excluded.count',
    ).run(kind, by);
  }

  /** Number of things in the snapshot whose kind matches `pattern` (as in SQL's LIKE) and not `except`. */
  tallied(pattern: string, except = ''): number {
    return (
      this.#prepare<[string, string], number>(
        'SELECT coalesce(sum(count), 0) FROM tally WHERE kind LIKE ? AND kind NOT LIKE ?',
      )
        .pluck()
        .get(pattern, except) ?? 0
    );
  }

  /** Numbers of things in the snapshot by kind; 0 for kinds that only notes name. */
  kinds(): { readonly kind: string; readonly count: number }[] {
    return this.#prepare<[], { kind: string; count: number }>(
      'SELECT kind, sum(count) AS count FROM (SELECT kind, count FROM tally UNION ALL SELECT DISTINCT kind, 0 FROM note) GROUP BY kind ORDER BY kind',
    ).all();
  }

  /** Number of notes with this outcome. */
  count(outcome: Outcome): number {
    return (
      this.#prepare<[string], number>('SELECT count(*) FROM note WHERE outcome = ?').pluck().get(outcome) ?? 0
    );
  }

  /** Number of things of a kind whose worst outcome this is. */
  countOf(kind: string, outcome: Outcome): number {
    return (
      this.#prepare<[string, string], number>(
        `SELECT count(*) FROM (SELECT id, min(CASE outcome WHEN 'lost' THEN 0 ELSE 1 END) AS worst FROM note WHERE kind = ? GROUP BY id)
          WHERE worst = (CASE ? WHEN 'lost' THEN 0 ELSE 1 END)`,
      )
        .pluck()
        .get(kind, outcome) ?? 0
    );
  }

  /** The reasons given for a kind, most frequent first. */
  reasonsOf(kind: string): ReasonCount[] {
    return this.#prepare<[string], ReasonCount>(
      'SELECT outcome, reason, count(*) AS count FROM note WHERE kind = ? GROUP BY outcome, reason ORDER BY count DESC, reason LIMIT 20',
    ).all(kind);
  }

  /** The first thousand things that are lost since Notion refused them, by path. */
  refused(): Note[] {
    return this.#prepare<[string], Note>(
      `SELECT id, kind, outcome, reason, path FROM note WHERE outcome = 'lost' AND instr(reason, ?) > 0
        ORDER BY path, kind, id LIMIT 1000`,
    ).all(refused);
  }

  /** Every note, by path. The journal is busy until the end is read. */
  all(): Iterable<Note> {
    return this.#prepare<[], Note>(
      'SELECT id, kind, outcome, reason, path FROM note ORDER BY path, kind, id',
    ).iterate();
  }
}
