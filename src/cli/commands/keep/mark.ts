/** `tag`, `pin`, `unpin` and `acknowledge`: change what is said of a snapshot that exists already. */
import type { Command } from 'commander';
import { KlosetError } from '../../../errors.ts';
import { markSnapshot } from '../../../operations/keep/mark-snapshots.ts';
import type { MarkChanges } from '../../../store/open-store.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { jobOf } from '../../session/job.ts';
import { withWritableStore } from '../../session/store-session.ts';
import { splitWords } from '../../text/parse.ts';

/** Adds the commands. */
export function registerMarks(program: Command, app: App): void {
  const tag = program
    .command('tag <snapshot> [tags]')
    .description('add tags, separated by commas, to a snapshot, or remove them')
    .option('--remove <tags>', 'remove these tags, separated by commas')
    .action((word: string, tags: string | undefined, { remove }: { readonly remove?: string }) => {
      const changes = { addTags: splitWords(tags ?? ''), removeTags: splitWords(remove ?? '') };
      if (changes.addTags.length + changes.removeTags.length === 0)
        throw new KlosetError('usage', 'No tag was given to add or to remove.');
      const both = changes.addTags.find((each) => changes.removeTags.includes(each));
      if (both !== undefined)
        throw new KlosetError('usage', `The tag "${both}" is to be added and to be removed.`);
      return mark(app, word, changes, 'changed the tags of');
    });
  const pin = program
    .command('pin <snapshot>')
    .description('protect a snapshot from prune, and from rm without --force')
    .action((word: string) => mark(app, word, { pin: true }, 'pinned'));
  const unpin = program
    .command('unpin <snapshot>')
    .description('take the protection of `pin` off a snapshot')
    .action((word: string) => mark(app, word, { pin: false, removeTags: ['pin'] }, 'unpinned'));
  const acknowledge = program
    .command('acknowledge <snapshot>')
    .description('confirm that the loss which an alarm tells of was meant')
    .option('--note <text>', 'keep a reason with it', '')
    .action((word: string, { note }: { readonly note: string }) =>
      mark(app, word, { acknowledged: true, note }, 'acknowledged the alarm of'),
    );
  teach(tag, { examples: ['tag latest monthly,office', 'tag 4cf5a3c0 --remove old'], errors: storeErrors });
  teach(pin, { examples: ['pin latest-good', 'pin 4cf5a3c0'], errors: storeErrors });
  teach(unpin, { examples: ['unpin monthly', 'unpin 4cf5a3c0'], errors: storeErrors });
  teach(acknowledge, {
    examples: ['acknowledge latest --note "spring cleaning"', 'acknowledge 4cf5a3c0'],
    errors: storeErrors,
  });
}

async function mark(app: App, word: string, changes: MarkChanges, done: string): Promise<void> {
  const job = jobOf(app);
  const id = await withWritableStore(app, 'mark', (store) => markSnapshot(job, store, { word, changes }));
  app.result({ snapshot: id }, [`${done} ${id.slice(0, 8)}`]);
}
