/** The result of a restore, read from its journal. */

import type { NotInSnapshot } from '../../../document/gaps.ts';
import type { Journal } from './journal.ts';
import { reopenJournal } from './journal.ts';
import type { IdPair } from './tables/ids.ts';
import type { Note } from './tables/notes.ts';
import type { Failure } from './tables/steps/step-queue.ts';

export interface RestoreResult {
  /** Objects that lie directly in the destination now. */
  readonly roots: readonly { readonly id: string; readonly kind: string }[];
  /** Numbers of created objects, by kind: pages, databases, blocks … */
  readonly counts: { readonly [kind: string]: number };
  /** Numbers of things that came back approximated or not at all; `readNotes` lists them. */
  readonly approximated: number;
  readonly lost: number;
  /** Failures, with paths in the snapshot. */
  readonly errors: readonly Failure[];
  /** Things that are missing since Notion refused them; everything else went on. */
  readonly refused: readonly Note[];
  /** Parts of what was restored that the snapshot does not have. */
  readonly not_in_snapshot: readonly NotInSnapshot[];
  readonly bytesUploaded: number;
  /** True when something failed because it is damaged in the store. */
  readonly damaged: boolean;
  /** True when every step succeeded. */
  readonly complete: boolean;
  readonly journalFile: string;
}

/** Reads the result of the restore whose journal is open. */
export function resultOf(journal: Journal, journalFile: string, bytesUploaded: number): RestoreResult {
  return {
    roots: journal.ids.roots(),
    counts: journal.ids.createdCounts(),
    approximated: journal.notes.count('approximated'),
    lost: journal.notes.count('lost'),
    errors: journal.queue.failures(),
    refused: journal.notes.refused(),
    not_in_snapshot: journal.gaps.all(),
    bytesUploaded,
    damaged: journal.meta('damaged') === 'yes',
    complete: journal.queue.isComplete(),
    journalFile,
  };
}

/** Every pair of original and copy that a restore's journal knows. Ids have dashes only where new. */
export function* readIdMap(journalFile: string): Iterable<IdPair> {
  const journal = reopenJournal(journalFile);
  try {
    yield* journal.ids.pairs();
  } finally {
    journal.close();
  }
}

/** The people of the snapshot whom a restore looked for, with their ids in the target; null for those who are not there. */
export function readPeople(journalFile: string): ReadonlyMap<string, string | null> {
  const journal = reopenJournal(journalFile);
  try {
    return new Map(journal.target.people().map(({ old, fresh }) => [old, fresh]));
  } finally {
    journal.close();
  }
}

/** Things outside the restore that its texts and values refer to, by compact id. */
export interface Outside {
  /** Pages and databases that are there. */
  readonly objects: ReadonlySet<string>;
  /** Custom emoji that are not. */
  readonly absentEmoji: ReadonlySet<string>;
}

/** Things that a restore looked for since its texts and values refer to them, and did not create. */
export function readOutside(journalFile: string): Outside {
  const journal = reopenJournal(journalFile);
  try {
    const { target } = journal;
    return {
      objects: new Set(target.presentObjects()),
      absentEmoji: new Set(target.absentEmoji()),
    };
  } finally {
    journal.close();
  }
}

/** Number of writes that a restore's journal knows, of all its runs. */
export function countWrites(journalFile: string): number {
  const journal = reopenJournal(journalFile);
  try {
    return journal.writes.count();
  } finally {
    journal.close();
  }
}

/** Everything that came back approximated or not at all, by path. */
export function* readNotes(journalFile: string): Iterable<Note> {
  const journal = reopenJournal(journalFile);
  try {
    yield* journal.notes.all();
  } finally {
    journal.close();
  }
}
