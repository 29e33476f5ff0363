/** Prints the result of a restore into Notion and how the copy compares with the snapshot. */

import type { NotInSnapshot } from '../../../document/gaps.ts';
import { compactId } from '../../../document/notion-id.ts';
import { Verbatim } from '../../../document/snake-case.ts';
import type { Place } from '../../../operations/look/open-place.ts';
import type { NotionRestoreReport } from '../../../operations/restore/restore-into-notion.ts';
import type { Comparison, PlacedFinding } from '../../../operations/verify/compare.ts';
import type { App } from '../../app/app.ts';
import { formatBytes, plural } from '../../text/format.ts';

/** Findings, changes or errors printed one by one; the JSON has them all. */
export const maxPrinted = 50;

/** Peculiarities of a restore in place. */
export interface PrintOptions {
  /** The originals have to be exact again: one that is approximated, or has more than it had, is a failure. */
  readonly isInPlace?: boolean;
  /** Further members of the JSON. */
  readonly more?: object;
  readonly lines?: readonly string[];
  /** The created objects with the paths that they have in the snapshot. */
  readonly created?: readonly { readonly id: string; readonly path: string }[];
}

/** Anything failed, refused, lost or unknown makes the exit code 3, and what is damaged in the store 65. `undo` is the options of the restore that takes this one back. */
export function printRestore(
  app: App,
  place: Place,
  report: NotionRestoreReport,
  undo: string,
  { isInPlace = false, more = {}, lines = [], created = [] }: PrintOptions = {},
): void {
  const { result, comparison, requests, not_in_snapshot } = report;
  const { snapshot, entry } = place;
  const missing = result.errors.length + result.refused.length + not_in_snapshot.length;
  const isIncomplete = missing > 0 || !result.complete;
  const isLossy =
    comparison !== undefined &&
    (comparison.counts.lost + comparison.counts.unknown > 0 ||
      (isInPlace && comparison.counts.approximated + comparison.counts.extra > 0));
  app.result(
    {
      snapshot: snapshot.id,
      path: entry.path,
      ...result,
      requests,
      not_in_snapshot,
      ...more,
      ...(comparison === undefined ? {} : { comparison: new Verbatim(comparison) }),
    },
    [
      `restore: restoration of ${snapshot.id.slice(0, 8)}:${entry.path} ${outcomeOf(isIncomplete, isLossy, comparison !== undefined)} (${plural(requests, 'request')}, ${formatBytes(result.bytesUploaded)} uploaded)`,
      ...result.roots.map(({ id, kind }) => `  ${kind} ${titleOf(created, id)}${id}`),
      ...result.errors
        .slice(0, maxPrinted)
        .map(({ path, what, message }) => `  ✘ ${path}: ${what}: ${message}`),
      ...result.refused
        .slice(0, maxPrinted)
        .map(({ path, kind, reason }) => `  ✘ ${path}: ${kind}: ${reason}`),
      ...gapLines(not_in_snapshot),
      ...lines.slice(0, maxPrinted),
      ...(comparison === undefined ? [] : comparisonLines(comparison, not_in_snapshot)),
      `  undo it with \`notion-kloset restore ${undo}\``,
    ],
  );
  if (result.damaged) app.finishedWith('integrity');
  else if (isIncomplete || isLossy) app.finishedWith('incomplete');
}

/** `"Home" `, or nothing where the title is not known. */
function titleOf(created: NonNullable<PrintOptions['created']>, id: string): string {
  const path = created.find((each) => compactId(each.id) === compactId(id))?.path ?? '';
  const title = path.slice(path.lastIndexOf('/') + 1).replace(/~[0-9a-f]+$/, '');
  return title === '' ? '' : `${JSON.stringify(title)} `;
}

function outcomeOf(isIncomplete: boolean, isLossy: boolean, isCompared: boolean): string {
  if (isIncomplete) return 'is incomplete';
  if (!isCompared) return 'was written and not read back: the copy is not verified';
  return isLossy ? 'differs from the snapshot' : 'completed successfully';
}

/** One line for each part that the snapshot does not hold. */
export function gapLines(gaps: readonly NotInSnapshot[]): string[] {
  return [
    ...gaps
      .slice(0, maxPrinted)
      .map(({ path, what, id, reason }) => `  not in the snapshot: ${what} ${id} of ${path}: ${reason}`),
    ...(gaps.length > maxPrinted ? [`  … and ${gaps.length - maxPrinted} more (see --json)`] : []),
  ];
}

/** The comparison point by point: counts first, then what is not exact. */
function comparisonLines(
  { objects, counts, findings, unread_lists: unread = 0 }: Comparison,
  gaps: readonly NotInSnapshot[],
): string[] {
  const differing = findings.filter(({ verdict }) => verdict !== 'impossible');
  const isEqual = counts.approximated + counts.lost + counts.extra + counts.unknown + gaps.length === 0;
  return [
    `compare: ${plural(objects, 'object')} read back; ${counts.exact} points exact, ${counts.approximated} approximated, ${counts.lost} lost, ${counts.extra} extra, ${counts.impossible} not restorable through the API${counts.unknown === 0 ? '' : `, ${counts.unknown} unknown (not in the snapshot, or not read back)`}`,
    isEqual
      ? `  the copy equals the original in all that ${unread === 0 ? 'the API can write' : 'was read back'}`
      : '  the copy differs from the original:',
    ...(unread === 0
      ? []
      : [
          `  not read back: ${plural(unread, 'list')} of blocks inside blocks, of which it is known only that they are there; --verify full reads all`,
        ]),
    ...differing.slice(0, maxPrinted).map(findingLine),
    ...(differing.length > maxPrinted ? [`  … and ${differing.length - maxPrinted} more (see --json)`] : []),
  ];
}

function findingLine({ verdict, what, path, at, reason }: PlacedFinding): string {
  return `  ${verdict}: ${what} at ${path}${at === '' ? '' : ` ${at}`}${reason === undefined ? '' : `: ${reason}`}`;
}
