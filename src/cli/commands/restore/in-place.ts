/** `restore --in-place`: shows the plan, asks, and restores over the existing pages. */
import { parseNotionId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import type { RestorePart } from '../../../notion/restore/in-place/in-place-run.ts';
import type { PlannedChange } from '../../../notion/restore/in-place.ts';
import { readWorkspace } from '../../../operations/backup/notion-source.ts';
import { planRestoreInPlace, restoreInPlace } from '../../../operations/restore/restore-in-place.ts';
import type { App } from '../../app/app.ts';
import { confirm } from '../../session/confirm.ts';
import { jobOf } from '../../session/job.ts';
import { connectorOf, withNotion } from '../../session/notion-session.ts';
import { withReadableStore, withWritableStore } from '../../session/store-session.ts';
import { inPlaceLines, lossLines } from './print-in-place.ts';
import { printRestore } from './print-restore.ts';
import type { RestoreFlags } from './restore-flags.ts';
import { verifyMode } from './restore-flags.ts';
import { restoredPlace } from './restored-place.ts';

/** Untrashes, patches and recreates what lies at the place `word` means, after a backup of the present state. */
export async function runInPlace(app: App, word: string, flags: RestoreFlags): Promise<void> {
  const { place: placeWord, part } = partOf(word, flags);
  const verify = verifyMode(flags);
  const settings = {
    markers: flags.markers === true,
    comments: flags.comments !== false,
    part,
    pruneAdded: flags.pruneAdded === true,
  };
  if (flags.dryRun === true) return runPlan(app, placeWord, flags, settings);
  await withWritableStore(app, 'restore', async (store) => {
    await withNotion(app, connectorOf(app, 'destination', flags.to), async (api) => {
      const { id: workspace } = await readWorkspace(api);
      const place = await restoredPlace(app, store, placeWord, flags, `notion:${workspace}`);
      const { before, plan, restored } = await restoreInPlace(jobOf(app), {
        ...settings,
        store,
        api,
        workspace,
        place,
        verify,
        onBackup: ({ snapshot }) =>
          app.line(`backup: the present state is snapshot ${snapshot.id.slice(0, 8)}`),
        confirm: async (shown) => {
          for (const line of inPlaceLines(shown)) app.line(line);
          const isPruning = settings.pruneAdded && shown.added.length > 0;
          const isNothing = shown.changes.every(isLeft) && shown.ancestors.length === 0 && !isPruning;
          if (!isNothing) await confirm(app, flags, 'A restore in place changes existing pages');
          return true;
        },
      });
      if (restored === undefined) app.result({ plan });
      else
        printRestore(app, place, restored, `--in-place ${before.slice(0, 8)}`, {
          isInPlace: true,
          more: { changes: plan.changes, added: plan.added, ancestors: plan.ancestors },
          lines: [...lossLines(plan), ...(settings.pruneAdded ? [] : addedLines(plan))],
        });
    });
  });
}

async function runPlan(
  app: App,
  word: string,
  flags: RestoreFlags,
  settings: {
    readonly markers: boolean;
    readonly comments: boolean;
    readonly part: RestorePart;
    readonly pruneAdded: boolean;
  },
): Promise<void> {
  await withReadableStore(app, async (store) => {
    await withNotion(app, connectorOf(app, 'destination', flags.to), async (api) => {
      const { id: workspace } = await readWorkspace(api);
      const place = await restoredPlace(app, store, word, flags, `notion:${workspace}`);
      const plan = await planRestoreInPlace(jobOf(app), { ...settings, api, workspace, place });
      app.result({ plan }, [...inPlaceLines(plan), 'Dry run: nothing was written.']);
      if (plan.not_in_snapshot.length > 0) app.finishedWith('incomplete');
    });
  });
}

/** True for an object of which nothing would be changed: what differs was added since, or no request changes it. */
function isLeft({ action, differences }: PlannedChange): boolean {
  return action === 'change' && differences.every(({ left }) => left !== undefined);
}

function addedLines({
  changes,
  added,
}: {
  readonly changes: readonly {
    readonly path: string;
    readonly differences: readonly { what: string; name?: string }[];
  }[];
  readonly added: readonly { readonly kind: string; readonly path: string }[];
}): string[] {
  const parts = changes.flatMap(({ path, differences }) =>
    differences.flatMap(({ what, name }) =>
      what === 'property added' || what === 'view added' ? [`  left: ${what}: ${name ?? ''} at ${path}`] : [],
    ),
  );
  return [...parts, ...added.map(({ kind, path }) => `  left: ${kind} added since: ${path}`)];
}

/** `SNAPSHOT:PAGE#BLOCK` and `--property` name parts. @throws KlosetError `usage` for both together */
function partOf(
  word: string,
  { property }: RestoreFlags,
): { readonly place: string; readonly part: RestorePart } {
  const hash = word.lastIndexOf('#');
  const block = hash === -1 ? undefined : parseNotionId(word.slice(hash + 1).replace(/^block-/, ''));
  const properties = property === undefined || property.length === 0 ? undefined : property;
  if (block === undefined) return { place: word, part: properties === undefined ? {} : { properties } };
  if (properties !== undefined) throw new KlosetError('usage', 'A block and --property exclude each other.');
  return { place: word.slice(0, hash), part: { block } };
}
