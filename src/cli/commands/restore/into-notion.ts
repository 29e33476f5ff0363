/** `restore` into Notion, its dry run and its undo. */
import { KlosetError } from '../../../errors.ts';
import type { Destination } from '../../../notion/restore/requests/restore-context.ts';
import { openPlace } from '../../../operations/look/open-place.ts';
import {
  planNotionRestore,
  restoreIntoNotion,
  undoNotionRestore,
} from '../../../operations/restore/restore-into-notion.ts';
import { findJournal, journalName } from '../../../operations/restore/restore-journals.ts';
import type { App } from '../../app/app.ts';
import type { Connector } from '../../session/connectors.ts';
import { jobOf } from '../../session/job.ts';
import { connectorOf, idOf, withNotion } from '../../session/notion-session.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { plural } from '../../text/format.ts';
import { planLines } from './print-plan.ts';
import { printRestore } from './print-restore.ts';
import type { RestoreFlags } from './restore-flags.ts';
import { verifyMode } from './restore-flags.ts';

/** True when the flags name a place in Notion rather than a folder. */
export function isNotionTarget({ to, rootId, workspaceRoot }: RestoreFlags): boolean {
  return rootId !== undefined || workspaceRoot === true || (to !== undefined && /^@|^notion:/.test(to));
}

/** Writes the place `word` means into Notion and compares the copy with the snapshot. */
export async function runNotionRestore(app: App, word: string, flags: RestoreFlags): Promise<void> {
  const verify = verifyMode(flags);
  await withReadableStore(app, async (store) => {
    const place = await openPlace(store, word);
    const target = targetOf(app, flags);
    await withNotion(app, target.connector, async (api) => {
      const { destination, markers, comments } = target;
      const options = { api, place, destination, markers, comments, verify };
      const report = await restoreIntoNotion(jobOf(app), options);
      printRestore(app, place, report, `--undo ${journalName(report.result.journalFile)}`);
    });
  });
}

/** Prints the plan of a restore into Notion; nothing is written. */
export async function runNotionPlan(app: App, word: string, flags: RestoreFlags): Promise<void> {
  await withReadableStore(app, async (store) => {
    const place = await openPlace(store, word);
    const { connector, ...target } = targetOf(app, flags);
    await withNotion(app, connector, async (api) => {
      const plan = await planNotionRestore(jobOf(app), { api, place, ...target });
      app.result(plan, planLines(plan));
    });
  });
}

/** Moves to the trash what a restore created; `name` is that of a journal, or undefined for the newest. */
export async function runUndo(app: App, name: string | undefined, { to }: RestoreFlags): Promise<void> {
  const journal = findJournal(jobOf(app), name);
  await withNotion(app, connectorOf(app, 'destination', to), async (api) => {
    const { journalFile, trashed, errors } = await undoNotionRestore(jobOf(app), { api, journal });
    app.result({ journal: journalFile, trashed, errors }, [
      `restore: undone; moved ${plural(trashed, 'object')} to the trash`,
      ...errors.map(({ id, message }) => `  ✘ ${id}: ${message}`),
    ]);
    if (errors.length > 0) app.finishedWith('incomplete');
  });
}

function targetOf(app: App, flags: RestoreFlags) {
  const connector = connectorOf(app, 'destination', flags.to);
  const destination = destinationOf(flags, connector);
  return { connector, destination, markers: flags.markers === true, comments: flags.comments };
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
