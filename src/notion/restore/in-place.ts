/**
 * Restores a snapshot over the existing pages: takes objects out of the trash, recreates deleted ones, and changes back
 * those that differ. Ids, and with them links from elsewhere, stay the same. Objects created since are not touched.
 */

import type { JsonObject } from '../../document/json.ts';
import type { Monitor } from '../../monitor.ts';
import type { Journal } from './journal/journal.ts';
import { openJournal } from './journal/journal.ts';
import type { RestoreResult } from './journal/restore-result.ts';
import type { InPlaceAction } from './journal/tables/in-place-facts.ts';
import type { PrepareInPlaceOptions } from './plan/prepare-in-place.ts';
import { prepareInPlace } from './plan/prepare-in-place.ts';
import { runRestore } from './steps/run-restore.ts';

export interface InPlaceOptions extends PrepareInPlaceOptions {
  readonly journalFile: string;
  readonly monitor: Monitor;
}

/** The plan of a restore in place; `compare` counts objects that still exist, changed or not. */
export interface InPlacePlan {
  readonly counts: { readonly [action in InPlaceAction]: number };
  /** Objects to be taken out of the trash or recreated, with their paths in the snapshot. */
  readonly changes: readonly { readonly path: string; readonly action: InPlaceAction }[];
}

/** Plans a restore in place: reads the state of each object, writes nothing to Notion. */
export async function planInPlace(options: InPlaceOptions): Promise<InPlacePlan> {
  const journal = openJournal(options.journalFile, identityOf(options));
  try {
    await prepareInPlace(options, journal);
    return planOf(journal);
  } finally {
    journal.close();
  }
}

/** Carries out a restore in place. Repeated with the same journal, it resumes where it stopped. */
export async function restoreInPlace(options: InPlaceOptions): Promise<RestoreResult> {
  const journal = openJournal(options.journalFile, identityOf(options));
  try {
    await prepareInPlace(options, journal);
    return await runRestore(journal, 'restore in place', { ...options, destination: { type: 'workspace' } });
  } finally {
    journal.close();
  }
}

function identityOf({ snapshot, present, path }: InPlaceOptions): JsonObject {
  return { snapshot: snapshot.id, present: present.id, path, inPlace: true };
}

function planOf(journal: Journal): InPlacePlan {
  const counts = { compare: 0, untrash: 0, create: 0 };
  const changes: { path: string; action: InPlaceAction }[] = [];
  for (const { id, path } of journal.objects.all()) {
    const action = journal.inPlace.actionFor(id);
    counts[action] += 1;
    if (action !== 'compare') changes.push({ path, action });
  }
  return { counts, changes };
}
