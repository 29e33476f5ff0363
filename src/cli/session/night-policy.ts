/** The options of a policy as the rules of one nightly run. */
import type { Selection } from '../../document/selection/selection.ts';
import { KlosetError } from '../../errors.ts';
import type { CommentSetting } from '../../notion/crawl/crawl.ts';
import type { RetentionPolicy } from '../../operations/keep/retention.ts';
import { parseChoice, parseCount, parseDuration, parsePercent, splitWords } from '../text/parse.ts';
import { idOf } from './notion-session.ts';
import { retentionOf } from './retention.ts';
import { tagsOf } from './scope/labels.ts';
import type { NotionLimits } from './scope/limits.ts';
import { limitsOf } from './scope/limits.ts';
import { patternsOfRule, ruleNames, selectionOf } from './scope/selection-options.ts';
import type { Connector } from './settings/connector-options.ts';

/** Commands that run around the work of a night. */
export interface Hooks {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly onFailure?: string | undefined;
  readonly onAlarm?: string | undefined;
}

/** The bytes that one run checks: a part of all, in turn; the structure alone; or nothing. */
export type NightCheck =
  | { readonly kind: 'part'; readonly of: number }
  | { readonly kind: 'fast' }
  | { readonly kind: 'none' };

export interface NightPolicy {
  /** Undefined when nothing is to be removed. */
  readonly retention: RetentionPolicy | undefined;
  readonly comments: CommentSetting;
  readonly commentShare: number;
  readonly rereadWithin: number;
  readonly alarmLoss: number;
  readonly selection: Selection | undefined;
  readonly limits: NotionLimits;
  /** Name of the snapshots; that of the workspace when undefined. */
  readonly name: string | undefined;
  /** Tags of the snapshots, labels among them. */
  readonly snapshotTags: readonly string[];
  readonly check: NightCheck;
  /** Time between two garbage collections; undefined for none. */
  readonly maintenanceEveryMs: number | undefined;
  /** Places that `sync to` copies to. */
  readonly copies: readonly string[];
  /** Time between two drills; undefined for none. */
  readonly drillEveryMs: number | undefined;
  /** The page below which a drill restores; a temporary folder when undefined. */
  readonly drillTo: string | undefined;
  readonly drillObjects: number | undefined;
  readonly notify: readonly string[];
  readonly metrics: string | undefined;
  readonly hooks: Hooks;
}

const commentSettings: readonly CommentSetting[] = ['all', 'changed', 'pages', 'none'];
const day = '1d';

/** @throws KlosetError `usage` for a value that is not one */
export function nightPolicyOf(options: Connector): NightPolicy {
  const retention = retentionOf(options, (rule) => rule);
  const { before, after, on_failure: onFailure, on_alarm: onAlarm } = options;
  return {
    retention: Object.keys(retention).length === 0 ? undefined : retention,
    comments: parseChoice(options.comments ?? 'changed', commentSettings, 'comments'),
    commentShare: parsePercent(options.comment_share ?? '20', 'comment_share'),
    rereadWithin: parseCount(options.reread_within ?? '30', 'reread_within'),
    alarmLoss: parsePercent(options.alarm_loss ?? '10', 'alarm_loss'),
    selection: selectionOfPolicy(options),
    limits: limitsOfPolicy(options),
    name: options.name,
    snapshotTags: tagsOf(options.tag === undefined ? [] : [options.tag], options, (label) => label),
    check: checkOf(options.check ?? '1/30'),
    maintenanceEveryMs: everyOf(options.maintenance ?? '7d', 'maintenance'),
    copies: splitWords(options.copies ?? ''),
    drillEveryMs: everyOf(options.drill ?? '7d', 'drill'),
    drillTo: options.drill_to === undefined ? undefined : idOf(options.drill_to, 'drill_to'),
    drillObjects:
      options.drill_objects === undefined ? undefined : parseCount(options.drill_objects, 'drill_objects', 1),
    notify: splitWords(options.notify ?? ''),
    metrics: options.metrics,
    hooks: { before, after, onFailure, onAlarm },
  };
}

/** @throws KlosetError `usage` */
export function selectionOfPolicy({
  include,
  exclude,
  exclude_file: file,
}: Connector): Selection | undefined {
  const files = file === undefined ? [] : [file];
  return selectionOf(
    { include: patternsOfRule(include), exclude: patternsOfRule(exclude), files },
    ruleNames,
  );
}

/** @throws KlosetError `usage` */
export function limitsOfPolicy({ requests_per_hour, quiet_hours }: Connector): NotionLimits {
  return limitsOf(
    { requestsPerHour: requests_per_hour, quietHours: quiet_hours },
    { requestsPerHour: 'requests_per_hour', quietHours: 'quiet_hours' },
  );
}

/** `1/30`, `full`, `fast` or `none`. */
function checkOf(text: string): NightCheck {
  if (text === 'none' || text === 'fast') return { kind: text };
  if (text === 'full') return { kind: 'part', of: 1 };
  const [, of] = /^1\/(\d+)$/.exec(text) ?? [];
  if (of !== undefined) return { kind: 'part', of: parseCount(of, 'check', 1) };
  throw new KlosetError('usage', `check takes a part like 1/30, or full, fast or none, not "${text}".`);
}

/** A time between two of them, or `none`. */
function everyOf(text: string, name: string): number | undefined {
  return text === 'none' ? undefined : parseDuration(text, name, parseDuration(day, name) / 24);
}
