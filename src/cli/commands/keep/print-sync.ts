/** Prints a report of copied snapshots. */
import type { SyncReport } from '../../../store/replicas/sync-options.ts';
import type { App } from '../../app/app.ts';
import { formatBytes, plural } from '../../text/format.ts';

/** `what` names the copy; a snapshot that could not be copied makes the run incomplete. */
export function printSync(app: App, report: SyncReport, what: string): void {
  app.result(report, [
    `${what}: copied ${plural(report.copied.length, 'snapshot')}, ${plural(report.blobsCopied, 'blob')}, ${formatBytes(report.bytesCopied)}`,
    ...report.copied.map((id) => `  ${id.slice(0, 8)}`),
    ...report.failed.map(({ id, problem }) => `  ✘ ${id.slice(0, 8)}: ${problem}`),
  ]);
  if (report.failed.length > 0) app.finishedWith('incomplete');
}
