/** `digest`: prints the SHA-256 of every file of a snapshot. */
import type { Command } from 'commander';
import type { FileDigest } from '../../../operations/look/digest.ts';
import { digestsOf } from '../../../operations/look/digest.ts';
import { openPlace } from '../../../operations/look/open-place.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { tellLoss } from '../../session/tell-loss.ts';

/** Adds the command. */
export function registerDigest(program: Command, app: App): void {
  const command = program
    .command('digest [snapshot]')
    .description('print the SHA-256 of every file of SNAPSHOT[:PATH], by default the newest snapshot')
    .action((word: string | undefined) => run(app, word ?? 'latest'));
  teach(command, { examples: ['digest', 'digest 4cf5a3c0:/Home'], errors: storeErrors });
}

async function run(app: App, word: string): Promise<void> {
  await withReadableStore(app, async (store) => {
    const place = await openPlace(store, word, { goesOn: true });
    const files: FileDigest[] = [];
    for await (const file of digestsOf(place)) {
      if (app.options.json === true) files.push(file);
      else app.line(`SHA256 (${file.path}) = ${file.sha256}`);
    }
    app.result({ snapshot: place.snapshot.id, path: place.entry.path, files });
    tellLoss(app, place.loss);
  });
}
