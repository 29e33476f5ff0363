/** What a restore says of itself, read from its journal. */
import type { IdKind, Journal, Note } from './journal.ts';
import { reopenJournal } from './journal.ts';

export interface RestoreResult {
  /** Ids of what lies directly in the destination now. */
  readonly roots: readonly { readonly id: string; readonly kind: string }[];
  /** What was made, by kind: pages, databases, blocks requests … */
  readonly counts: { readonly [kind: string]: number };
  /** How many things came back approximated or not at all; `readNotes` tells them one by one. */
  readonly approximated: number;
  readonly lost: number;
  /** What could not be written, with paths in the snapshot. */
  readonly errors: readonly { readonly path: string; readonly what: string; readonly message: string }[];
  readonly bytesUploaded: number;
  /** True when every step was carried out. */
  readonly complete: boolean;
  readonly journalFile: string;
}

/** Reads the result of the restore whose journal is open. */
export function resultOf(journal: Journal, journalFile: string, bytesUploaded: number): RestoreResult {
  const counts: { [kind: string]: number } = {};
  for (const { kind, count } of journal
    .prepare<[], { kind: string; count: number }>(
      "SELECT kind, count(*) AS count FROM made WHERE kind <> 'existing' GROUP BY kind",
    )
    .all())
    counts[kind] = count;
  const outcome = journal.prepare<[string], number>('SELECT count(*) FROM note WHERE outcome = ?').pluck();
  const errors = journal
    .prepare<[], { path: string; what: string; message: string }>(
      'SELECT path, what, message FROM failure ORDER BY path LIMIT 1000',
    )
    .all();
  const open =
    journal.prepare<[], number>("SELECT count(*) FROM step WHERE state <> 'done'").pluck().get() ?? 0;
  return {
    roots: journal.roots(),
    counts,
    approximated: outcome.get('approximated') ?? 0,
    lost: outcome.get('lost') ?? 0,
    errors,
    bytesUploaded,
    complete: open === 0,
    journalFile,
  };
}

/** Every pair of original and new id that a restore's journal knows. Ids are given with dashes only where new. */
export function* readIdMap(
  journalFile: string,
): Iterable<{ readonly old: string; readonly fresh: string; readonly kind: IdKind }> {
  const journal = reopenJournal(journalFile);
  try {
    yield* journal.database
      .prepare<[], { old: string; fresh: string; kind: IdKind }>(
        "SELECT old, new AS fresh, kind FROM id WHERE kind NOT IN ('property', 'discussion')",
      )
      .iterate();
  } finally {
    journal.close();
  }
}

/** Everything that came back approximated or not at all, by path. */
export function* readNotes(journalFile: string): Iterable<Note> {
  const journal = reopenJournal(journalFile);
  try {
    yield* journal.database
      .prepare<[], Note>('SELECT id, kind, outcome, reason, path FROM note ORDER BY path, kind, id')
      .iterate();
  } finally {
    journal.close();
  }
}
