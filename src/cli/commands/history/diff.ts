/** `diff`: what differs between two snapshots. */
import type { Command } from 'commander';
import { openSide } from '../../../operations/history/compare-places.ts';
import type { ObjectDifference } from '../../../operations/history/diff-snapshots.ts';
import { diffSnapshots } from '../../../operations/history/diff-snapshots.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { changeLines, summaryOf } from '../../text/changes.ts';
import { plural } from '../../text/format.ts';
import { paintedLine, paintOf } from './paint.ts';

/** In the order of the last line. */
const kinds = ['added', 'removed', 'moved', 'changed', 'unknown'] as const;

interface DiffFlags {
  readonly stat?: boolean;
}

/** Adds the command. */
export function registerDiff(program: Command, app: App): void {
  const command = program
    .command('diff <before> <after> [path]')
    .description('show what differs between two snapshots: pages, blocks, values, schemas, views, comments')
    .option('--stat', 'print one line for each page and database')
    .action((before: string, after: string, path: string | undefined, flags: DiffFlags) =>
      run(app, [before, after], path, flags),
    );
  teach(command, {
    examples: ['diff before:7d latest', 'diff 4cf5a3c0 latest /Home --stat'],
    errors: storeErrors,
  });
}

async function run(
  app: App,
  [before, after]: readonly [string, string],
  path: string | undefined,
  flags: DiffFlags,
): Promise<void> {
  await withReadableStore(app, async (store) => {
    const [old, now] = [await openSide(store, before, path), await openSide(store, after, path)];
    const objects: ObjectDifference[] = [];
    const counts = new Map<string, number>();
    for await (const difference of diffSnapshots(old, now)) {
      counts.set(difference.kind, (counts.get(difference.kind) ?? 0) + 1);
      if (app.options.json === true) objects.push(difference);
      else print(app, difference, flags);
    }
    const total = kinds
      .flatMap((kind) => (counts.has(kind) ? [`${plural(counts.get(kind) ?? 0, 'object')} ${kind}`] : []))
      .join(', ');
    app.result({ before: old.snapshot.id, after: now.snapshot.id, objects: objects.map(objectJson) }, [
      total === '' ? 'Nothing differs.' : `${total}.`,
    ]);
  });
}

function print(app: App, difference: ObjectDifference, { stat = false }: DiffFlags): void {
  const { kind, path, movedFrom, reason, changes } = difference;
  const sign = { added: '+', removed: '-', moved: '>', changed: '~', unknown: '?' }[kind];
  const from = movedFrom === undefined ? '' : ` (from ${movedFrom})`;
  const why = reason === undefined ? '' : ` (one snapshot could not read it: ${reason})`;
  const summary = changes.length === 0 ? '' : `: ${summaryOf(changes)}`;
  app.line(`${sign} ${path}${from}${why}${stat || kind === 'unknown' ? summary : ''}`);
  if (stat) return;
  const paint = paintOf(app.io);
  for (const change of changes)
    for (const line of changeLines(change, paint)) paintedLine(app, `    ${line}`);
}

function objectJson({ movedFrom, ...difference }: ObjectDifference): object {
  return { ...difference, ...(movedFrom === undefined ? {} : { moved_from: movedFrom }) };
}
