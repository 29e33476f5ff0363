/** `prune`: removes snapshots that a retention policy does not keep. */
import { hostname } from 'node:os';
import type { Command } from 'commander';
import { KlosetError } from '../../errors.ts';
import type { RetainedSnapshot, RetentionPolicy } from '../../operations/retention.ts';
import { decideRetention } from '../../operations/retention.ts';
import type { SnapshotSummary } from '../../store/open-store.ts';
import type { App } from '../app.ts';
import { ConnectorFile } from '../connectors.ts';
import { configFolder } from '../folders.ts';
import { formatTime, plural } from '../format.ts';
import { parseCount, parseDuration } from '../parse.ts';
import { lockOptions, withMaintainedStore } from '../store-session.ts';
import { toolName } from '../version.ts';

/** A snapshot with this tag is never pruned. */
export const pinTag = 'pin';

const countRules = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;

interface PruneFlags {
  readonly policy?: string;
  readonly keepWithin?: string;
  readonly keepTag: string[];
  readonly apply?: boolean;
  readonly [rule: string]: unknown;
}

/** Adds the command. */
export function registerPrune(program: Command, app: App): void {
  const command = program
    .command('prune')
    .description(
      `remove snapshots that no rule keeps; those tagged "${pinTag}", the newest and the newest good one always stay`,
    )
    .option('--policy <name>', 'rules of a configured policy');
  for (const rule of countRules)
    command.option(
      `--keep-${rule} <n>`,
      `keep the ${rule === 'last' ? 'newest n' : `newest of each, for n ${rule} periods`}`,
    );
  command
    .option('--keep-within <duration>', 'keep what is at most this much older than the newest')
    .option(
      '--keep-tag <tag>',
      'keep what has this tag; repeatable',
      (tag: string, all: string[]) => [...all, tag],
      [],
    )
    .option('--apply', 'remove them; without it only says which')
    .action((flags: PruneFlags) => run(app, flags));
}

async function run(app: App, flags: PruneFlags): Promise<void> {
  const policy = policyOf(app, flags);
  const apply = flags.apply === true;
  await withMaintainedStore(app, async (store) => {
    const decisions = decideRetention((await store.listSnapshots()).map(retained), policy);
    const removed = decisions
      .filter(({ reasons }) => reasons.length === 0)
      .map(({ snapshot }) => snapshot.id);
    if (apply) await store.removeSnapshots(removed, { tool: toolName(), host: hostname() }, lockOptions(app));
    app.result(
      {
        removed: apply,
        remove: removed,
        keep: decisions
          .filter(({ reasons }) => reasons.length > 0)
          .map(({ snapshot, reasons }) => ({ id: snapshot.id, reasons })),
      },
      [
        ...decisions.map(({ snapshot, reasons }) => {
          const what = reasons.length > 0 ? `keep    (${reasons.join(', ')})` : apply ? 'removed' : 'remove';
          return `${snapshot.time === undefined ? '' : formatTime(snapshot.time)} ${snapshot.id.slice(0, 8)} ${what}`;
        }),
        apply
          ? `prune: removed ${plural(removed.length, 'snapshot')}`
          : `prune: would remove ${plural(removed.length, 'snapshot')}; run it again with --apply`,
      ],
    );
  });
}

function retained({ id, header, problem }: SnapshotSummary): RetainedSnapshot & Pick<SnapshotSummary, 'id'> {
  return {
    id,
    ...(header === undefined ? {} : { time: header.time }),
    source: header?.source ?? '',
    tags: header?.tags ?? [],
    isGood: header?.complete === true && problem === undefined,
    isPinned: header?.tags.includes(pinTag) === true,
  };
}

/** The rules given by flags over those of the named policy. @throws KlosetError `usage` when there is none */
function policyOf(app: App, flags: PruneFlags): RetentionPolicy {
  const named =
    flags.policy === undefined ? {} : new ConnectorFile(configFolder(app.io), 'policy').get(flags.policy);
  const policy: { -readonly [rule in keyof RetentionPolicy]: RetentionPolicy[rule] } = {};
  for (const rule of countRules) {
    const flag = flags[`keep${rule[0]?.toUpperCase()}${rule.slice(1)}`];
    const text = typeof flag === 'string' ? flag : named[rule];
    if (text !== undefined) policy[rule] = parseCount(text, `keep-${rule}`, 1);
  }
  const within = flags.keepWithin ?? named.within;
  if (within !== undefined) policy.withinMs = parseDuration(within);
  const tags = [...flags.keepTag, ...(named.tags ?? '').split(',').filter((tag) => tag !== '')];
  if (tags.length > 0) policy.tags = tags;
  if (Object.keys(policy).length > 0) return policy;
  throw new KlosetError('usage', 'No rule says what to keep.', {
    hint: 'Give at least one, for example --keep-daily 7, or --policy NAME.',
  });
}
