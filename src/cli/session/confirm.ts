/** The question before a command changes what cannot be changed back. */
import { KlosetError } from '../../errors.ts';
import type { App } from '../app/app.ts';

/** Asks unless `--yes` was given. @throws KlosetError `usage` when the person says no or cannot be asked */
export async function confirm(app: App, { yes }: { readonly yes?: boolean }, what: string): Promise<void> {
  if (yes === true) return;
  if (!app.io.isInteractive) {
    throw new KlosetError('usage', `${what}: confirmation required.`, {
      hint: 'Give --yes, or run the command on a terminal.',
    });
  }
  app.endProgress();
  const answer = await app.io.ask('Continue? [y/N] ');
  if (!/^y/i.test(answer.trim())) throw new KlosetError('usage', 'Nothing was changed.');
}
