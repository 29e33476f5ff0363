/** A report of healing as lines. */
import { plural } from './format.ts';

interface Report {
  readonly objects: readonly string[];
  readonly blobs: number;
  readonly dropped: readonly string[];
  readonly remaining: readonly { readonly object: string; readonly problem: string }[];
  readonly losses: readonly {
    readonly snapshotId: string;
    readonly paths: readonly string[];
    readonly count: number;
    readonly problem?: string | undefined;
  }[];
}

/** Names printed of each list; the JSON has all. */
const maxPrinted = 50;

/** `isApplied` is false for a dry run. */
export function healLines(
  { objects, blobs, dropped, remaining, losses }: Report,
  isApplied: boolean,
): string[] {
  const [took, removed] = isApplied ? ['took', 'removed'] : ['would take', 'would remove'];
  return [
    `${took} ${plural(objects.length, 'object')} and ${plural(blobs, 'blob')} from the copy; ${removed} ${plural(dropped.length, 'damaged object')} that nothing needs any more`,
    ...cut(objects.map((name) => `  ${name}`)),
    ...(remaining.length === 0 ? [] : ['still damaged:']),
    ...cut(remaining.map(({ object, problem }) => `  ✘ ${object}: ${problem}`)),
    ...losses.flatMap(({ snapshotId, paths, count, problem }) => [
      `${snapshotId.slice(0, 8)} loses ${problem ?? plural(count, 'path')}:`,
      ...cut(paths.map((path) => `  ${path}`)),
    ]),
  ];
}

function cut(lines: readonly string[]): string[] {
  if (lines.length <= maxPrinted) return [...lines];
  return [...lines.slice(0, maxPrinted), `  … and ${lines.length - maxPrinted} more`];
}
