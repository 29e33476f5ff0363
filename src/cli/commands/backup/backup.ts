/** `backup`: crawls the workspace and commits a snapshot. */
import type { Command } from 'commander';
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../../document/json.ts';
import { KlosetError } from '../../../errors.ts';
import type { CommentSetting } from '../../../notion/crawl/crawl.ts';
import type { NotionBackupReport } from '../../../operations/backup/backup-notion.ts';
import { backupNotion, defaultCommentShare } from '../../../operations/backup/backup-notion.ts';
import type { CrawlScope } from '../../../operations/backup/notion-source.ts';
import { readWorkspace } from '../../../operations/backup/notion-source.ts';
import { defaultAlarmLossPercent } from '../../../operations/backup/shrink-watch.ts';
import { alarmJson } from '../../../operations/look/alarm.ts';
import { requireFirstUse, storeExists } from '../../../operations/stores/create-store.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { jobOf } from '../../session/job.ts';
import { connectorOf, idOf, withNotion } from '../../session/notion-session.ts';
import { hasSecret } from '../../session/secret.ts';
import { createNamedStore, storeAt, withWritableStore } from '../../session/store-session.ts';
import { formatBytes, formatDuration, formatTime, plural } from '../../text/format.ts';
import { parseChoice, parseCount, splitWords } from '../../text/parse.ts';

interface BackupFlags {
  readonly root?: string[];
  readonly tag?: string[];
  readonly name?: string;
  readonly full?: boolean;
  readonly rereadWithin: string;
  readonly comments: string;
  readonly commentShare: string;
  readonly emails?: boolean;
  readonly trash?: boolean;
  readonly externalMedia?: boolean;
  readonly media: boolean;
  readonly alarmLoss: string;
}

const commentSettings: readonly CommentSetting[] = ['all', 'changed', 'pages', 'none'];

/** Errors listed one by one in the JSON result; `error_count` counts all. */
const maxListedErrors = 1000;

/** Adds the command. */
export function registerBackup(program: Command, app: App): void {
  const command = program
    .command('backup [source]')
    .description('back up the Notion workspace of NOTION_TOKEN, or of a configured source ("@mynotion")')
    .option(
      '--root <id>',
      'back up only this page, database or data source and everything below it; repeatable',
      collect,
    )
    .option('--tag <tags>', 'tag the snapshot; several with commas between them; repeatable', collect)
    .option('--name <name>', 'name the snapshot; default: the name of the workspace')
    .option('--full', 'read every page again, even if its edit time is unchanged')
    .option(
      '--reread-within <runs>',
      'read each page in full at least once in this many runs; 0: never',
      '30',
    )
    .option('--comments <which>', `select the comments to read: ${commentSettings.join(', ')}`, 'changed')
    .option(
      '--comment-share <percent>',
      'ask unchanged pages for first comments with at most this share of the requests; 0: never, 100: all in each run',
      String(defaultCommentShare),
    )
    .option('--emails', 'keep the e-mail addresses of people')
    .option('--trash', 'include pages that are in the trash')
    .option('--external-media', 'download files that Notion only links to')
    .option('--no-media', 'do not download any file')
    .option(
      '--alarm-loss <percent>',
      'raise an alarm when more than this share of the objects or bytes is lost',
      String(defaultAlarmLossPercent),
    )
    .action((source: string | undefined, flags: BackupFlags) => run(app, source, flags));
  teach(command, {
    examples: ['backup', 'at /var/backups backup "@mynotion" --tag nightly'],
    errors: ['incomplete', ...storeErrors],
  });
}

function collect(value: string, all: readonly string[] = []): string[] {
  return [...all, value];
}

async function run(app: App, word: string | undefined, flags: BackupFlags): Promise<void> {
  const connector = connectorOf(app, 'source', word);
  const scope = scopeOf(flags);
  const alarmLossPercent = parsePercent(flags.alarmLoss, '--alarm-loss');
  const tags = (flags.tag ?? []).flatMap(splitWords);
  const report = await withNotion(app, connector, async (api) => {
    const workspace = await readWorkspace(api);
    await offerToCreate(app);
    return withWritableStore(app, 'backup', (store) =>
      backupNotion(jobOf(app), { store, api, scope, name: flags.name, tags, alarmLossPercent, workspace }),
    );
  });
  print(app, report);
}

function scopeOf(flags: BackupFlags): CrawlScope {
  return {
    roots: (flags.root ?? []).map((root) => idOf(root, '--root')),
    full: flags.full === true,
    rereadWithin: parseCount(flags.rereadWithin, '--reread-within'),
    comments: parseChoice(flags.comments, commentSettings, '--comments'),
    commentShare: parsePercent(flags.commentShare, '--comment-share'),
    emails: flags.emails === true,
    trash: flags.trash === true,
    externalMedia: flags.externalMedia === true,
    media: flags.media,
  };
}

