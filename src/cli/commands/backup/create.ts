/** `create`: makes an empty store. */
import type { Command } from 'commander';
import type { App } from '../../app/app.ts';
import { makeStore, placeOf } from '../../session/store-session.ts';

/** Adds the command. */
export function registerCreate(program: Command, app: App): void {
  program
    .command('create [store]')
    .description('make a new, empty, encrypted store')
    .action(async (word: string | undefined) => {
      const place = await placeOf(app, word ?? undefined);
      await makeStore(app, place);
      app.result({ store: place.location, created: true }, [`created store ${place.location}`]);
    });
}
