/** The state of the store in words: is the last backup recent, complete and genuine, and can it be read back. */

import type { LeftOut } from '../../document/selection/left-out.ts';
import { leftOutLine } from '../../operations/documents/left-out.ts';
import type { JobContext } from '../../operations/job-context.ts';
import { pruneDecisions } from '../../operations/keep/prune.ts';
import type { RetentionPolicy } from '../../operations/keep/retention.ts';
import type { StoreDescription } from '../../operations/look/describe.ts';
import { describeStore } from '../../operations/look/describe.ts';
import type { SourceStatus, StoreStatus } from '../../operations/status/status.ts';
import { statusOf } from '../../operations/status/status.ts';
import type { NotedCheck } from '../../operations/verify/last-check.ts';
import { snapshotAddress } from '../addresses.ts';
import type { Child, Element } from '../elements.ts';
import { h } from '../elements.ts';
import type { Catalog } from '../reading/catalog.ts';
import type { Reply } from '../reply.ts';
import { htmlReply } from '../reply.ts';
import { ageWords, plural, sizeWords, timeWords, words } from '../words.ts';
import { frame } from './parts/frame.ts';
import { growthChart } from './parts/growth-chart.ts';

/** A configured policy by its name. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: RetentionPolicy;
}

export interface HealthOptions {
  readonly job: JobContext;
  readonly policies: readonly NamedPolicy[];
}

const maxGaps = 100;

export async function healthPage(catalog: Catalog, { job, policies }: HealthOptions): Promise<Reply> {
  const status = await statusOf(job, catalog.store);
  const description = await describeStore(catalog.store);
  const { snapshots } = await catalog.survey();
  const pruned: Child[] = [];
  for (const policy of policies) pruned.push(await policyPart(catalog, policy));
  return htmlReply(
    await frame(
      { title: words.health.title, catalog },
      h('h1', {}, words.health.title),
      h(
        'p',
        { role: 'status', className: problemsOf(status).length === 0 ? [] : ['missing'] },
        verdict(status),
      ),
      status.sources.length === 0 ? h('p', {}, words.home.none) : status.sources.map(sourcePart),
      storePart(status, description),
      h('h2', {}, words.health.growth),
      growthChart(snapshots),
      h('h2', {}, words.health.prune),
      pruned.length === 0 ? h('p', {}, words.health.noPolicy) : pruned,
    ),
  );
}

/** The problems of the store, each in a sentence. */
function problemsOf({ loss, problems, unread, checks, sources }: StoreStatus): string[] {
  return [
    ...(loss === undefined ? [] : [loss.error.message]),
    ...(problems === 0 ? [] : [words.health.problems(problems)]),
    ...(unread === 0 ? [] : [words.health.unread(unread)]),
    ...(checks.damage === undefined ? [] : [words.health.damage(checkWords(checks.damage))]),
    ...sources.flatMap(({ header, hasAlarm }) => [
      ...(hasAlarm ? [words.health.alarmOf(header.name)] : []),
      ...(header.complete ? [] : [words.health.incompleteOf(header.name)]),
    ]),
  ];
}

/** The part that it holds by choice, told apart from gaps; nothing for a backup of everything. */
export function partFact(leftOut: LeftOut | undefined): [string, string][] {
  return leftOut === undefined ? [] : [[words.health.part, leftOutLine(leftOut)]];
}

function verdict(status: StoreStatus): string {
  const problems = problemsOf(status);
  return problems.length === 0 ? words.health.well : problems.join(' ');
}

