/** `search`: finds words in the newest backups, or in all. */
import type { Command } from 'commander';
import { printable } from '../../../document/names.ts';
import { KlosetError } from '../../../errors.ts';
import { isFiltered, nothingMatchesLine } from '../../../operations/look/filter.ts';
import type { Hit } from '../../../operations/search/search.ts';
import { search } from '../../../operations/search/search.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import type { FilterFlags } from '../../session/filters.ts';
import { addFilters, filterOf } from '../../session/filters.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { formatTime, plural } from '../../text/format.ts';
import { parseChoice, parseCount } from '../../text/parse.ts';
import { paintedLine, paintOf } from './paint.ts';

interface SearchFlags extends FilterFlags {
  readonly all?: boolean;
  readonly kind?: string;
  readonly in?: string;
  readonly limit: string;
}

/** Adds the command. */
export function registerSearch(program: Command, app: App): void {
  const command = program
    .command('search <words...>')
    .description('find words in titles, texts, values, comments and file names')
    .option('--all', 'search every backup, not only the newest of each source')
    .option('--kind <kind>', 'only pages or only databases')
    .option('--in <path>', 'only what lies at or below this path')
    .option('--limit <n>', 'print at most this many hits', '20')
    .action((words: string[], flags: SearchFlags) => run(app, words, flags));
  addFilters(command);
  teach(command, {
    examples: ['search --all "quarterly report"', 'search --in /Home budget'],
    errors: storeErrors,
  });
}

async function run(app: App, words: readonly string[], flags: SearchFlags): Promise<void> {
  const kind =
    flags.kind === undefined ? undefined : parseChoice(flags.kind, ['page', 'database'] as const, '--kind');
  const filter = filterOf(app, flags);
  if (flags.all === true && flags.latest === true)
    throw new KlosetError('usage', '--all and --latest exclude each other.');
  const options = {
    // An argument with blanks was in quotes: a phrase.
    query: words.map((word) => (/\s/.test(word) && !word.includes('"') ? `"${word}"` : word)).join(' '),
    all: flags.all === true,
    filter,
    kind,
    within: flags.in?.replace(/(?<=.)\/+$/, ''),
    limit: parseCount(flags.limit, '--limit', 1),
  };
  await withReadableStore(app, async (store) => {
    const { total, hits, searched } = await search(store, options);
    if (searched === 0 && isFiltered(filter)) app.warn(`search: ${nothingMatchesLine(filter)}`);
    if (app.options.json !== true) for (const hit of hits) print(app, hit);
    app.result({ total, searched, hits }, [
      total > hits.length
        ? `${hits.length} of ${plural(total, 'hit')} (--limit).`
        : `${plural(total, 'hit')}.`,
    ]);
  });
}

function print(app: App, { kind, title, path, url, excerpts, snapshots }: Hit): void {
  const [first, last] = [snapshots[0], snapshots.at(-1)];
  app.line(`${title || 'Untitled'} (${kind})  ${path}`);
  app.line(`    ${url}`);
  const paint = paintOf(app.io);
  for (const { where, before, match, after } of excerpts) {
    const words = `${printable(before)}${paint.added(printable(match))}${printable(after)}`;
    paintedLine(app, `    ${where}: ${words}`);
  }
  if (first === undefined || last === undefined) return;
  const span = first === last ? '' : `${first.id.slice(0, 8)} (${formatTime(first.time)}) to `;
  app.line(
    `    in ${plural(snapshots.length, 'snapshot')}: ${span}${last.id.slice(0, 8)} (${formatTime(last.time)})`,
  );
}
