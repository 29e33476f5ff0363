/** Tells of snapshots that may have been lost, in a command that shows what is left. */
import type { HeaderLoss } from '../../store/open-store.ts';
import type { App } from '../app/app.ts';

/** Warns, last, and lets the command end with the code for damage. */
export function tellLoss(app: App, loss: HeaderLoss | undefined): void {
  if (loss === undefined) return;
  const { message, hint } = loss.error;
  app.warn(hint === undefined ? message : `${message} ${hint}`);
  app.finishedWith('integrity');
}
