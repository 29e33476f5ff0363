/** `run`: everything of one night, by the policy of the source. */
import type { Command } from 'commander';
import { stringAt } from '../../../document/json.ts';
import type { CrawlScope } from '../../../operations/backup/notion-source.ts';
import { carryOut, codeOf } from '../../../operations/nightly/night-steps.ts';
import { readRuns } from '../../../operations/nightly/run-history.ts';
import type { NightReport } from '../../../operations/nightly/run-night.ts';
import { runNight } from '../../../operations/nightly/run-night.ts';
import type { RunMessage } from '../../../operations/notify/message.ts';
import { requireOutsideStores } from '../../../operations/stores/outside-stores.ts';
import type { App } from '../../app/app.ts';
import { exitCodeOf, exitOk } from '../../app/exit-codes.ts';
import { expandPath, historyFile } from '../../app/folders.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { jobOf } from '../../session/job.ts';
import { runAfter, runBefore } from '../../session/night/hooks.ts';
import { checkWorkspaceOf } from '../../session/night/known-workspaces.ts';
import { appendLog } from '../../session/night/log-file.ts';
import { notifierOf, notifyAll, notifyStart } from '../../session/night/notifiers.ts';
import { writeMetricsOf } from '../../session/night/write-metrics.ts';
import type { NightPolicy } from '../../session/night-policy.ts';
import { nightPolicyOf } from '../../session/night-policy.ts';
import { connectorOf, withLimitedNotion } from '../../session/notion-session.ts';
import { otherStoreAt } from '../../session/other-store.ts';
import { policyOptions } from '../../session/policies.ts';
import type { Connector } from '../../session/settings/connectors.ts';
import { storeWord } from '../../session/store-path.ts';
import type { NamedStore } from '../../session/store-session.ts';
import { storeAt } from '../../session/store-session.ts';
import { formatDuration, plural } from '../../text/format.ts';
import { parseDuration, splitWords } from '../../text/parse.ts';
import { messageOfNight } from './night-message.ts';

interface RunFlags {
  readonly policy?: string;
  readonly tag?: string;
  readonly acceptWorkspace?: boolean;
  readonly delay?: string;
  readonly ifDue?: string;
  readonly log?: string;
}

/** Adds the command. */
export function registerRun(program: Command, app: App): void {
  const command = program
    .command('run [source]')
    .description(
      'back up, check a part, prune, collect garbage, copy, drill and notify, by the policy of the source',
    )
    .option('--policy <name>', 'use this policy; default: the one that `source set NAME policy=…` names')
    .option('--tag <tag>', 'tag the snapshot')
    .option(
      '--if-due <duration>',
      'do nothing when a run of this source and store on this machine ended with 0 or 3 within this time',
    )
    .option('--delay <duration>', 'begin at a random moment within this time')
    .option('--log <file>', 'add what happened to this file, which is turned over at 1 MiB')
    .option(
      '--accept-workspace',
      'accept that the token of the source belongs to another workspace than before',
    )
    .action((word: string | undefined, flags: RunFlags) => run(app, word, flags));
  teach(command, {
    examples: ['run "@mynotion"', 'at "@disk" run "@mynotion" --policy nightly'],
    errors: ['incomplete', ...storeErrors],
  });
}

async function run(app: App, word: string | undefined, flags: RunFlags): Promise<void> {
  const connector = connectorOf(app, 'source', word);
  const policy = nightPolicyOf(policyOptions(app, connector, flags.policy));
  const notifiers = policy.notify.map((name) => notifierOf(app, name));
  const logFile = flags.log === undefined ? undefined : expandPath(app.io, flags.log);
  for (const file of [logFile, policy.metrics]) if (file !== undefined) await requireOutsideStores(file);
  if (isNotDue(app, word, flags)) return;
  await delayed(app, flags);
  const store = await storeAt(app);
  const startedMs = app.io.clock.now();
  const log: string[] = [];
  await notifyStart(app, notifiers);
  const report = await carriedOut(app, { word, connector, policy, store, flags });
  for (const { step, state, text } of report.steps) log.push(`${step}: ${state}: ${text}`);
  const code = codeOf(report.steps);
  const exitCode = code === undefined ? exitOk : exitCodeOf(code);
  const message = await messageOfNight(app, store, report, exitCode);
  await runAfter(app, policy.hooks, message);
  const missed = await notifyAll(app, notifiers, message, log.join('\n'));
  if (code !== undefined) app.finishedWith(code);
  if (logFile !== undefined) appendLog(logFile, app.io.clock.now(), [...log, message.title]);
  app.facts = { source: sourceOf(word), ...factsOf(report, message) };
  print(app, report, message, { missed, durationMs: app.io.clock.now() - startedMs });
  if (policy.metrics !== undefined) await writeMetricsOf(app, store, policy.metrics, report.steps);
}

