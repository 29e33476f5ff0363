/** `restore --in-place`: takes a backup of the present, shows what would change, and makes Notion again what it was. */
import { isKlosetError, KlosetError } from '../errors.ts';
import type { NotionConnection } from '../notion/api/client.ts';
import type { InPlacePlan } from '../notion/restore/in-place.ts';
import { planInPlace, restoreInPlace } from '../notion/restore/in-place.ts';
import type { BackupReport } from '../operations/backup.ts';
import { backup } from '../operations/backup.ts';
import { notionSource, readWorkspace } from '../operations/notion-source.ts';
import { verifyInPlace } from '../operations/verify-restore.ts';
import type { StoreWriter } from '../store/open-store.ts';
import type { App } from './app.ts';
import { backupSettings, fullBackup } from './backup-settings.ts';
import { plural } from './format.ts';
import { connectorOf, withNotion } from './notion-session.ts';
import { journalFor } from './restore-journals.ts';
import type { NotionRestoreFlags } from './restore-notion.ts';
import { printRestore } from './restore-notion.ts';
import type { Place } from './snapshot-session.ts';

/** Changes printed one by one; the JSON has them all. */
const mostPrinted = 50;

/** Un-trashes, patches and re-creates what lies at `place`, after a backup of the present state. */
export async function restoreHere(
  app: App,
  store: StoreWriter,
  place: Place,
  flags: NotionRestoreFlags,
): Promise<void> {
  const { snapshot, entry } = place;
  await withNotion(app, connectorOf(app, 'destination', flags.to), async (api) => {
    const before = await backupPresent(app, store, api, entry);
    app.line(`backup: the present state is snapshot ${before.snapshot.id.slice(0, 8)}`);
    const present = await store.openSnapshot(before.snapshot.id);
    const settings = { path: entry.path, markers: flags.markers === true, comments: flags.comments };
    const identity = {
      ...settings,
      snapshot: snapshot.id,
      destination: { type: 'workspace' as const },
      present: present.id,
    };
    const options = {
      ...settings,
      api,
      snapshot,
      present,
      journalFile: journalFor(app, identity),
      monitor: app.progress,
      signal: app.io.signal,
    };
    const plan = await planInPlace(options);
    for (const line of planLines(plan)) app.line(line);
    if (flags.dryRun === true) {
      app.result({ plan });
      return;
    }
    await confirm(app, flags);
    const result = await restoreInPlace(options);
    const comparison = flags.verify
      ? await verifyInPlace(app, api, { snapshot, path: entry.path, result, comments: flags.comments })
      : undefined;
    const wayBack = `--in-place ${present.id.slice(0, 8)}`;
    printRestore(app, place, { result, comparison, requests: api.requestsSpent, wayBack });
  });
}

/**
 * A backup of what is about to change, read in full: an edit time that stands still does not prove that nothing moved.
 * When the object itself is out of sight (in the trash, say) the whole workspace is backed up, as any night.
 */
async function backupPresent(
  app: App,
  store: StoreWriter,
  api: NotionConnection,
  entry: Place['entry'],
): Promise<BackupReport> {
  const workspace = await readWorkspace(api);
  const settings = backupSettings(app, store);
  const take = (scope: { readonly roots: readonly string[]; readonly full: boolean }) => {
    const source = notionSource({ ...fullBackup, ...settings, ...scope, api }, workspace);
    return backup({ ...settings, store, source, name: workspace.name, tags: ['before-restore'] });
  };
  const id = entry.type === 'directory' ? entry.object?.id : undefined;
  if (id === undefined) return take({ roots: [], full: true });
  try {
    return await take({ roots: [id], full: true });
  } catch (error) {
    if (!isKlosetError(error, 'not-found')) throw error;
    return take({ roots: [], full: false });
  }
}

function planLines({ counts, changes }: InPlacePlan): string[] {
  return [
    `Plan: ${plural(counts.untrash, 'object')} out of the trash, ${plural(counts.create, 'object')} made again, ${plural(counts.compare, 'object')} compared and patched where they differ`,
    ...changes.slice(0, mostPrinted).map(({ action, path }) => `  ${action}: ${path}`),
    ...(changes.length > mostPrinted ? [`  … and ${changes.length - mostPrinted} more`] : []),
  ];
}

/** @throws KlosetError `usage` when nobody agreed */
async function confirm(app: App, { yes }: NotionRestoreFlags): Promise<void> {
  if (yes === true) return;
  if (!app.io.isInteractive) {
    throw new KlosetError('usage', 'A restore in place changes pages that people use; nobody agreed to it.', {
      hint: 'Give --yes, or run it on a terminal.',
    });
  }
  app.endProgress();
  const answer = await app.io.ask('Go on? [y/N] ');
  if (!/^y/i.test(answer.trim())) throw new KlosetError('usage', 'Nothing was changed.');
}
