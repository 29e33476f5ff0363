/** `status`: tells of every source whether its last backup is recent, complete, restorable and genuine. */
import type { Command } from 'commander';
import { leftOutLine, unmatchedLines } from '../../../operations/documents/left-out.ts';
import type { SourceStatus, StoreStatus } from '../../../operations/status/status.ts';
import { statusOf } from '../../../operations/status/status.ts';
import { sourceJson, storeJson } from '../../../operations/status/status-json.ts';
import { takesTurns } from '../../../operations/stores/takes-turns.ts';
import type { NotedCheck } from '../../../operations/verify/last-check.ts';
import type { App } from '../../app/app.ts';
import { refuseTogether } from '../../help/checked-options.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { jobOf } from '../../session/job.ts';
import { metricsOf, writeMetrics } from '../../session/night/write-metrics.ts';
import { withMaintainedStore, withReadableStore } from '../../session/store-session.ts';
import { tellLoss } from '../../session/tell-loss.ts';
import { chart } from '../../text/chart.ts';
import { formatBytes, formatDuration, formatTime, plural } from '../../text/format.ts';
import { parseDuration } from '../../text/parse.ts';

/** Gaps printed for each source; `info` lists all. */
const maxPrintedGaps = 5;

interface StatusFlags {
  readonly maxAge?: string;
  readonly witness?: boolean;
  readonly metrics?: string;
}

/** Adds the command. */
export function registerStatus(program: Command, app: App): void {
  const command = program
    .command('status')
    .description('show for every source whether its last backup is recent, complete and valid')
    .option('--max-age <duration>', 'end with exit code 3 when a newest backup is older (26h, 7d)')
    .option('--metrics <file>', 'write the figures for Prometheus into this file')
    .option('--witness', 'print one signed line that says how far the store has come, to be kept elsewhere')
    .action(async ({ maxAge, witness, metrics }: StatusFlags) => {
      if (witness === true) return printWitness(app);
      const maxAgeMs = maxAge === undefined ? Number.POSITIVE_INFINITY : parseDuration(maxAge, '--max-age');
      await withReadableStore(app, async (store) => {
        const status = await statusOf(jobOf(app), store);
        if (metrics !== undefined) writeMetrics(app, metrics, metricsOf(status));
        print(app, status, maxAgeMs);
      });
    });
  refuseTogether(command, [
    ['--witness', '--max-age'],
    ['--witness', '--metrics'],
  ]);
  teach(command, {
    examples: ['status --max-age 26h', 'at "@disk" status --json'],
    errors: ['incomplete', ...storeErrors],
  });
}

async function printWitness(app: App): Promise<void> {
  await withMaintainedStore(app, async (store) => {
    const witness = await store.witness();
    app.result({ witness }, [witness]);
  });
}

function print(app: App, status: StoreStatus, maxAgeMs: number): void {
  const { sources, latest, problems, unread, checks } = status;
  const known = storeJson(status);
  if (latest === undefined) {
    app.result({ latest: null, sources: [], ...known }, [
      'There is no readable backup yet. Run `notion-kloset backup`.',
      ...storageLines(status),
    ]);
    app.finishedWith('not-found');
    tellLoss(app, status.loss);
    return;
  }
  const { time, complete, errors, signer } = latest.header;
  const first = { latest: latest.id, time, age_ms: latest.ageMs, complete, errors, signer };
  app.result({ ...first, ...known, sources: sources.map(sourceJson) }, [
    ...sources.flatMap((source) => sourceLines(source, maxAgeMs)),
    ...storeLines(status),
  ]);
  if (problems > 0 || checks.damage !== undefined) app.finishedWith('integrity');
  else if (unread > 0) app.finishedWith('unavailable');
  else if (sources.some((source) => !isWell(source, maxAgeMs))) app.finishedWith('incomplete');
  tellLoss(app, status.loss);
}

function isWell({ header, hasAlarm, ageMs, isSuperseded }: SourceStatus, maxAgeMs: number): boolean {
  return header.complete && !hasAlarm && (ageMs <= maxAgeMs || isSuperseded);
}

