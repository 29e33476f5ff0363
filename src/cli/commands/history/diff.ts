/** `diff`: what differs between two snapshots, or between one and the workspace as it is now. */
import type { Command } from 'commander';
import { KlosetError } from '../../../errors.ts';
import { leftOutReason } from '../../../operations/documents/not-in-snapshot.ts';
import { openSide } from '../../../operations/history/compare-places.ts';
import type { ObjectDifference } from '../../../operations/history/diff-snapshots.ts';
import { diffSnapshots } from '../../../operations/history/diff-snapshots.ts';
import { objectJson } from '../../../operations/history/object-json.ts';
import { openPlace } from '../../../operations/look/open-place.ts';
import { diffLive } from '../../../operations/verify/diff-live.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import type { FilterFlags } from '../../session/filters.ts';
import { addFilters, filterOf } from '../../session/filters.ts';
import { jobOf } from '../../session/job.ts';
import { connectorOf, withNotion } from '../../session/notion-session.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { changeLines, summaryOf } from '../../text/changes.ts';
import { plural } from '../../text/format.ts';
import { paintedLine, paintOf } from './paint.ts';

/** In the order of the last line. */
const kinds = ['added', 'removed', 'trashed', 'moved', 'changed', 'unknown'] as const;

interface DiffFlags extends FilterFlags {
  readonly stat?: boolean;
}

/** Adds the command. */
export function registerDiff(program: Command, app: App): void {
  const command = program
    .command('diff [before] [after] [path]')
    .description(
      'show what differs between two snapshots, or between one and Notion now: pages, blocks, values, views, comments',
    )
    .option('--stat', 'print one line for each page and database')
    .action(
      (before: string = 'latest', after: string | undefined, path: string | undefined, flags: DiffFlags) =>
        after === undefined || after === 'live'
          ? runLive(app, path === undefined ? before : `${before}:${path}`, flags)
          : run(app, [before, after], path, flags),
    );
  addFilters(command, {
    source:
      'only snapshots of this workspace; or, without AFTER or with `live`, the configured source that reads Notion ("@mynotion")',
  });
  teach(command, {
    examples: ['diff latest live /Home', 'diff before:7d latest --stat'],
    errors: storeErrors,
  });
}

async function run(
  app: App,
  [before, after]: readonly [string, string],
  path: string | undefined,
  flags: DiffFlags,
): Promise<void> {
  const options = { clock: app.io.clock, filter: filterOf(app, flags) };
  await withReadableStore(app, async (store) => {
    const old = await openSide(store, before, path, options);
    const now = await openSide(store, after, path, options);
    const report = new Report(app, flags);
    for await (const difference of diffSnapshots(old, now)) report.tell(difference);
    report.finish(old.snapshot.id, now.snapshot.id);
  });
}

/** The path of `word` names an object of the snapshot, wherever Notion has it now. */
async function runLive(app: App, word: string, flags: DiffFlags): Promise<void> {
  const connectors = (flags.source ?? []).filter((source) => source.startsWith('@'));
  const source = (flags.source ?? []).filter((each) => !connectors.includes(each));
  const filter = filterOf(app, { ...flags, source });
  if (connectors.length > 1) throw new KlosetError('usage', '--source names two sources that read Notion.');
  await withReadableStore(app, async (store) => {
    const before = await openPlace(store, word, { clock: app.io.clock, filter });
    await withNotion(app, connectorOf(app, 'source', connectors[0]), async (api) => {
      const report = new Report(app, flags);
      await diffLive(jobOf(app), { store, api, before }, (difference) => report.tell(difference));
      report.finish(before.snapshot.id, 'live');
    });
  });
}

/** Prints differences as they come and sums them up. */
class Report {
  readonly #app: App;
  readonly #flags: DiffFlags;
  readonly #objects: ObjectDifference[] = [];
  readonly #counts = new Map<string, number>();

  constructor(app: App, flags: DiffFlags) {
    this.#app = app;
    this.#flags = flags;
  }

  tell(difference: ObjectDifference): void {
    this.#counts.set(difference.kind, (this.#counts.get(difference.kind) ?? 0) + 1);
    if (this.#app.options.json === true) this.#objects.push(difference);
    else print(this.#app, difference, this.#flags);
  }

  finish(before: string = 'latest', after: string): void {
    const total = kinds
      .flatMap((kind) => {
        const count = this.#counts.get(kind);
        return count === undefined ? [] : [`${plural(count, 'object')} ${kind}`];
      })
      .join(', ');
    this.#app.result({ before, after, objects: this.#objects.map(objectJson) }, [
      total === '' ? 'Nothing differs.' : `${total}.`,
    ]);
  }
}

/** The reason why one of the two has nothing of an object that may be there. */
function absenceText(reason: string): string {
  return reason === leftOutReason
    ? 'one snapshot leaves it out by choice'
    : `one snapshot could not read it: ${reason}`;
}

function print(app: App, difference: ObjectDifference, { stat = false }: DiffFlags): void {
  const { kind, path, movedFrom, reason, changes } = difference;
  const sign = { added: '+', removed: '-', trashed: '-', moved: '>', changed: '~', unknown: '?' }[kind];
  const from = movedFrom === undefined ? '' : ` (from ${movedFrom})`;
  const why = reason === undefined ? '' : ` (${absenceText(reason)})`;
  const summary = changes.length === 0 ? '' : `: ${summaryOf(changes)}`;
  const trash = kind === 'trashed' ? ' (in the trash)' : '';
  app.line(`${sign} ${path}${from}${trash}${why}${stat || kind === 'unknown' ? summary : ''}`);
  if (stat) return;
  const paint = paintOf(app.io);
  for (const change of changes)
    for (const line of changeLines(change, paint)) paintedLine(app, `    ${line}`);
}
