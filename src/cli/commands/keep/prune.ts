/** `prune`: removes snapshots that a retention policy does not keep. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { KlosetError } from '../../../errors.ts';
import type { PruneReport } from '../../../operations/keep/prune.ts';
import { prune } from '../../../operations/keep/prune.ts';
import type { CalendarRule, RetentionPolicy } from '../../../operations/keep/retention.ts';
import { calendarRules, keepsAnything } from '../../../operations/keep/retention.ts';
import { isFiltered, nothingMatchesLine } from '../../../operations/look/filter.ts';
import type { App } from '../../app/app.ts';
import { refuseTogether } from '../../help/checked-options.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import type { FilterFlags } from '../../session/filters.ts';
import { addFilters, filterOf } from '../../session/filters.ts';
import { jobOf } from '../../session/job.ts';
import { policyOptions } from '../../session/policies.ts';
import { countRules, retentionOf } from '../../session/retention.ts';
import { withMaintainedStore } from '../../session/store-session.ts';
import { formatTime, plural } from '../../text/format.ts';
import { splitWords } from '../../text/parse.ts';

interface PruneFlags extends FilterFlags {
  readonly policy?: string;
  readonly keepWithin?: string;
  readonly keepTag?: string[];
  readonly apply?: boolean;
  readonly [rule: string]: unknown;
}

/** Adds the command. */
export function registerPrune(program: Command, app: App): void {
  const command = program
    .command('prune')
    .description('remove snapshots that no rule keeps, except pinned ones and the newest of each source')
    .option('--policy <name>', 'use the rules of a configured policy');
  for (const rule of countRules) command.option(`--keep-${rule} <n>`, ruleHelp(rule));
  for (const [rule, { plural, one }] of Object.entries(periods)) {
    command.addOption(new Option(`--${plural} <n>`, `Plakar's word for --keep-${rule}`).hideHelp());
    command.option(`--per-${one} <n>`, `keep so many of each ${one} that --keep-${rule} names (default: 1)`);
  }
  command
    .option('--keep-within <duration>', 'keep snapshots at most this much older than the newest')
    .option(
      '--keep-tag <tag>',
      'keep snapshots with this tag; repeatable',
      (tag: string, all: readonly string[] = []) => [...all, tag],
    )
    .option('--apply', 'apply the changes (default: dry run)')
    .option('--dry-run', 'print what would be done; the default')
    .action((flags: PruneFlags) => run(app, flags));
  refuseTogether(command, [['--apply', '--dry-run']]);
  addFilters(command);
  teach(command, {
    examples: ['prune --keep-daily 7 --keep-monthly 12', 'prune --policy nightly --apply'],
    errors: storeErrors,
  });
}

/** Plakar names the rules by their periods: `-days 7 -per-day 2`. */
const periods: { readonly [rule in CalendarRule]: { readonly plural: string; readonly one: string } } = {
  minutely: { plural: 'minutes', one: 'minute' },
  hourly: { plural: 'hours', one: 'hour' },
  daily: { plural: 'days', one: 'day' },
  weekly: { plural: 'weeks', one: 'week' },
  monthly: { plural: 'months', one: 'month' },
  yearly: { plural: 'years', one: 'year' },
};

function ruleHelp(rule: (typeof countRules)[number]): string {
  return rule === 'last'
    ? 'keep the newest n'
    : `keep the newest of each of the last n ${periods[rule].plural} with a snapshot`;
}

async function run(app: App, flags: PruneFlags): Promise<void> {
  const policy = policyOf(app, flags);
  const filter = filterOf(app, flags);
  const apply = flags.apply === true;
  await withMaintainedStore(app, async (store) => {
    const { decisions, removed } = await prune(jobOf(app), store, { policy, filter, apply });
    const keep = decisions
      .filter(({ reasons }) => reasons.length > 0)
      .map(({ snapshot, reasons }) => ({ id: snapshot.id, reasons }));
    if (decisions.length === 0 && isFiltered(filter)) app.warn(`prune: ${nothingMatchesLine(filter)}`);
    app.result({ removed: apply, remove: removed, keep }, [
      ...decisions.map((decision) => decisionLine(decision, apply)),
      apply
        ? `prune: removed ${plural(removed.length, 'snapshot')}`
        : `prune: dry run, would remove ${plural(removed.length, 'snapshot')}; run it again with --apply`,
    ]);
  });
}

function decisionLine({ snapshot, reasons }: PruneReport['decisions'][number], apply: boolean): string {
  const decision = reasons.length > 0 ? `keep    (${reasons.join(', ')})` : apply ? 'removed' : 'remove';
  const time = snapshot.time === undefined ? '' : formatTime(snapshot.time);
  return `${time} ${snapshot.id.slice(0, 8)} ${decision}`;
}

/** The rules given by flags over those of the named policy. @throws KlosetError `usage` when there is none */
function policyOf(app: App, flags: PruneFlags): RetentionPolicy {
  const named = policyOptions(app, {}, flags.policy);
  const given = rulesOf(flags);
  const tags = [...(flags.keepTag ?? []), ...splitWords(named.tags ?? '')];
  const rules = { ...named, ...given, ...(tags.length === 0 ? {} : { tags: tags.join(',') }) };
  refuseLoneCaps(rules);
  const policy = retentionOf(rules, (rule) =>
    given[rule] === undefined ? `${rule} of the policy ${flags.policy ?? ''}` : flagOf(rule, flags),
  );
  if (keepsAnything(policy)) return policy;
  throw new KlosetError('usage', 'No rule was given for what to keep.', {
    hint: 'Give at least one, for example --keep-daily 7, or --policy NAME.',
  });
}

/** @throws KlosetError `usage` for a cap whose rule neither a flag nor the policy gives */
function refuseLoneCaps(rules: { readonly [rule: string]: string }): void {
  for (const rule of calendarRules) {
    const { plural, one } = periods[rule];
    if (rules[`per_${rule}`] !== undefined && rules[rule] === undefined)
      throw new KlosetError(
        'usage',
        `--per-${one} needs --keep-${rule} N, which says of how many ${plural}.`,
      );
  }
}

/** The flags under the names that a policy gives the rules. */
function rulesOf(flags: PruneFlags): { [rule: string]: string } {
  const rules: { [rule: string]: string } = {};
  const take = (rule: string, value: unknown) => {
    if (typeof value === 'string') rules[rule] = value;
  };
  take('within', flags.keepWithin);
  for (const rule of countRules) take(rule, flags[`keep${capital(rule)}`]);
  for (const rule of calendarRules) {
    const { plural, one } = periods[rule];
    if (rules[rule] === undefined) take(rule, flags[plural]);
    take(`per_${rule}`, flags[`per${capital(one)}`]);
  }
  return rules;
}

/** The flag that gave a rule, as it was written. */
function flagOf(rule: string, flags: PruneFlags): string {
  const calendar = calendarRules.find((each) => rule === each || rule === `per_${each}`);
  if (calendar === undefined) return `--keep-${rule}`;
  const { plural, one } = periods[calendar];
  if (rule !== calendar) return `--per-${one}`;
  return flags[`keep${capital(rule)}`] === undefined ? `--${plural}` : `--keep-${rule}`;
}

function capital(word: string): string {
  return `${word[0]?.toUpperCase()}${word.slice(1)}`;
}
