/** `restore` into Notion: plan, write under a journal, verify, undo. */

import type { App } from '../../cli/app/app.ts';
import type { Connector } from '../../cli/session/connectors.ts';
import { connectorOf, idOf, withNotion } from '../../cli/session/notion-session.ts';
import { formatBytes, plural } from '../../cli/text/format.ts';
import { KlosetError } from '../../errors.ts';
import type { NotionConnection } from '../../notion/api/client.ts';
import type { RestoreResult } from '../../notion/restore/journal/restore-result.ts';
import type { Destination } from '../../notion/restore/requests/restore-context.ts';
import { restoreToNotion } from '../../notion/restore/restore.ts';
import { undoRestore } from '../../notion/restore/undo.ts';
import type { Place } from '../look/open-place.ts';
import type { Comparison, PlacedFinding } from '../verify/compare.ts';
import { verifyRestore } from '../verify/verify-restore.ts';
import { findJournal, journalFor } from './restore-journals.ts';

export interface NotionRestoreFlags {
  readonly to?: string;
  readonly rootId?: string;
  readonly workspaceRoot?: boolean;
  readonly markers?: boolean;
  readonly comments: boolean;
  readonly verify: boolean;
  readonly dryRun?: boolean;
  readonly inPlace?: boolean;
  readonly yes?: boolean;
}

/** Findings printed one by one; the JSON has them all. */
const mostPrinted = 50;

/** True when the flags name a place in Notion rather than a folder. */
export function isNotionTarget({ to, rootId, workspaceRoot }: NotionRestoreFlags): boolean {
  return rootId !== undefined || workspaceRoot === true || (to !== undefined && /^@|^notion:/.test(to));
}

/** Writes what lies at `place` into Notion and compares the copy with the snapshot. */
export async function restoreIntoNotion(app: App, place: Place, flags: NotionRestoreFlags): Promise<void> {
  const connector = connectorOf(app, 'destination', flags.to);
  const destination = destinationOf(flags, connector);
  await withNotion(app, connector, async (api) => {
    const result = await write(app, api, place, destination, flags);
    const comparison = flags.verify
      ? await verifyRestore(app, api, { ...placeOf(place), result, comments: flags.comments })
      : undefined;
    const wayBack = `--undo ${journalName(result.journalFile)}`;
    printRestore(app, place, { result, comparison, requests: api.requestsSpent, wayBack });
  });
}

/** @throws KlosetError `usage` when the place to write to is not named, or is named twice */
export function destinationOf(flags: NotionRestoreFlags, connector: Connector): Destination {
  const root = flags.rootId ?? connector.rootID;
  if (flags.workspaceRoot === true) {
    if (flags.rootId === undefined) return { type: 'workspace' };
    throw new KlosetError('usage', '--root-id and --workspace-root exclude each other.');
  }
  if (root !== undefined)
    return { type: 'page', id: idOf(root, flags.rootId === undefined ? 'rootID' : '--root-id') };
  throw new KlosetError('usage', 'Where in Notion? No page to restore under is named.', {
    hint: 'Give --root-id ID, or set it: `notion-kloset destination set NAME rootID=ID`.',
  });
}

function placeOf({ snapshot, entry }: Place) {
  return { snapshot, path: entry.path };
}

function write(
  app: App,
  api: NotionConnection,
  place: Place,
  destination: Destination,
  flags: NotionRestoreFlags,
): Promise<RestoreResult> {
  const { snapshot, path } = placeOf(place);
  const settings = { path, destination, markers: flags.markers === true, comments: flags.comments };
  return restoreToNotion({
    ...settings,
    api,
    snapshot,
    journalFile: journalFor(app, { ...settings, snapshot: snapshot.id }),
    monitor: app.progress,
    signal: app.io.signal,
  });
}

export interface RestoreReport {
  readonly result: RestoreResult;
  readonly comparison: Comparison | undefined;
  readonly requests: number;
  /** Options of the restore that takes this one back. */
  readonly wayBack: string;
}

/** What was written, and how it compares; exit code 3 when something failed or was lost. */
export function printRestore(app: App, { snapshot, entry }: Place, report: RestoreReport): void {
  const { result, comparison, requests, wayBack } = report;
  const what = `${snapshot.id.slice(0, 8)}:${entry.path}`;
  const failed = result.errors.length > 0 || !result.complete;
  const lost = comparison?.findings.filter(({ verdict }) => verdict === 'lost') ?? [];
  const lines = [
    `restore: restoration of ${what} ${failed ? 'is incomplete' : 'completed successfully'} (${plural(requests, 'request')}, ${formatBytes(result.bytesUploaded)} uploaded)`,
    ...result.roots.map(({ id, kind }) => `  ${kind} ${id}`),
    ...result.errors
      .slice(0, mostPrinted)
      .map(({ path, what: part, message }) => `  ✘ ${path}: ${part}: ${message}`),
    ...(comparison === undefined ? [] : comparisonLines(comparison)),
    `  undo it with \`notion-kloset restore ${wayBack}\``,
  ];
  app.result(
    {
      snapshot: snapshot.id,
      path: entry.path,
      ...result,
      requests,
      ...(comparison === undefined ? {} : { comparison }),
    },
    lines,
  );
  if (failed || lost.length > 0) app.finishedWith('incomplete');
}

function journalName(file: string): string {
  return file.replace(/^.*[\\/]/, '').replace(/\.sqlite$/, '');
}

/** The comparison point by point: counts first, then what is not exact. */
export function comparisonLines({ objects, counts, findings }: Comparison): string[] {
  const differing = findings.filter(({ verdict }) => verdict !== 'impossible');
  const equal = counts.approximated + counts.lost + counts.extra === 0;
  return [
    `compare: ${plural(objects, 'object')} read back; ${counts.exact} points exact, ${counts.approximated} approximated, ${counts.lost} lost, ${counts.extra} extra, ${counts.impossible} that no request can write`,
    equal
      ? '  the copy equals the original in all that the API can write'
      : '  the copy differs from the original:',
    ...differing.slice(0, mostPrinted).map(findingLine),
    ...(differing.length > mostPrinted
      ? [`  … and ${differing.length - mostPrinted} more (see --json)`]
      : []),
  ];
}

function findingLine({ verdict, what, path, at }: PlacedFinding): string {
  return `  ${verdict}: ${what} at ${path}${at === '' ? '' : ` ${at}`}`;
}

/** Trashes what a restore made, and nothing else. `name` is a journal's, or empty for the newest. */
export async function undoNotionRestore(
  app: App,
  name: string | undefined,
  flags: NotionRestoreFlags,
): Promise<void> {
  const journalFile = findJournal(app, name);
  await withNotion(app, connectorOf(app, 'destination', flags.to), async (api) => {
    const { trashed, errors } = await undoRestore({ api, journalFile, monitor: app.progress });
    app.result({ journal: journalFile, trashed, errors }, [
      `restore: undone; ${plural(trashed, 'object')} moved to the trash`,
      ...errors.map(({ id, message }) => `  ✘ ${id}: ${message}`),
    ]);
    if (errors.length > 0) app.finishedWith('incomplete');
  });
}
