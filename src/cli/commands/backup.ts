/** `backup`: crawls the workspace and commits a snapshot. */
import type { Command } from 'commander';
import { arrayAt, objectAt } from '../../document/json.ts';
import { KlosetError } from '../../errors.ts';
import type { CommentSetting } from '../../notion/crawl/crawl.ts';
import type { BackupReport } from '../../operations/backup.ts';
import { backup } from '../../operations/backup.ts';
import { notionSource, readWorkspace } from '../../operations/notion-source.ts';
import type { App } from '../app.ts';
import { backupSettings } from '../backup-settings.ts';
import { formatBytes, formatDuration, plural } from '../format.ts';
import { connectorOf, idOf, tokenOf, withNotion } from '../notion-session.ts';
import { parseChoice, parseCount } from '../parse.ts';
import { hasSecret } from '../secret.ts';
import { makeStore, placeOf, storeExists, withOpenStore } from '../store-session.ts';

interface BackupFlags {
  readonly root: string[];
  readonly tag: string[];
  readonly name?: string;
  readonly full?: boolean;
  readonly rereadWithin: string;
  readonly comments: string;
  readonly trash?: boolean;
  readonly externalMedia?: boolean;
  readonly media: boolean;
}

const commentSettings: readonly CommentSetting[] = ['all', 'changed', 'pages', 'none'];

/** Adds the command. */
export function registerBackup(program: Command, app: App): void {
  program
    .command('backup [source]')
    .description(
      'back up a Notion workspace: the one of NOTION_TOKEN, or of a configured source ("@mynotion")',
    )
    .option(
      '--root <id>',
      'only this page, database or data source and what is below it; repeatable',
      collect,
      [],
    )
    .option('--tag <tag>', 'label the snapshot; repeatable', collect, [])
    .option('--name <name>', 'name the snapshot; the workspace’s name by default')
    .option('--full', 'read everything again, whatever its edit time says')
    .option(
      '--reread-within <runs>',
      'read each page in full at least once in so many runs; 0 for never',
      '30',
    )
    .option('--comments <which>', `read comments of ${commentSettings.join(', ')}`, 'changed')
    .option('--trash', 'keep pages that are in the trash too')
    .option('--external-media', 'fetch files that Notion only links to')
    .option('--no-media', 'do not fetch any file')
    .action((source: string | undefined, flags: BackupFlags) => run(app, source, flags));
}

function collect(value: string, all: string[]): string[] {
  return [...all, value];
}

async function run(app: App, word: string | undefined, flags: BackupFlags): Promise<void> {
  const connector = connectorOf(app, 'source', word);
  const options = optionsOf(flags);
  // Nobody wants a store made for a backup that cannot begin.
  tokenOf(app, connector);
  await offerToCreate(app);
  const report = await withOpenStore(app, 'shared', 'backup', (store) =>
    withNotion(app, connector, async (api) => {
      const settings = backupSettings(app, store);
      const workspace = await readWorkspace(api);
      const source = notionSource({ ...settings, ...options, api }, workspace);
      const name = flags.name ?? workspace.name;
      const done = await backup({ ...settings, store, source, name, tags: flags.tag });
      return { ...done, requests: api.requestsSpent };
    }),
  );
  print(app, report);
}

function optionsOf(flags: BackupFlags) {
  return {
    roots: flags.root.map((root) => idOf(root, '--root')),
    full: flags.full === true,
    rereadWithin: parseCount(flags.rereadWithin, '--reread-within'),
    comments: parseChoice(flags.comments, commentSettings, '--comments'),
    trash: flags.trash === true,
    externalMedia: flags.externalMedia === true,
    media: flags.media,
  };
}

/** A first backup makes its store: at once where the passphrase is at hand, after a question on a terminal. */
async function offerToCreate(app: App): Promise<void> {
  const place = await placeOf(app);
  if (storeExists(place)) return;
  if (!hasSecret(app, place.settings)) {
    if (!app.io.isInteractive) throw noStore(place.location);
    const answer = await app.io.ask(`There is no store at ${place.location} yet. Create it? [Y/n] `);
    if (/^n/i.test(answer.trim())) throw noStore(place.location);
  }
  await makeStore(app, place);
  app.line(`created store ${place.location}`);
}

function noStore(location: string): KlosetError {
  return new KlosetError('not-found', `There is no store at ${location}.`, {
    hint: 'Make one with `notion-kloset create`, or set a passphrase and back up: that makes it.',
  });
}

function print(app: App, report: BackupReport & { readonly requests: number }): void {
  const { snapshot, counts, errors, complete, bytesAdded, requests, alarm, manifest } = report;
  const id = snapshot.id.slice(0, 8);
  const header = snapshot.header;
  const lines = [
    `backup: created signed snapshot ${id} of size ${formatBytes(header?.contentBytes ?? 0)} in ${formatDuration(header?.durationMs ?? 0)} (wrote ${formatBytes(bytesAdded)})`,
    `  ${countsLine(counts)}; ${plural(requests, 'request')}`,
  ];
  if (errors > 0)
    lines.push(`  ${plural(errors, 'object')} could not be read: \`notion-kloset info ${id} --errors\``);
  if (alarm !== undefined) app.warn(`ALARM: ${alarm}`);
  app.result(
    {
      snapshot: snapshot.id,
      counts,
      // Listed, so that a script can name them; `error_count` counts those a long list leaves out too.
      errors: arrayAt(objectAt(manifest, 'errors'), 'list').slice(0, 1000),
      error_count: errors,
      complete: complete && alarm === undefined,
      requests,
      bytes_added: bytesAdded,
      blobs_new: report.blobsNew,
      blobs_reused: report.blobsReused,
      ...(alarm === undefined ? {} : { alarm }),
    },
    lines,
  );
  if (!complete || errors > 0 || alarm !== undefined) app.finishedWith('incomplete');
}

function countsLine(counts: BackupReport['counts']): string {
  const shown = ['pages', 'databases', 'rows', 'media', 'comments', 'reused'];
  return shown
    .filter((name) => counts[name] !== undefined)
    .map((name) => `${name} ${counts[name]}`)
    .join(', ');
}
