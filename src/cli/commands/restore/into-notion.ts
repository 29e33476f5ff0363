/** `restore` into Notion, its dry run and its undo. */
import { parseNotionId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import type { NotionConnection } from '../../../notion/api/client.ts';
import type { Destination } from '../../../notion/restore/requests/restore-context.ts';
import { readWorkspace } from '../../../operations/backup/notion-source.ts';
import { idDigits } from '../../../operations/look/locate.ts';
import type { Place } from '../../../operations/look/open-place.ts';
import { openPlace } from '../../../operations/look/open-place.ts';
import {
  planNotionRestore,
  restoreIntoNotion,
  undoNotionRestore,
} from '../../../operations/restore/restore-into-notion.ts';
import type { JournalFilter, JournalSummary } from '../../../operations/restore/restore-journals.ts';
import { findJournal, journalName, summaryOf } from '../../../operations/restore/restore-journals.ts';
import type { Store } from '../../../store/open-store.ts';
import type { App } from '../../app/app.ts';
import { confirm } from '../../session/confirm.ts';
import { jobOf } from '../../session/job.ts';
import { connectorOf, idOf, withNotion } from '../../session/notion-session.ts';
import type { Connector } from '../../session/settings/connectors.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { plural } from '../../text/format.ts';
import { planLines } from './print-plan.ts';
import { gapLines, printRestore } from './print-restore.ts';
import type { RestoreFlags } from './restore-flags.ts';
import { verifyMode } from './restore-flags.ts';
import { restoredPlace, rootIdOf } from './restored-place.ts';

/** True when the flags name a place in Notion rather than a folder. */
export function isNotionTarget({ to, rootId, workspaceRoot }: RestoreFlags): boolean {
  return rootId !== undefined || workspaceRoot === true || (to !== undefined && /^@|^notion:/.test(to));
}

/** Writes the place `word` means into Notion and compares the copy with the snapshot. */
export async function runNotionRestore(app: App, word: string, flags: RestoreFlags): Promise<void> {
  const verify = verifyMode(flags);
  await withReadableStore(app, async (store) => {
    const place = await restoredPlace(app, store, word, flags);
    const target = await targetOf(app, flags, place);
    await withNotion(app, target.connector, async (api) => {
      const { destination, markers, comments } = target;
      const options = { api, place, destination, markers, comments, verify };
      const report = await restoreIntoNotion(jobOf(app), options);
      const { journalFile } = report.result;
      const created = summaryOf(journalFile).roots;
      printRestore(app, place, report, `--undo ${journalName(journalFile)}`, { created });
    });
  });
}

/** Prints the plan of a restore into Notion; nothing is written. */
export async function runNotionPlan(app: App, word: string, flags: RestoreFlags): Promise<void> {
  const verify = verifyMode(flags);
  await withReadableStore(app, async (store) => {
    const place = await restoredPlace(app, store, word, flags);
    const { connector, ...target } = await targetOf(app, flags, place);
    await withNotion(app, connector, async (api) => {
      const plan = await planNotionRestore(jobOf(app), { api, place, verify, ...target });
      app.result(plan, [...planLines(plan), ...gapLines(plan.not_in_snapshot)]);
      if (plan.not_in_snapshot.length > 0) app.finishedWith('incomplete');
    });
  });
}

/**
 * Moves to the trash what a restore created, after a question; `name` is that of a journal, or undefined for the newest
 * restore from this store to the destination of the flags.
 */
export async function runUndo(app: App, name: string | undefined, flags: RestoreFlags): Promise<void> {
  const connector = connectorOf(app, 'destination', flags.to);
  await withNotion(app, connector, async (api) => {
    const journal = findJournal(jobOf(app), name, await filterOf(app, api, flags));
    const summary = summaryOf(journal);
    if (summary.isInPlace) throw wayBackOf(journal, summary);
    for (const line of undoLines(summary)) app.line(line);
    await confirm(app, flags, `Undoing the restore ${journalName(journal)} of ${undoneWords(summary)}`);
    const { journalFile, trashed, errors } = await undoNotionRestore(jobOf(app), { api, journal });
    app.result(
      { journal: journalFile, snapshot: summary.snapshot, objects: summary.roots, trashed, errors },
      [
        `restore: ${errors.length === 0 ? 'undone' : 'not undone in full'}; moved ${plural(trashed, 'object')} to the trash`,
        ...errors.map(({ id, message }) => `  ✘ ${id}: ${message}`),
      ],
    );
    if (errors.length > 0) app.finishedWith('incomplete');
  });
}

/** Restores from the store at hand, to the page and the workspace of the flags. */
async function filterOf(app: App, api: NotionConnection, flags: RestoreFlags): Promise<JournalFilter> {
  const { ours, destination } = await withReadableStore(app, async (store) => ({
    ours: new Set((await store.listSnapshots()).map(({ id }) => String(id))),
    destination: flags.rootId === undefined ? undefined : await destinationId(app, store, flags.rootId),
  }));
  return {
    isOurs: (snapshot) => ours.has(snapshot),
    workspace: (await readWorkspace(api)).id,
    ...(destination === undefined ? {} : { destination }),
  };
}

/** A whole id needs no snapshot; its last digits are looked up in the latest. */
async function destinationId(app: App, store: Store, text: string): Promise<string> {
  const word = text.trim();
  if (parseNotionId(word) !== undefined || idDigits(word) === undefined) return idOf(text, '--root-id');
  return await rootIdOf(text, (await openPlace(store, 'latest', { clock: app.io.clock })).snapshot);
}

/** A restore in place is undone by restoring the state before it, not by moving things to the trash. */
function wayBackOf(journal: string, { snapshot, path, before }: JournalSummary): KlosetError {
  const what = `${journalName(journal)} is a restore in place, of ${snapshot.slice(0, 8)}:${path}. Nothing was changed.`;
  return new KlosetError('usage', what, {
    hint: `Restore the state before it: \`restore --in-place ${before.slice(0, 8)}\`. For an older restore name its journal.`,
  });
}

function undoLines({ snapshot, path, destination, roots }: JournalSummary): string[] {
  return [
    `Undo: the restore of ${snapshot.slice(0, 8)}:${path} to ${destination} created`,
    ...roots.map((root) => `  ${root.kind} ${root.path} (${root.id})`),
  ];
}

function undoneWords({ snapshot, path, roots }: JournalSummary): string {
  const names = roots.slice(0, 3).map((root) => root.path);
  return `${snapshot.slice(0, 8)}:${path} moves ${names.join(', ') || 'what it created'} to the trash`;
}

async function targetOf(app: App, flags: RestoreFlags, { snapshot }: Place) {
  const connector = connectorOf(app, 'destination', flags.to);
  const rootId = flags.rootId === undefined ? undefined : await rootIdOf(flags.rootId, snapshot);
  const destination = destinationOf({ ...flags, ...(rootId === undefined ? {} : { rootId }) }, connector);
  return { connector, destination, markers: flags.markers === true, comments: flags.comments !== false };
}

/** @throws KlosetError `usage` when no destination is given, or two */
function destinationOf(flags: RestoreFlags, connector: Connector): Destination {
  const root = flags.rootId ?? connector.rootID;
  if (flags.workspaceRoot === true) {
    if (flags.rootId === undefined) return { type: 'workspace' };
    throw new KlosetError('usage', '--root-id and --workspace-root exclude each other.');
  }
  if (root !== undefined)
    return { type: 'page', id: idOf(root, flags.rootId === undefined ? 'rootID' : '--root-id') };
  throw new KlosetError('usage', 'No restore destination given.', {
    hint: 'Give --root-id ID, or set it: `notion-kloset destination set NAME rootID=ID`.',
  });
}