function sourcePart(source: SourceStatus): Child {
  const { id, header, ageMs, backups, gaps, blindSpots, refused, alarm, hasAlarm, signer } = source;
  const time = (at: string | undefined) => (at === undefined ? words.health.unknown : timeWords(at));
  return [
    h('h2', {}, header.name),
    hasAlarm
      ? h(
          'div',
          { className: ['alarm'], role: 'alert' },
          h('p', {}, h('strong', { className: ['missing'] }, alarm?.text ?? words.home.alarm)),
          alarm === undefined || alarm.gone.length === 0
            ? undefined
            : h(
                'ul',
                {},
                alarm.gone.map((name) => h('li', {}, name)),
              ),
          h('p', {}, words.health.acknowledge, h('code', {}, `notion-kloset acknowledge ${id.slice(0, 8)}`)),
        )
      : undefined,
    facts([
      [
        words.health.newest,
        [
          h('a', { href: snapshotAddress(id) }, timeWords(header.time)),
          ` (${words.health.old(ageWords(ageMs))})`,
        ],
      ],
      [words.health.backups, plural(backups, 'backup')],
      [words.health.complete, header.complete ? words.health.allRead : words.home.incomplete(header.errors)],
      ...partFact(source.leftOut),
      [words.health.fullReading, time(source.oldestFullReading)],
      [words.health.comments, time(source.lastCommentSweep)],
      [words.health.drill, drillWords(source.drill)],
      [words.health.signedBy, h('code', {}, signer)],
    ]),
    gaps.length === 0
      ? undefined
      : h(
          'details',
          { open: true },
          h('summary', {}, words.snapshot.gaps),
          h(
            'ul',
            {},
            gaps.slice(0, maxGaps).map((gap) => h('li', {}, gap)),
          ),
          gaps.length > maxGaps ? h('p', {}, words.snapshot.moreGaps(gaps.length - maxGaps)) : undefined,
        ),
    refused.length === 0
      ? undefined
      : h(
          'details',
          {},
          h('summary', {}, words.health.refused),
          h(
            'ul',
            {},
            refused.map((line) => h('li', {}, line)),
          ),
        ),
    h(
      'details',
      {},
      h('summary', {}, words.health.blindSpots(blindSpots.length)),
      h(
        'ul',
        {},
        blindSpots.map((spot) => h('li', {}, spot)),
      ),
    ),
  ];
}

function storePart(status: StoreStatus, store: StoreDescription): Child {
  const { snapshots, checks } = status;
  return [
    h('h2', {}, words.health.store),
    facts([
      [words.health.place, store.location],
      [words.health.snapshots, String(snapshots)],
      [words.health.size, `${sizeWords(store.bytes)}, ${plural(store.packs, 'packfile')}`],
      [
        words.health.chain,
        store.loss === undefined ? words.health.chainWell(store.badSnapshots) : store.loss.error.message,
      ],
      [words.health.restorable, presenceWords(status)],
      [words.health.lastCheck, checks.last === undefined ? words.health.noCheck : checkWords(checks.last)],
      [words.health.signers, store.signers.map((signer) => h('div', {}, h('code', {}, signer)))],
    ]),
  ];
}

function presenceWords({ problems, unread, looked }: StoreStatus): string {
  if (problems > 0) return words.health.problems(problems);
  if (unread > 0) return words.health.unread(unread);
  return looked?.isRemembered === true
    ? words.health.presentSince(timeWords(looked.lookedAt))
    : words.health.present;
}

function drillWords(drill: SourceStatus['drill']): Child {
  if (drill === undefined) return words.health.noDrill;
  const { time, isOk, equal, objects } = drill;
  const told = `${words.health.drillOf(isOk, equal, objects)}${timeWords(time)}`;
  return isOk ? told : h('strong', { className: ['missing'] }, told);
}

function checkWords({ time, scope, problems, bytesRead }: NotedCheck): string {
  return words.health.check(
    scope || words.health.everything,
    timeWords(time),
    problems,
    sizeWords(bytesRead),
  );
}

function facts(list: readonly (readonly [name: string, value: Child])[]): Element {
  return h(
    'dl',
    { className: ['facts'] },
    list.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]),
  );
}

async function policyPart(catalog: Catalog, { name, policy }: NamedPolicy): Promise<Child> {
  const decisions = await pruneDecisions(catalog.store, policy);
  const removed = decisions.filter(({ reasons }) => reasons.length === 0);
  return [
    h('h3', {}, words.health.policy(name)),
    h('p', {}, words.health.removes(removed.length, decisions.length)),
    h(
      'ul',
      {},
      removed
        .slice(0, maxGaps)
        .map(({ snapshot: { id, time } }) =>
          h('li', {}, h('a', { href: snapshotAddress(id) }, timeWords(time ?? id.slice(0, 8)))),
        ),
    ),
    h('code', { className: ['command'] }, `notion-kloset prune --policy ${name}`),
  ];
}
