/** `restore --in-place`: shows the plan, asks, and restores over the existing pages. */
import { KlosetError } from '../../../errors.ts';
import type { InPlacePlan } from '../../../notion/restore/in-place.ts';
import { openPlace } from '../../../operations/look/open-place.ts';
import { restoreInPlace } from '../../../operations/restore/restore-in-place.ts';
import type { App } from '../../app/app.ts';
import { jobOf } from '../../session/job.ts';
import { connectorOf, withNotion } from '../../session/notion-session.ts';
import { withWritableStore } from '../../session/store-session.ts';
import { plural } from '../../text/format.ts';
import { maxPrinted, printRestore } from './print-restore.ts';
import type { RestoreFlags } from './restore-flags.ts';

/** Untrashes, patches and recreates what lies at the place `word` means, after a backup of the present state. */
export async function runInPlace(app: App, word: string, flags: RestoreFlags): Promise<void> {
  await withWritableStore(app, 'restore', async (store) => {
    const place = await openPlace(store, word);
    await withNotion(app, connectorOf(app, 'destination', flags.to), async (api) => {
      const { before, plan, restored } = await restoreInPlace(jobOf(app), {
        store,
        api,
        place,
        markers: flags.markers === true,
        comments: flags.comments,
        verify: flags.verify,
        onBackup: ({ snapshot }) =>
          app.line(`backup: the present state is snapshot ${snapshot.id.slice(0, 8)}`),
        confirm: (shown) => confirm(app, shown, flags),
      });
      if (restored === undefined) app.result({ plan });
      else printRestore(app, place, restored, `--in-place ${before.slice(0, 8)}`);
    });
  });
}

/** Prints the plan; false for a dry run. @throws KlosetError `usage` when the person says no or cannot be asked */
async function confirm(app: App, plan: InPlacePlan, { dryRun, yes }: RestoreFlags): Promise<boolean> {
  for (const line of planLines(plan)) app.line(line);
  if (dryRun === true) return false;
  if (yes === true) return true;
  if (!app.io.isInteractive) {
    throw new KlosetError('usage', 'A restore in place changes existing pages: confirmation required.', {
      hint: 'Give --yes, or run the command on a terminal.',
    });
  }
  app.endProgress();
  const answer = await app.io.ask('Continue? [y/N] ');
  if (/^y/i.test(answer.trim())) return true;
  throw new KlosetError('usage', 'Nothing was changed.');
}

function planLines({ counts, changes }: InPlacePlan): string[] {
  return [
    `Plan: untrash ${plural(counts.untrash, 'object')}, recreate ${plural(counts.create, 'object')}, compare ${plural(counts.compare, 'object')} and patch those that differ`,
    ...changes.slice(0, maxPrinted).map(({ action, path }) => `  ${action}: ${path}`),
    ...(changes.length > maxPrinted ? [`  … and ${changes.length - maxPrinted} more`] : []),
  ];
}
