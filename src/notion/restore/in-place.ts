/**
 * Restores a snapshot over the existing pages: takes objects out of the trash, recreates deleted ones, and changes back
 * those that differ. Ids, and with them links from elsewhere, stay the same. Objects created since are told, and stay
 * unless they are to be pruned.
 */

import type { JsonObject } from '../../document/json.ts';
import type { CompactId } from '../../document/notion-id.ts';
import { KlosetError } from '../../errors.ts';
import type { Monitor } from '../../monitor.ts';
import type { TrashedAncestor } from './in-place/ancestors.ts';
import { untrashAncestors } from './in-place/ancestors.ts';
import { inPlaceRun, isWhole } from './in-place/in-place-run.ts';
import { apiPath, ask } from './in-place/present-state.ts';
import { lookAgain } from './in-place/second-look.ts';
import type { Journal } from './journal/journal.ts';
import { openJournal, reopenJournal } from './journal/journal.ts';
import type { RestoreResult } from './journal/restore-result.ts';
import type { PropertyPair } from './journal/tables/ids.ts';
import type { InPlaceAction, RecordedDifference } from './journal/tables/in-place-facts.ts';
import type { PrepareInPlaceOptions } from './plan/prepare-in-place.ts';
import { prepareInPlace } from './plan/prepare-in-place.ts';
import type { RestoreContext } from './requests/restore-context.ts';
import { runRestore } from './steps/run-restore.ts';

export interface InPlaceOptions extends PrepareInPlaceOptions {
  /** Compact id of the workspace that is restored. */
  readonly workspace: string;
  readonly journalFile: string;
  readonly monitor: Monitor;
}

/** One object that differs from the snapshot, and the action planned for it. */
export interface PlannedChange {
  readonly id: string;
  readonly kind: 'page' | 'database';
  /** Its path in the snapshot. */
  readonly path: string;
  readonly action: 'change' | 'untrash' | 'create';
  readonly differences: readonly RecordedDifference[];
}

/** The plan of a restore in place; `compare` counts objects that still exist, changed or not. */
export interface InPlacePlan {
  readonly counts: { readonly [action in InPlaceAction]: number };
  /** Every object that differs. */
  readonly changes: readonly PlannedChange[];
  /** The ancestors of the restored object that lie in the trash, and come back with it. */
  readonly ancestors: readonly TrashedAncestor[];
  /** Objects made since below restored ones. */
  readonly added: readonly { readonly id: string; readonly kind: string; readonly path: string }[];
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
    const run = inPlaceRun(options);
    return await runRestore(journal, 'restore in place', {
      ...options,
      destination: { type: 'workspace' },
      inPlace: run,
      before: (context) => untrashAncestors(context, ancestorsOf(journal)),
      after: async (context) => {
        await lookAgain(context, run);
        await finish(context, options);
      },
    });
  } finally {
    journal.close();
  }
}

/**
 * Ids of the objects that the restore of this journal wrote to, or created, and of the pages whose lists show such a change;
 * compact.
 */
export function touchedBy(journalFile: string): Set<string> {
  const journal = reopenJournal(journalFile);
  try {
    const touched = new Set<string>();
    for (const object of journal.objects.all()) {
      if (!journal.inPlace.isTouched(object.id) && journal.inPlace.actionFor(object.id) !== 'create')
        continue;
      touched.add(object.id);
      const page = showsInParent(journal, object.id) ? journal.objects.pageAbove(object) : undefined;
      if (page !== undefined) touched.add(page);
    }
    return touched;
  } finally {
    journal.close();
  }
}

/** The properties that stand for those of the snapshot after the restore of this journal. */
export function propertiesOf(journalFile: string): PropertyPair[] {
  const journal = reopenJournal(journalFile);
  try {
    return journal.ids.properties();
  } finally {
    journal.close();
  }
}

/** True when a page's list of blocks tells the object's presence or title otherwise now. */
function showsInParent({ inPlace }: Journal, id: CompactId): boolean {
  const shown = ['in the trash', 'moved', 'title'];
  return (
    inPlace.actionFor(id) !== 'compare' || inPlace.differencesOf(id).some(({ what }) => shown.includes(what))
  );
}

function identityOf({ snapshot, present, workspace, path, part, pruneAdded }: InPlaceOptions): JsonObject {
  const { block, properties } = part;
  return {
    snapshot: snapshot.id,
    present: present.id,
    workspace,
    path,
    inPlace: true,
    ...(pruneAdded ? { pruneAdded } : {}),
    ...(block === undefined ? {} : { block }),
    ...(properties === undefined ? {} : { properties: [...properties] }),
  };
}

function ancestorsOf(journal: Journal): readonly TrashedAncestor[] {
  const list: unknown = JSON.parse(journal.inPlace.ancestors());
  return Array.isArray(list) ? list : [];
}

function planOf(journal: Journal): InPlacePlan {
  const counts = { compare: 0, untrash: 0, create: 0 };
  const changes: PlannedChange[] = [];
  for (const { id, kind, path } of journal.objects.all()) {
    const action = journal.inPlace.actionFor(id);
    const differences = journal.inPlace.differencesOf(id);
    counts[action] += 1;
    if (action !== 'compare') changes.push({ id, kind, path, action, differences });
    else if (differences.length > 0) changes.push({ id, kind, path, action: 'change', differences });
  }
  const added = journal.inPlace.added().map(({ id, kind, path }) => ({ id, kind, path }));
  return { counts, changes, ancestors: ancestorsOf(journal), added };
}

/** Moves to the trash what was added, where that is wanted, and checks that nothing named is left in the trash. */
async function finish(context: RestoreContext, { pruneAdded, part }: InPlaceOptions): Promise<void> {
  const { journal, api, writer } = context;
  if (pruneAdded && isWhole(part))
    for (const { id, kind } of journal.inPlace.added()) {
      const path = apiPath({ kind, id });
      if ((await ask(api, path))?.in_trash === true) continue;
      await writer.write({
        key: `prune ${id}`,
        request: () => ({ method: 'patch', path, body: { in_trash: true }, effect: 'write' }),
        keep: () => ({}),
      });
    }
  for (const { id, kind, path } of journal.objects.all()) {
    if (journal.inPlace.actionFor(id) !== 'untrash' || part.properties !== undefined) continue;
    if (part.block !== undefined && journal.objects.get(id)?.parent !== null) continue;
    const now = await ask(api, apiPath({ kind, id }));
    if (now !== undefined && now.in_trash !== true) continue;
    const error = new KlosetError('incomplete', `The ${kind} is still in the trash.`);
    journal.queue.addFailure({ path, what: kind, message: error.message });
    context.monitor.report({ type: 'warning', path, message: error.message });
  }
}
