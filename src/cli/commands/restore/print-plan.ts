/** The plan of a restore into Notion as lines: its size, and how well each kind of content comes back. */
import type { KindFidelity } from '../../../notion/restore/journal/fidelity.ts';
import type { VerifiedRestorePlan } from '../../../operations/restore/restore-into-notion.ts';
import { formatBytes, formatDuration, plural } from '../../text/format.ts';

/** The lines of `restore --dry-run`. */
export function planLines(plan: VerifiedRestorePlan): string[] {
  return [
    `Plan for ${plan.snapshot.slice(0, 8)}:${plan.path} (dry run: nothing was written).`,
    `Objects: ${Object.entries(plan.objects)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ')}`,
    `Requests: ${plan.requests} (lower bound ${plan.requestsFloor}) and about ${plan.requestsToVerify} to verify, about ${formatDuration(plan.minutes * 60_000)} at ${plan.requestsPerMinute} a minute`,
    `Uploads: ${plural(plan.filesToUpload, 'file')}, ${formatBytes(plan.bytesToUpload)}`,
    'Fidelity of each kind of content:',
    ...plan.fidelity.flatMap(kindLines),
    ...plan.errors.map(({ path, what, message }) => `  ✘ ${path}: ${what}: ${message}`),
  ];
}

/** `paragraph 12: exact`, or the counts of each outcome with the reasons. */
function kindLines({ kind, count, exact, approximated, lost, reasons }: KindFidelity): string[] {
  if (approximated + lost === 0) return [`  ${kind} ${count}: exact`];
  const parts = [`exact ${exact}`, `approximated ${approximated}`, `lost ${lost}`].filter(
    (part) => !part.endsWith(' 0'),
  );
  return [
    `  ${kind} ${count}: ${parts.join(', ')}`,
    ...reasons.map((why) => `    ${why.outcome} ${why.count}: ${why.reason}`),
  ];
}
