/** Prints a report of copied snapshots. */
import type { Healed, SyncReport } from '../../../store/replicas/sync-options.ts';
import type { App } from '../../app/app.ts';
import { formatBytes, plural } from '../../text/format.ts';
import { healLines } from '../../text/heal-lines.ts';

/** `what` names the copy; a snapshot that could not be copied makes the run incomplete, damage that stays makes it fail. */
export function printSync(app: App, report: SyncReport, what: string): void {
  const from = new Map((report.resealed ?? []).map((each) => [each.id, each.from]));
  const healed = report.healed ?? [];
  app.result(report, [
    ...healed.flatMap((side) => healedLines(side)),
    `${what}: copied ${plural(report.copied.length, 'snapshot')}, ${plural(report.blobsCopied, 'blob')}, ${formatBytes(report.bytesCopied)}`,
    ...report.copied.map((id) => `  ${id.slice(0, 8)}${originText(from.get(id))}`),
    ...report.failed.map(({ id, problem }) => `  ✘ ${id.slice(0, 8)}: ${problem}`),
  ]);
  if (healed.some(({ remaining, losses }) => remaining.length + losses.length > 0))
    app.finishedWith('integrity');
  if (report.failed.length > 0) app.finishedWith('incomplete');
}

function originText(id: string | undefined): string {
  return id === undefined ? '' : `, sealed again from ${id.slice(0, 8)}`;
}

/** Nothing is said of a side on which there was nothing to heal. */
function healedLines({ location, ...report }: Healed): string[] {
  const { objects, blobs, dropped, remaining, losses } = report;
  if (objects.length + blobs + dropped.length + remaining.length + losses.length === 0) return [];
  return [`healed ${location}:`, ...healLines(report, true).map((line) => `  ${line}`)];
}
