/** Prints the result of a backup. */
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../../document/json.ts';
import { leftOutIn } from '../../../document/selection/left-out.ts';
import type { NotionBackupReport } from '../../../operations/backup/backup-notion.ts';
import { leftOutJson, leftOutLine, unmatchedLines } from '../../../operations/documents/left-out.ts';
import { alarmJson } from '../../../operations/look/alarm.ts';
import type { App } from '../../app/app.ts';
import { formatBytes, formatDuration, formatTime, plural } from '../../text/format.ts';

/** Errors listed one by one in the JSON result; `error_count` counts all. */
const maxListedErrors = 1000;

/** The JSON of a backup, and its lines. */
export interface PrintedBackup {
  readonly json: object;
  readonly lines: readonly string[];
}

/** Prints the report and sets the exit code; `more` is added to the JSON and the lines. */
export function printBackup(app: App, report: NotionBackupReport, more: Partial<PrintedBackup> = {}): void {
  const { snapshot, counts, errors, bytesAdded, requests, alarm, manifest, loss, wrongClock } = report;
  const complete = report.complete && alarm === undefined;
  const leftOut = leftOutIn(manifest);
  const unmatched = leftOut === undefined ? [] : unmatchedLines(leftOut);
  app.facts = {
    snapshot: snapshot.id,
    requests,
    bytes_added: bytesAdded,
    content_bytes: snapshot.header?.contentBytes ?? 0,
    errors,
    alarm: alarm !== undefined,
  };
  if (alarm !== undefined) app.warn(`ALARM: ${alarm.text}`);
  app.result(
    {
      snapshot: snapshot.id,
      counts,
      errors: arrayAt(objectAt(manifest, 'errors'), 'list').slice(0, maxListedErrors),
      error_count: errors,
      complete,
      requests,
      ...(leftOut === undefined ? {} : { left_out: leftOutJson(leftOut) }),
      comments: objectAt(manifest, 'comments') ?? null,
      bytes_added: bytesAdded,
      blobs_new: report.blobsNew,
      blobs_reused: report.blobsReused,
      ...(alarm === undefined ? {} : { alarm: alarmJson(alarm) }),
      ...(loss === undefined ? {} : { lost: [...loss.missing, ...loss.unreadable] }),
      ...(wrongClock === undefined ? {} : { wrong_clock: wrongClock }),
      ...more.json,
    },
    [...summaryLines(report), ...(more.lines ?? [])],
  );
  for (const line of unmatched) app.warn(line);
  if (wrongClock !== undefined) app.warn(wrongClock);
  if (loss !== undefined) app.warn(`${loss.error.message} ${loss.error.hint ?? ''}`.trimEnd());
  if (!complete || errors > 0 || loss !== undefined || unmatched.length > 0) app.finishedWith('incomplete');
}

function summaryLines({
  snapshot,
  counts,
  errors,
  bytesAdded,
  requests,
  manifest,
}: NotionBackupReport): string[] {
  const id = snapshot.id.slice(0, 8);
  const { contentBytes = 0, durationMs = 0 } = snapshot.header ?? {};
  return [
    `backup: created signed snapshot ${id} of size ${formatBytes(contentBytes)} in ${formatDuration(durationMs)} (wrote ${formatBytes(bytesAdded)})`,
    `  ${countsLine(counts)}; ${plural(requests, 'request')}`,
    ...(errors > 0
      ? [`  ${plural(errors, 'object')} could not be read: \`notion-kloset info ${id} --errors\``]
      : []),
    ...leftOutLines(manifest),
    ...commentLines(manifest),
    ...refusedLines(manifest),
  ];
}

/** Lines about what is not in the backup by choice. */
function leftOutLines(manifest: JsonObject): string[] {
  const leftOut = leftOutIn(manifest);
  if (leftOut === undefined) return [];
  const { moved } = leftOut;
  return [
    `  ${leftOutLine(leftOut)}`,
    ...(moved === 0
      ? []
      : [`  ${plural(moved, 'object')} of the backup before moved to where this one leaves them out`]),
  ];
}

/** The search for comments on unchanged pages: its extent, and how far back it reaches by now. */
function commentLines(manifest: JsonObject): string[] {
  const comments = objectAt(manifest, 'comments');
  const asked = objectAt(comments, 'asked');
  const [discussed, others] = [Number(asked?.discussed), Number(asked?.recent) + Number(asked?.rolling)];
  const swept = stringAt(comments, 'swept');
  if (!(discussed + others > 0) || swept === undefined) return [];
  return [
    `  unchanged pages: asked for comments at ${plural(discussed, 'place')} with some and ${plural(others, 'other')} (--comment-share ${String(comments?.share_percent)}); all were read since ${formatTime(swept)}`,
  ];
}

/** Content that Notion refused this connection, once for all objects. */
function refusedLines(manifest: JsonObject): string[] {
  const refused = Object.entries(objectAt(objectAt(manifest, 'blind_spots'), 'refused') ?? {});
  return refused.map(
    ([what, why]) =>
      `  ${what}: not in the backup, refused by Notion (${typeof why === 'string' ? why : JSON.stringify(why)})`,
  );
}

function countsLine(counts: NotionBackupReport['counts']): string {
  const shown = ['pages', 'databases', 'rows', 'media', 'comments', 'reused'];
  return shown
    .filter((name) => counts[name] !== undefined)
    .map((name) => `${name} ${counts[name]}`)
    .join(', ');
}
