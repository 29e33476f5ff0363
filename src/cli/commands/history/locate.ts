/** `locate` and `du`: where objects are, and how large. */
import type { Command } from 'commander';
import { KlosetError } from '../../../errors.ts';
import type { Located } from '../../../operations/look/locate-all.ts';
import { locateAll } from '../../../operations/look/locate-all.ts';
import { openPlace } from '../../../operations/look/open-place.ts';
import { sizesAt } from '../../../operations/look/sizes.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import type { FilterFlags } from '../../session/filters.ts';
import { addFilters, filterOf } from '../../session/filters.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { formatBytes } from '../../text/format.ts';
import { parseCount } from '../../text/parse.ts';

interface LocateFlags extends FilterFlags {
  readonly all?: boolean;
}

/** Adds the commands. */
export function registerLocate(program: Command, app: App): void {
  const locate = program
    .command('locate <pattern>')
    .description('find pages and databases by title, path with * and ?, id or URL')
    .option('--all', 'look in every backup, not only the newest of each source')
    .action((pattern: string, flags: LocateFlags) => runLocate(app, pattern, flags));
  addFilters(locate);
  teach(locate, { examples: ['locate Home', 'locate --all "/Home/*report*"'], errors: storeErrors });
  const du = program
    .command('du [place]')
    .description('show how much of a snapshot lies below each page: documents and media')
    .option('--depth <n>', 'go this many levels of pages down', '1')
    .action((place: string | undefined, flags: { readonly depth: string }) =>
      runDu(app, place ?? 'latest', parseCount(flags.depth, '--depth')),
    );
  teach(du, { examples: ['du', 'du latest:/Home --depth 2'], errors: storeErrors });
}

async function runLocate(app: App, pattern: string, flags: LocateFlags): Promise<void> {
  const [all, filter] = [flags.all === true, filterOf(app, flags)];
  if (all && flags.latest === true) throw new KlosetError('usage', '--all and --latest exclude each other.');
  await withReadableStore(app, async (store) => {
    const found: Located[] = [];
    let count = 0;
    for await (const one of locateAll(store, pattern, { all, filter })) {
      count += 1;
      if (app.options.json === true) found.push(one);
      else app.line(`${one.snapshot.slice(0, 8)}:${one.path}`);
    }
    if (count === 0)
      throw new KlosetError('not-found', `No page or database matches "${pattern}".`, {
        hint: all ? 'List snapshots with `notion-kloset ls`.' : 'Look in every backup with --all.',
      });
    app.result({ found });
  });
}

async function runDu(app: App, word: string, depth: number): Promise<void> {
  await withReadableStore(app, async (store) => {
    const place = await openPlace(store, word);
    const sizes = await sizesAt(place, depth);
    app.result(
      { snapshot: place.snapshot.id, sizes },
      sizes.map(({ path, documents, media, objects }) => {
        const [all, ofMedia] = [formatBytes(documents + media), formatBytes(media)];
        return `${all.padStart(10)} ${ofMedia.padStart(10)} media ${String(objects).padStart(7)} objects  ${path}`;
      }),
    );
  });
}
