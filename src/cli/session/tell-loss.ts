/** Tells of snapshots that may have been lost, in a command that shows what is left. */
import type { Place } from '../../operations/look/open-place.ts';
import type { HeaderLoss } from '../../store/open-store.ts';
import type { App } from '../app/app.ts';
import { plural } from '../text/format.ts';

/** Warns of what may be newer than a snapshot that is used on purpose; the command may succeed. */
export function warnOfLoss(app: App, { loss, accepted }: Pick<Place, 'loss' | 'accepted'>): void {
  if (loss !== undefined)
    app.warn(`warning: ${loss.error.message} The snapshot was named by its id, so the command goes on.`);
  if (accepted.length === 0) return;
  const some = accepted.slice(0, 5).map((id) => id.slice(0, 8));
  const more = accepted.length > some.length ? ` and ${accepted.length - some.length} more` : '';
  app.warn(
    `warning: ${plural(accepted.length, 'header')} of the store ${accepted.length === 1 ? 'was' : 'were'} lost, and accepted as lost on this machine (${some.join(', ')}${more}): there may have been newer snapshots.`,
  );
}

/** Warns, last, and lets the command end with the code for damage. */
export function tellLoss(app: App, loss: HeaderLoss | undefined): void {
  if (loss === undefined) return;
  const { message, hint } = loss.error;
  app.warn(hint === undefined ? message : `${message} ${hint}`);
  app.finishedWith('integrity');
}
