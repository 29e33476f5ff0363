/** The place that a restore is about. */
import { parseNotionId } from '../../../document/notion-id.ts';
import { leftOutIn } from '../../../document/selection/left-out.ts';
import { leftOutLine } from '../../../operations/documents/left-out.ts';
import { readJson } from '../../../operations/documents/read-document.ts';
import { idDigits, locate } from '../../../operations/look/locate.ts';
import type { Place } from '../../../operations/look/open-place.ts';
import { openPlace } from '../../../operations/look/open-place.ts';
import { selectionKindOf } from '../../../operations/look/sources.ts';
import type { Store } from '../../../store/open-store.ts';
import type { App } from '../../app/app.ts';
import { filterOf } from '../../session/filters.ts';
import { idOf } from '../../session/notion-session.ts';
import { warnOfLoss } from '../../session/tell-loss.ts';
import type { RestoreFlags } from './restore-flags.ts';

/** The place `word` means among the snapshots that the flags leave; warns where newer ones may have been lost. `source` is the key of the workspace, where it is known. */
export async function restoredPlace(
  app: App,
  store: Store,
  word: string,
  flags: RestoreFlags,
  source?: string,
): Promise<Place> {
  const place = await openPlace(store, word, { clock: app.io.clock, filter: filterOf(app, flags), source });
  warnOfLoss(app, place);
  await tellLeftOut(app, place);
  return place;
}

/** Says that the snapshot never held what its backup left out: a restore cannot bring that back, and does not touch it. */
async function tellLeftOut(app: App, { snapshot }: Place): Promise<void> {
  if (selectionKindOf(snapshot.header.source) === undefined) return;
  const leftOut = leftOutIn(await readJson(snapshot, '/manifest.json'));
  if (leftOut === undefined) return;
  app.warn(
    `The snapshot holds ${leftOutLine(leftOut)}: that is not restored, and what stands of it stays as it is.`,
  );
}

/** The id that `--root-id` gives: whole, in a URL, or its last digits, as `ls` prints them of this snapshot. @throws KlosetError `usage`, `not-found` */
export async function rootIdOf(text: string, snapshot: Place['snapshot']): Promise<string> {
  const digits = parseNotionId(text.trim()) === undefined ? idDigits(text.trim()) : undefined;
  const entry = digits === undefined ? undefined : await locate(snapshot, `~${digits}`);
  return entry?.type === 'directory' && entry.object !== undefined
    ? entry.object.id
    : idOf(text, '--root-id');
}
