/** `log` and `blame`: the versions of one page or database, and of its blocks. */
import type { Command } from 'commander';
import { blame } from '../../../operations/history/blame.ts';
import { historyOf } from '../../../operations/history/dated-snapshots.ts';
import { objectJson } from '../../../operations/history/object-json.ts';
import type { Version } from '../../../operations/history/versions.ts';
import { versionsOf } from '../../../operations/history/versions.ts';
import { isFiltered } from '../../../operations/look/filter.ts';
import { openPlace } from '../../../operations/look/open-place.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import type { FilterFlags } from '../../session/filters.ts';
import { addFilters, filterOf } from '../../session/filters.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { changeLines, summaryOf } from '../../text/changes.ts';
import { formatTime } from '../../text/format.ts';
import { paintedLine, paintOf } from './paint.ts';

interface LogFlags extends FilterFlags {
  readonly patch?: boolean;
}

/** Adds the commands. */
export function registerLog(program: Command, app: App): void {
  const log = program
    .command('log <object>')
    .description('list the versions of a page, row or database through all snapshots')
    .option('-p, --patch', 'print what changed in each version')
    .action((word: string, flags: LogFlags) => runLog(app, word, flags));
  addFilters(log);
  teach(log, { examples: ['log -p /Home', 'log --since 30d latest:/Home'], errors: storeErrors });
  const command = program
    .command('blame <page>')
    .description('show for each block of a page the first snapshot that has it so')
    .action((word: string) => runBlame(app, word));
  teach(command, { examples: ['blame /Home', 'blame latest:/Home'], errors: storeErrors });
}

async function runLog(app: App, word: string, flags: LogFlags): Promise<void> {
  const filter = filterOf(app, flags);
  await withReadableStore(app, async (store) => {
    const place = await openPlace(store, word, { clock: app.io.clock, filter });
    const { id, snapshots } = await historyOf(store, place, filter);
    const versions: object[] = [];
    for await (const { version } of versionsOf(snapshots, id)) {
      if (app.options.json === true) versions.push(objectJson(version));
      else print(app, version, { ...flags, isWhole: !isFiltered(filter) });
    }
    app.result({ id, versions });
  });
}

/** The oldest first, so that the newest stands above the prompt. */
function print(
  app: App,
  version: Version,
  { patch = false, isWhole }: LogFlags & { readonly isWhole: boolean },
): void {
  const { snapshot, time, kind, title, path, movedFrom, reason, changes } = version;
  const what = {
    // Of a part of the snapshots nobody can say that none before has it.
    first: `${isWhole ? 'first seen ' : ''}at ${path}`,
    added: `back at ${path}`,
    removed: 'no longer there',
    moved: `moved from ${movedFrom ?? ''} to ${path}`,
    changed: '',
    unknown: `could not be read: ${reason ?? ''}`,
  }[kind];
  const words = [what, summaryOf(changes)].filter((part) => part !== '').join('; ');
  app.line(`${formatTime(time)}  ${snapshot.slice(0, 8)}  ${title}: ${words}`);
  if (!patch) return;
  const paint = paintOf(app.io);
  for (const change of changes)
    for (const line of changeLines(change, paint)) paintedLine(app, `    ${line}`);
}

async function runBlame(app: App, word: string): Promise<void> {
  await withReadableStore(app, async (store) => {
    const { id, snapshots } = await historyOf(store, await openPlace(store, word));
    const blocks = await blame(snapshots, id);
    app.result(
      { id, blocks },
      blocks.map(({ snapshot, time, depth, type, text }) => {
        const words = text.replaceAll('\n', ' ').slice(0, 100);
        return `${snapshot.slice(0, 8)} ${formatTime(time)}  ${'  '.repeat(depth)}${words === '' ? `(${type})` : words}`;
      }),
    );
  });
}
