/** The place that a restore is about. */
import type { Place } from '../../../operations/look/open-place.ts';
import { openPlace } from '../../../operations/look/open-place.ts';
import type { Store } from '../../../store/open-store.ts';
import type { App } from '../../app/app.ts';
import { filterOf } from '../../session/filters.ts';
import type { RestoreFlags } from './restore-flags.ts';

/** The place `word` means among the snapshots that the flags leave. `source` is the key of the workspace, where it is known. */
export function restoredPlace(
  app: App,
  store: Store,
  word: string,
  flags: RestoreFlags,
  source?: string,
): Promise<Place> {
  return openPlace(store, word, { clock: app.io.clock, filter: filterOf(app, flags), source });
}
