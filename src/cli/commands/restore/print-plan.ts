/** `restore --dry-run`: what would be written, and how well each kind of thing comes back. */
import type { KindFidelity } from '../../../notion/restore/journal/fidelity.ts';
import type { RestorePlan } from '../../../notion/restore/plan/dry-run.ts';
import { planRestore } from '../../../notion/restore/plan/dry-run.ts';
import type { Place } from '../../../operations/look/open-place.ts';
import type { NotionRestoreFlags } from '../../../operations/restore/restore-into-notion.ts';
import { destinationOf } from '../../../operations/restore/restore-into-notion.ts';
import type { App } from '../../app/app.ts';
import { connectorOf, withNotion } from '../../session/notion-session.ts';
import { formatBytes, formatDuration, plural } from '../../text/format.ts';

/** Prints the plan; nothing is written. */
export async function planNotionRestore(
  app: App,
  { snapshot, entry }: Place,
  flags: NotionRestoreFlags,
): Promise<void> {
  const connector = connectorOf(app, 'destination', flags.to);
  const destination = destinationOf(flags, connector);
  await withNotion(app, connector, async (api) => {
    const plan = await planRestore({
      snapshot,
      path: entry.path,
      destination,
      markers: flags.markers === true,
      comments: flags.comments,
      api,
      signal: app.io.signal,
      ...(Number.isFinite(api.requestsPerMinute) ? { requestsPerMinute: api.requestsPerMinute } : {}),
    });
    app.result(plan, planLines(plan));
  });
}

function planLines(plan: RestorePlan): string[] {
  return [
    `Plan for ${plan.snapshot.slice(0, 8)}:${plan.path}; nothing is written yet.`,
    `Objects: ${Object.entries(plan.objects)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ')}`,
    `Requests: ${plan.requests} (at least ${plan.requestsFloor} are needed), about ${formatDuration(plan.minutes * 60_000)} at ${plan.requestsPerMinute} a minute`,
    `Uploads: ${plural(plan.filesToUpload, 'file')}, ${formatBytes(plan.bytesToUpload)}`,
    'How it comes back:',
    ...plan.fidelity.flatMap(kindLines),
    ...plan.errors.map(({ path, what, message }) => `  ✘ ${path}: ${what}: ${message}`),
  ];
}

/** `paragraph 12: all exact`, or how many come back how, and why. */
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
