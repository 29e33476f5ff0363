/** Prints the result of a restore into Notion and how the copy compares with the snapshot. */
import type { Place } from '../../../operations/look/open-place.ts';
import type { NotionRestoreReport } from '../../../operations/restore/restore-into-notion.ts';
import type { Comparison, PlacedFinding } from '../../../operations/verify/compare.ts';
import type { App } from '../../app/app.ts';
import { formatBytes, plural } from '../../text/format.ts';

/** Findings, changes or errors printed one by one; the JSON has them all. */
export const maxPrinted = 50;

/** Anything failed or lost makes the exit code 3. `undo` is the options of the restore that takes this one back. */
export function printRestore(app: App, place: Place, report: NotionRestoreReport, undo: string): void {
  const { result, comparison, requests } = report;
  const { snapshot, entry } = place;
  const isIncomplete = result.errors.length > 0 || !result.complete;
  const isLossy = comparison !== undefined && comparison.counts.lost + comparison.counts.unknown > 0;
  app.result(
    {
      snapshot: snapshot.id,
      path: entry.path,
      ...result,
      requests,
      ...(comparison === undefined ? {} : { comparison }),
    },
    [
      `restore: restoration of ${snapshot.id.slice(0, 8)}:${entry.path} ${isIncomplete ? 'is incomplete' : 'completed successfully'} (${plural(requests, 'request')}, ${formatBytes(result.bytesUploaded)} uploaded)`,
      ...result.roots.map(({ id, kind }) => `  ${kind} ${id}`),
      ...result.errors
        .slice(0, maxPrinted)
        .map(({ path, what, message }) => `  ✘ ${path}: ${what}: ${message}`),
      ...(comparison === undefined ? [] : comparisonLines(comparison)),
      `  undo it with \`notion-kloset restore ${undo}\``,
    ],
  );
  if (isIncomplete || isLossy) app.finishedWith('incomplete');
}

/** The comparison point by point: counts first, then what is not exact. */
function comparisonLines({ objects, counts, findings }: Comparison): string[] {
  const differing = findings.filter(({ verdict }) => verdict !== 'impossible');
  const isEqual = counts.approximated + counts.lost + counts.extra + counts.unknown === 0;
  return [
    `compare: ${plural(objects, 'object')} read back; ${counts.exact} points exact, ${counts.approximated} approximated, ${counts.lost} lost, ${counts.extra} extra, ${counts.impossible} not restorable through the API${counts.unknown === 0 ? '' : `, ${counts.unknown} unknown (not in the snapshot, or not read back)`}`,
    isEqual
      ? '  the copy equals the original in all that the API can write'
      : '  the copy differs from the original:',
    ...differing.slice(0, maxPrinted).map(findingLine),
    ...(differing.length > maxPrinted ? [`  … and ${differing.length - maxPrinted} more (see --json)`] : []),
  ];
}

function findingLine({ verdict, what, path, at, reason }: PlacedFinding): string {
  return `  ${verdict}: ${what} at ${path}${at === '' ? '' : ` ${at}`}${reason === undefined ? '' : `: ${reason}`}`;
}
