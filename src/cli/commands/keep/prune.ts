/** `prune`: removes snapshots that a retention policy does not keep. */
import type { Command } from 'commander';
import { KlosetError } from '../../../errors.ts';
import type { PruneReport } from '../../../operations/keep/prune.ts';
import { prune } from '../../../operations/keep/prune.ts';
import type { RetentionPolicy } from '../../../operations/keep/retention.ts';
import { isFiltered, nothingMatchesLine } from '../../../operations/look/filter.ts';
import type { App } from '../../app/app.ts';
import { configFolder } from '../../app/folders.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { ConnectorFile } from '../../session/connectors.ts';
import type { FilterFlags } from '../../session/filters.ts';
import { addFilters, filterOf } from '../../session/filters.ts';
import { jobOf } from '../../session/job.ts';
import { countRules, policyFrom } from '../../session/policies.ts';
import { withMaintainedStore } from '../../session/store-session.ts';
import { formatTime, plural } from '../../text/format.ts';

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
  command
    .option('--keep-within <duration>', 'keep snapshots at most this much older than the newest')
    .option(
      '--keep-tag <tag>',
      'keep snapshots with this tag; repeatable',
      (tag: string, all: readonly string[] = []) => [...all, tag],
    )
    .option('--apply', 'apply the changes (default: dry run)')
    .action((flags: PruneFlags) => run(app, flags));
  addFilters(command);
  teach(command, {
    examples: ['prune --keep-daily 7 --keep-monthly 12', 'prune --policy nightly --apply'],
    errors: storeErrors,
  });
}

const periods = { hourly: 'hours', daily: 'days', weekly: 'weeks', monthly: 'months', yearly: 'years' };

function ruleHelp(rule: (typeof countRules)[number]): string {
  return rule === 'last'
    ? 'keep the newest n'
    : `keep the newest of each of the last n ${periods[rule]} with a snapshot`;
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
  const named =
    flags.policy === undefined ? {} : new ConnectorFile(configFolder(app.io), 'policy').get(flags.policy);
  const given = Object.fromEntries(
    countRules.map((rule): [string, string | undefined] => {
      const flag = flags[`keep${rule[0]?.toUpperCase()}${rule.slice(1)}`];
      return [rule, typeof flag === 'string' ? flag : named[rule]];
    }),
  );
  const tags = [...(flags.keepTag ?? []), ...(named.tags === undefined ? [] : [named.tags])];
  const within = flags.keepWithin ?? named.within;
  const policy = policyFrom({ ...given, within, tags: tags.join(',') });
  if (Object.keys(policy).length > 0) return policy;
  throw new KlosetError('usage', 'No rule was given for what to keep.', {
    hint: 'Give at least one, for example --keep-daily 7, or --policy NAME.',
  });
}