/** Says so when a run ended well within the time. */
function isNotDue(app: App, word: string | undefined, { ifDue }: RunFlags): boolean {
  if (ifDue === undefined) return false;
  const dueMs = parseDuration(ifDue, '--if-due');
  const where = storeWord(app.io, app.store);
  const last = readRuns(historyFile(app.io), maxRunsRead).findLast(
    (run) =>
      run.command === 'run' &&
      run.store === where &&
      // Runs of earlier versions do not say of which source they were.
      [undefined, sourceOf(word)].includes(stringAt(run, 'source')) &&
      [0, 3].includes(Number(run.exit_code)) &&
      run.skipped !== true,
  );
  const agoMs = app.io.clock.now() - Date.parse(String(last?.time));
  if (!(agoMs >= 0 && agoMs < dueMs)) return false;
  app.facts = { source: sourceOf(word), skipped: true };
  app.result({ skipped: true, last: String(last?.time) }, [
    `run: not due, the last one was ${formatDuration(agoMs)} ago`,
  ]);
  return true;
}

const maxRunsRead = 1_000;

/** The source as the history names it. */
function sourceOf(word: string | undefined): string {
  return word?.startsWith('@') === true ? word : 'notion://';
}

async function delayed({ io }: App, { delay }: RunFlags): Promise<void> {
  const maxMs = delay === undefined ? 0 : parseDuration(delay, '--delay');
  if (maxMs > 0) await io.clock.sleep(Math.floor(Math.random() * maxMs), io.signal);
}

/** The steps; where the command before them fails, that alone. */
async function carriedOut(app: App, given: GivenNight): Promise<NightReport> {
  const job = jobOf(app);
  const before = await carryOut('before', { now: () => job.clock.now(), signal: job.signal }, async () => {
    await runBefore(app, given.policy.hooks);
    return { state: 'ok', text: 'the command before the work succeeded' };
  });
  if (before.state === 'failed') return { steps: [before], backup: undefined };
  const { policy, store, word, connector, flags } = given;
  return await runNight(job, {
    access: store,
    withApi: (use) => withLimitedNotion(app, connector, policy.limits, use),
    checkWorkspace: (workspace) => checkWorkspaceOf(app, word, workspace, flags.acceptWorkspace === true),
    scope: scopeOf(policy),
    alarmLossPercent: policy.alarmLoss,
    name: policy.name,
    tags: [...new Set([...policy.snapshotTags, ...splitWords(flags.tag ?? '')])],
    retention: policy.retention,
    check: policy.check,
    maintenanceEveryMs: policy.maintenanceEveryMs,
    copies: policy.copies.map((name) => ({
      name,
      open: async () => {
        const other = await otherStoreAt(app, name, {});
        return { access: other, secret: other.secret };
      },
    })),
    drillEveryMs: policy.drillEveryMs,
    drillTo: policy.drillTo,
    drillObjects: policy.drillObjects,
  });
}

interface GivenNight {
  readonly word: string | undefined;
  readonly connector: Connector;
  readonly policy: NightPolicy;
  readonly store: NamedStore;
  readonly flags: RunFlags;
}

function scopeOf({ comments, commentShare, rereadWithin, selection }: NightPolicy): CrawlScope {
  return {
    roots: [],
    selection,
    full: false,
    rereadWithin,
    comments,
    commentShare,
    emails: false,
    trash: false,
    externalMedia: false,
    media: true,
  };
}

const signs = { ok: '✔', incomplete: '!', alarm: '!', failed: '✘', skipped: '-' } as const;

function print(
  app: App,
  { steps, backup }: NightReport,
  message: RunMessage,
  { missed, durationMs }: { readonly missed: readonly string[]; readonly durationMs: number },
): void {
  const json = {
    state: message.state,
    exit_code: message.exitCode,
    title: message.title,
    todo: message.todo ?? null,
    snapshot: backup?.snapshot.id ?? null,
    steps: steps.map(({ durationMs: stepMs, ...step }) => ({ ...step, duration_ms: stepMs })),
    not_notified: missed,
    duration_ms: durationMs,
  };
  const lines = [
    ...steps.map(({ step, state, text }) => `${signs[state]} ${step}: ${text}`),
    `run: ${message.title} (${formatDuration(durationMs)})`,
    ...(message.todo === undefined ? [] : [`  ${message.todo}`]),
  ];
  app.result(json, lines);
  // Quiet or not, a night that did not go well says so.
  if (message.state !== 'success' && app.isQuiet) {
    app.warn(message.title);
    for (const { step, state, text } of steps)
      if (state !== 'ok' && state !== 'skipped') app.warn(`  ${step}: ${text}`);
  }
  if (missed.length > 0)
    app.warn(`${plural(missed.length, 'notification')} not delivered: ${missed.join(', ')}`);
}

function factsOf({ backup, steps }: NightReport, message: RunMessage): App['facts'] {
  const { header } = backup?.snapshot ?? {};
  return {
    state: message.state,
    steps: Object.fromEntries(steps.map(({ step, state }) => [step, state])),
    ...(backup === undefined
      ? {}
      : {
          snapshot: backup.snapshot.id,
          requests: backup.requests,
          bytes_added: backup.bytesAdded,
          content_bytes: header?.contentBytes ?? 0,
          errors: backup.errors,
        }),
  };
}