function sourceLines(source: SourceStatus, maxAgeMs: number): string[] {
  const { id, header, ageMs, backups, gaps, blindSpots, refused, drill, hasAlarm, alarm } = source;
  const short = id.slice(0, 8);
  const old = ageMs > maxAgeMs && !source.isSuperseded ? `, OLDER than ${formatDuration(maxAgeMs)}` : '';
  const time = (at: string | undefined) => (at === undefined ? 'unknown' : formatTime(at));
  return [
    `Source: ${header.name} (${header.source}), ${plural(backups, 'backup')}`,
    `  Newest backup: ${short} of ${formatTime(header.time)}, ${formatDuration(ageMs)} old${old}`,
    ...(source.isSuperseded ? ['  Newer backups of this workspace leave something else out'] : []),
    ...(source.leftOut === undefined
      ? []
      : [
          `  Holds ${leftOutLine(source.leftOut)}`,
          ...unmatchedLines(source.leftOut).map((line) => `    ${line}`),
        ]),
    ...(hasAlarm
      ? [
          `  ALARM: ${alarm?.text ?? 'far less was visible than before'}`,
          `    If the loss was meant: \`notion-kloset acknowledge ${short}\``,
        ]
      : []),
    `  Complete: ${header.complete ? 'yes' : `no, ${plural(header.errors, 'object')} could not be read`}, apart from ${plural(blindSpots.length, 'kind')} of content that the API does not give (\`notion-kloset info ${short}\` lists them)`,
    ...gaps.slice(0, maxPrintedGaps).map((gap) => `    ✘ ${gap}`),
    ...(gaps.length > maxPrintedGaps ? [`    … and ${gaps.length - maxPrintedGaps} more`] : []),
    ...refused.map((refusal) => `  Refused by Notion: ${refusal}`),
    `  Oldest full reading: ${time(source.oldestFullReading)}; last reading of all comments: ${time(source.lastCommentSweep)}`,
    `  Restore drill: ${drillText(drill, source)}`,
    ...growthLines(source.growth),
    `  Genuine: yes, signed by ${source.signer}, which this machine trusts`,
  ];
}

function drillText(drill: SourceStatus['drill'], { header, ageMs }: SourceStatus): string {
  if (drill === undefined) return 'none known; run `notion-kloset drill`';
  const { time, isOk, equal, objects, snapshot } = drill;
  const agoMs = Date.parse(header.time) + ageMs - Date.parse(time);
  return `${isOk ? 'passed' : 'FAILED'}, ${equal} of ${plural(objects, 'object')} of ${snapshot.slice(0, 8)} equal, ${formatTime(time)}, ${formatDuration(agoMs)} ago`;
}

/** Backups drawn in the chart. */
const maxBars = 40;

/** The size of each backup as a bar, the oldest first; nothing where there is nothing to compare. */
function growthLines(growth: SourceStatus['growth']): string[] {
  const drawn = growth.slice(-maxBars);
  const [first, last] = [drawn[0], drawn.at(-1)];
  if (first === undefined || last === undefined || drawn.length < 2) return [];
  const sizes = `${formatBytes(first.contentBytes)} → ${formatBytes(last.contentBytes)}`;
  return [
    `  Growth: ${chart(drawn.map(({ contentBytes }) => contentBytes))} ${sizes}, ${plural(drawn.length, 'backup')}`,
  ];
}

function restorable({ problems, unread, looked }: StoreStatus): string {
  if (problems > 0) return `no, ${plural(problems, 'problem')} found: run \`notion-kloset check\``;
  if (unread > 0) return `unknown, ${plural(unread, 'object')} cannot be read now`;
  const hint = '(`notion-kloset check` reads every byte)';
  if (looked?.isRemembered !== true) return `all data is present ${hint}`;
  return `all data was present at ${formatTime(looked.lookedAt)}, and names, sizes and times are the same since ${hint}`;
}

function storageLines({ takesTurns: isTold }: StoreStatus): string[] {
  return isTold ? [`Storage: ${takesTurns}`] : [];
}

function storeLines(status: StoreStatus): string[] {
  const { last, damage } = status.checks;
  return [
    `Store: ${plural(status.snapshots, 'snapshot')}`,
    ...storageLines(status),
    `Restorable: ${restorable(status)}`,
    last === undefined ? 'Last check: none on this machine' : `Last check: ${checkText(last)}`,
    ...(damage === undefined
      ? []
      : [`DAMAGE: the check ${checkText(damage)}. After a repair, run \`notion-kloset check\` again.`]),
  ];
}

function checkText({ time, scope, problems, bytesRead }: NotedCheck): string {
  const part = scope === '' ? 'the whole store' : scope;
  return `of ${part} at ${formatTime(time)} found ${plural(problems, 'problem')} (${formatBytes(bytesRead)} read)`;
}
