/** The plan of a restore in place as lines: each object with its action and what differs. */
import type { PlannedChange } from '../../../notion/restore/in-place.ts';
import type { RecordedDifference } from '../../../notion/restore/journal/tables/in-place-facts.ts';
import type { ShownPlan } from '../../../operations/restore/restore-in-place.ts';
import { plural } from '../../text/format.ts';
import { gapLines, maxPrinted } from './print-restore.ts';

/** Differences printed of one object; the JSON has them all. */
const maxDifferences = 12;

/** The lines of the plan. */
export function inPlaceLines({ counts, changes, ancestors, added, not_in_snapshot }: ShownPlan): string[] {
  const patched = changes.filter(({ action }) => action === 'change').length;
  return [
    `Plan: untrash ${plural(counts.untrash, 'object')}, recreate ${plural(counts.create, 'object')}, change ${plural(patched, 'object')}, leave ${counts.compare - patched} as they are`,
    ...ancestors.map(
      ({ kind, title }) =>
        `  the ${kind.replace('_', ' ')} "${title}" above it is in the trash and comes back with it`,
    ),
    ...changes.slice(0, maxPrinted).flatMap(changeLines),
    ...(changes.length > maxPrinted ? [`  … and ${changes.length - maxPrinted} more`] : []),
    ...added
      .slice(0, maxPrinted)
      .map(({ kind, path }) => `  added since, left unless --prune-added: ${kind} ${path}`),
    ...gapLines(not_in_snapshot),
  ];
}

function changeLines({ action, path, differences }: PlannedChange): string[] {
  const shown = differences.slice(0, maxDifferences).map((difference) => {
    const { what, name, was, now, left } = difference;
    if (isLoss(difference)) return `    ${lossWords(difference)}`;
    const sides = [
      ...(now === undefined ? [] : [`now ${JSON.stringify(now)}`]),
      ...(was === undefined ? [] : [`then ${JSON.stringify(was)}`]),
    ];
    const head = name === undefined ? what : `${what} (${name})`;
    return `    ${[head, ...sides].join(', ')}${left === undefined ? '' : `; left: ${left}`}`;
  });
  const more = differences.length - shown.length;
  return [`  ${action}: ${path}`, ...shown, ...(more > 0 ? [`    … and ${more} more (see --json)`] : [])];
}

/** The planned losses, as lines of the result. */
export function lossLines({ changes }: Pick<ShownPlan, 'changes'>): string[] {
  return changes.flatMap(({ path, differences }) =>
    differences.filter(isLoss).map((loss) => `  ${lossWords(loss)} (${path})`),
  );
}

function isLoss({ what }: RecordedDifference): boolean {
  return what === 'approximated' || what === 'lost';
}

function lossWords({ what, name = '', now = '' }: RecordedDifference): string {
  return `${what}: ${name}: ${now}`;
}
