/** The options of `backup`: how they are declared, and what they say. */
import type { Command } from 'commander';
import { KlosetError } from '../../../errors.ts';
import type { CommentSetting } from '../../../notion/crawl/crawl.ts';
import { defaultCommentShare } from '../../../operations/backup/backup-notion.ts';
import type { CrawlScope } from '../../../operations/backup/notion-source.ts';
import { defaultAlarmLossPercent } from '../../../operations/backup/shrink-watch.ts';
import { momentOf } from '../../../operations/look/ages.ts';
import { refuseTogether } from '../../help/checked-options.ts';
import { idOf } from '../../session/notion-session.ts';
import { labels, tagsOf as tagsAndLabels } from '../../session/scope/labels.ts';
import type { NotionLimits } from '../../session/scope/limits.ts';
import { limitsOf } from '../../session/scope/limits.ts';
import { parseChoice, parseCount, parsePercent } from '../../text/parse.ts';

export interface BackupFlags {
  readonly root?: string[];
  readonly include?: string[];
  readonly exclude?: string[];
  readonly excludeFile?: string[];
  readonly ignore?: string[];
  readonly ignoreFile?: string[];
  readonly selection: boolean;
  readonly requestsPerHour?: string;
  readonly quietHours?: string;
  readonly tag?: string[];
  readonly name?: string;
  readonly job?: string;
  readonly environment?: string;
  readonly perimeter?: string;
  readonly category?: string;
  readonly full?: boolean;
  readonly rereadWithin: string;
  readonly comments: string;
  readonly commentShare: string;
  readonly emails?: boolean;
  readonly trash?: boolean;
  readonly externalMedia?: boolean;
  readonly media: boolean;
  readonly alarmLoss: string;
  readonly check?: boolean;
  readonly dryRun?: boolean;
  readonly forceTimestamp?: string;
  readonly acceptWorkspace?: boolean;
  readonly option?: string[];
}

const commentSettings: readonly CommentSetting[] = ['all', 'changed', 'pages', 'none'];

/** Declares the options. */
export function addBackupOptions(command: Command): Command {
  command
    .option(
      '--root <id>',
      'back up only this page, database or data source and everything below it; repeatable',
      collect,
    )
    .option(
      '--include <pattern>',
      'back up only what the pattern names (id, URL, title or path) and everything below it; repeatable',
      collect,
    )
    .option(
      '--exclude <pattern>',
      'leave out what the pattern names and everything below it; `!pattern` takes one back; repeatable',
      collect,
    )
    .option(
      '--exclude-file <file>',
      'leave out what the patterns in this file name, one a line; repeatable',
      collect,
    )
    .option('--ignore <pattern>', 'the same as --exclude', collect)
    .option('--ignore-file <file>', 'the same as --exclude-file', collect)
    .option('--no-selection', 'back up everything, whatever the policy of the source includes or excludes')
    .option('--tag <tags>', 'tag the snapshot; several with commas between them; repeatable', collect)
    .option('--name <name>', 'name the snapshot; default: the name of the workspace');
  for (const label of labels) command.option(`--${label} <word>`, `tag the snapshot with ${label}=WORD`);
  command
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
    .option(
      '--dry-run',
      'estimate what would be read, how many requests and minutes it takes; back up nothing',
    )
    .option('--requests-per-hour <count>', 'send at most this many requests to Notion within an hour')
    .option(
      '--quiet-hours <span>',
      'send no request in these hours, like "08:00-18:00 Europe/Berlin"; the backup stops, and the next run resumes it',
    )
    .option('--check', 'read the new snapshot back and verify every byte of it')
    .option('--force-timestamp <time>', 'state this time in the snapshot, which is not in the future')
    .option(
      '--accept-workspace',
      'accept that the token of the source belongs to another workspace than before',
    )
    .option(
      '-o, --option <option=value>',
      'set an option of the source for this run, as `source set` does',
      collect,
    );
  refuseTogether(command, [
    ['--external-media', '--no-media'],
    ['--dry-run', '--check'],
    ['--no-selection', '--include'],
    ['--no-selection', '--exclude'],
    ['--no-selection', '--exclude-file'],
    ['--no-selection', '--ignore'],
    ['--no-selection', '--ignore-file'],
  ]);
  return command;
}

function collect(value: string, all: readonly string[] = []): string[] {
  return [...all, value];
}

/** The part of the workspace to read, and how thoroughly. @throws KlosetError `usage` */
export function scopeOf(flags: BackupFlags): CrawlScope {
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

/** The patterns of the flags; undefined where none is given. @param absolute makes a path absolute */
export function patternsOf(
  flags: BackupFlags,
  absolute: (path: string) => string,
): { include: string[]; exclude: string[]; files: string[] } | undefined {
  const { include = [], exclude = [], ignore = [], excludeFile = [], ignoreFile = [] } = flags;
  const files = [...excludeFile, ...ignoreFile].map(absolute);
  const given = { include, exclude: [...exclude, ...ignore], files };
  return Object.values(given).every(({ length }) => length === 0) ? undefined : given;
}

/** @throws KlosetError `usage` */
export function limitsOfFlags({ requestsPerHour, quietHours }: BackupFlags): NotionLimits {
  const names = { requestsPerHour: '--requests-per-hour', quietHours: '--quiet-hours' };
  return limitsOf({ requestsPerHour, quietHours }, names);
}

/** The tags of the snapshot: those of `--tag`, then the labels. @throws KlosetError `usage` */
export function tagsOf(flags: BackupFlags): string[] {
  return tagsAndLabels(flags.tag ?? [], flags, (label) => `--${label}`);
}

/** The time that the snapshot is to state, ISO 8601; undefined for now. @throws KlosetError `usage` */
export function statedTime({ forceTimestamp: text }: BackupFlags, nowMs: number): string | undefined {
  if (text === undefined) return undefined;
  const moment = momentOf(text.replace(' ', 'T'), nowMs);
  if (moment !== undefined && moment <= nowMs) return new Date(moment).toISOString();
  const wrong = moment === undefined ? 'is not a time' : 'lies in the future';
  throw new KlosetError('usage', `--force-timestamp: ${text} ${wrong}.`, {
    hint: 'Write it like 2026-11-20 or 2026-11-20T23:04:00Z.',
  });
}