/** A first backup creates its store: at once where a secret is given, after a question on a terminal. */
async function offerToCreate(app: App): Promise<void> {
  const store = await storeAt(app);
  if (await storeExists(store)) return;
  await requireFirstUse(jobOf(app), store);
  if (!hasSecret(app, store.settings)) {
    if (!app.io.isInteractive) throw noStore(store.location);
    const answer = await app.io.ask(`There is no store at ${store.location} yet. Create it? [Y/n] `);
    if (/^n/i.test(answer.trim())) throw noStore(store.location);
  }
  await createNamedStore(app, store);
  app.line(`created store ${store.location}`);
  app.warn(
    `The passphrase or key of ${store.location} is the only way in: when it is lost, the backups cannot be read.`,
  );
}

function noStore(location: string): KlosetError {
  return new KlosetError('not-found', `There is no store at ${location}.`, {
    hint: 'Create one with `notion-kloset create`, or set a passphrase and run the backup: it creates the store.',
  });
}

function print(app: App, report: NotionBackupReport): void {
  const { snapshot, counts, errors, bytesAdded, requests, alarm, manifest, loss, wrongClock } = report;
  const complete = report.complete && alarm === undefined;
  if (alarm !== undefined) app.warn(`ALARM: ${alarm.text}`);
  app.result(
    {
      snapshot: snapshot.id,
      counts,
      errors: arrayAt(objectAt(manifest, 'errors'), 'list').slice(0, maxListedErrors),
      error_count: errors,
      complete,
      requests,
      comments: objectAt(manifest, 'comments') ?? null,
      bytes_added: bytesAdded,
      blobs_new: report.blobsNew,
      blobs_reused: report.blobsReused,
      ...(alarm === undefined ? {} : { alarm: alarmJson(alarm) }),
      ...(loss === undefined ? {} : { lost: [...loss.missing, ...loss.unreadable] }),
      ...(wrongClock === undefined ? {} : { wrong_clock: wrongClock }),
    },
    summaryLines(report),
  );
  if (wrongClock !== undefined) app.warn(wrongClock);
  if (loss !== undefined) app.warn(`${loss.error.message} ${loss.error.hint ?? ''}`.trimEnd());
  if (!complete || errors > 0 || loss !== undefined) app.finishedWith('incomplete');
}

function summaryLines({
  snapshot,
  counts,
  errors,
  bytesAdded,
  requests,
  manifest,
}: NotionBackupReport): string[] {
  const id = snapshot.id.slice(0, 8);
  const { contentBytes = 0, durationMs = 0 } = snapshot.header ?? {};
  return [
    `backup: created signed snapshot ${id} of size ${formatBytes(contentBytes)} in ${formatDuration(durationMs)} (wrote ${formatBytes(bytesAdded)})`,
    `  ${countsLine(counts)}; ${plural(requests, 'request')}`,
    ...(errors > 0
      ? [`  ${plural(errors, 'object')} could not be read: \`notion-kloset info ${id} --errors\``]
      : []),
    ...commentLines(manifest),
    ...refusedLines(manifest),
  ];
}

/** The search for comments on unchanged pages: its extent, and how far back it reaches by now. */
function commentLines(manifest: JsonObject): string[] {
  const comments = objectAt(manifest, 'comments');
  const asked = objectAt(comments, 'asked');
  const [discussed, others] = [Number(asked?.discussed), Number(asked?.recent) + Number(asked?.rolling)];
  const swept = stringAt(comments, 'swept');
  if (!(discussed + others > 0) || swept === undefined) return [];
  return [
    `  unchanged pages: asked for comments at ${plural(discussed, 'place')} with some and ${plural(others, 'other')} (--comment-share ${String(comments?.share_percent)}); all were read since ${formatTime(swept)}`,
  ];
}

/** Content that Notion refused this connection, once for all objects. */
function refusedLines(manifest: JsonObject): string[] {
  const refused = Object.entries(objectAt(objectAt(manifest, 'blind_spots'), 'refused') ?? {});
  return refused.map(
    ([what, why]) =>
      `  ${what}: not in the backup, refused by Notion (${typeof why === 'string' ? why : JSON.stringify(why)})`,
  );
}

/** @throws KlosetError `usage` */
function parsePercent(text: string, option: string): number {
  const percent = Number(text.replace(/%$/, ''));
  if (text.trim() !== '' && percent >= 0 && percent <= 100) return percent;
  throw new KlosetError('usage', `${option} takes a percentage from 0 to 100, not "${text}".`);
}

function countsLine(counts: NotionBackupReport['counts']): string {
  const shown = ['pages', 'databases', 'rows', 'media', 'comments', 'reused'];
  return shown
    .filter((name) => counts[name] !== undefined)
    .map((name) => `${name} ${counts[name]}`)
    .join(', ');
}
