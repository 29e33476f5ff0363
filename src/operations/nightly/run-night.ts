/**
 * One night: back up, check a part, prune, collect garbage, copy, drill. A step that fails does not keep the others from their
 * work, but nothing is removed in a night without a good backup.
 */

import { leftOutIn } from '../../document/selection/left-out.ts';
import { KlosetError } from '../../errors.ts';
import type { NotionConnection } from '../../notion/api/client.ts';
import type { Secret } from '../../store/format/key-slot.ts';
import type { StoreWriter } from '../../store/open-store.ts';
import type { NotionBackupReport } from '../backup/backup-notion.ts';
import { backupNotion } from '../backup/backup-notion.ts';
import type { CrawlScope, Workspace } from '../backup/notion-source.ts';
import { readWorkspace } from '../backup/notion-source.ts';
import { leftOutLine, unmatchedLines } from '../documents/left-out.ts';
import { turnOfWeek } from '../drill/choose-sample.ts';
import { drill } from '../drill/drill.ts';
import type { JobContext } from '../job-context.ts';
import { timeOf } from '../job-context.ts';
import { lastDrillOf } from '../keep/drill-record.ts';
import { collectGarbage } from '../keep/maintain.ts';
import { prune } from '../keep/prune.ts';
import type { RetentionPolicy } from '../keep/retention.ts';
import { syncStores } from '../keep/sync-stores.ts';
import { knownSnapshots } from '../look/known-snapshots.ts';
import type { StoreAccess } from '../stores/open-store.ts';
import { withMaintainedStore, withReadableStore, withWritableStore } from '../stores/open-store.ts';
import { checkPlace } from '../verify/check-place.ts';
import type { NightNotes } from './night-notes.ts';
import { readNightNotes, writeNightNotes } from './night-notes.ts';
import type { NightStep, StepResult } from './night-steps.ts';
import { carryOut } from './night-steps.ts';

/** A place that snapshots are copied to. */
export interface NightCopy {
  readonly name: string;
  open(): Promise<{ readonly access: StoreAccess; readonly secret: Secret | undefined }>;
}

export interface Night {
  readonly access: StoreAccess;
  /** Opens the connection to Notion, lends it, closes it. */
  withApi<T>(use: (api: NotionConnection) => Promise<T>): Promise<T>;
  /** Refuses a workspace that is not the one this source was. */
  checkWorkspace(workspace: Workspace): void;
  readonly scope: CrawlScope;
  readonly alarmLossPercent: number;
  readonly name?: string | undefined;
  readonly tags: readonly string[];
  readonly retention: RetentionPolicy | undefined;
  /** Every byte within so many runs; `fast` for the structure alone. */
  readonly check:
    | { readonly kind: 'part'; readonly of: number }
    | { readonly kind: 'fast' }
    | { readonly kind: 'none' };
  readonly maintenanceEveryMs: number | undefined;
  readonly copies: readonly NightCopy[];
  readonly drillEveryMs: number | undefined;
  readonly drillTo: string | undefined;
  readonly drillObjects: number | undefined;
}

export interface NightReport {
  readonly steps: readonly NightStep[];
  /** Undefined when none was taken. */
  readonly backup: NotionBackupReport | undefined;
}

/** Carries the steps out. @throws what the signal was aborted with; failures of steps are in the report */
export async function runNight(job: JobContext, night: Night): Promise<NightReport> {
  const { access, copies } = night;
  let backup: NotionBackupReport | undefined;
  const steps: NightStep[] = [];
  const step = async (name: string, work: () => Promise<StepResult | undefined>) => {
    const found = await carryOut(name, { now: () => job.clock.now(), signal: job.signal }, async () => {
      return (await work()) ?? { state: 'skipped', text: 'not due' };
    });
    steps.push(found);
  };
  await step('backup', async () => {
    backup = await takeBackup(job, night);
    return backupResult(backup);
  });
  const isGood = steps[0]?.state === 'ok';
  await step('check', () => checkPart(job, night));
  const isSound = steps[1]?.state !== 'failed';
  const mayRemove = isGood && isSound;
  await step('prune', () => (mayRemove ? pruneStore(job, night) : Promise.resolve(notSafe)));
  await step('maintenance', () => (mayRemove ? maintain(job, night) : Promise.resolve(notSafe)));
  for (const copy of copies) await step(`copy to ${copy.name}`, () => copyTo(job, access, copy));
  await step('drill', () => drillWhenDue(job, night, backup));
  return { steps, backup };
}

/** A step for which the policy has no rule, or `none`. */
const notAskedFor: StepResult = { state: 'skipped', text: 'not asked for by the policy' };

const notSafe: StepResult = {
  state: 'skipped',
  text: 'nothing is removed in a night without a good backup and a sound store',
};

async function takeBackup(job: JobContext, night: Night): Promise<NotionBackupReport> {
  const { access, scope, name, tags, alarmLossPercent } = night;
  return await night.withApi(async (api) => {
    const workspace = await readWorkspace(api);
    night.checkWorkspace(workspace);
    return await withWritableStore(job, access, 'run', (store) =>
      backupNotion(job, { store, api, workspace, scope, name, tags, alarmLossPercent }),
    );
  });
}

function backupResult({
  snapshot,
  counts,
  errors,
  complete,
  requests,
  alarm,
  loss,
  wrongClock,
  manifest,
}: NotionBackupReport): StepResult {
  const id = snapshot.id.slice(0, 8);
  const objects = Number(counts.pages ?? 0) + Number(counts.databases ?? 0) + Number(counts.rows ?? 0);
  const leftOut = leftOutIn(manifest);
  const part = leftOut === undefined ? '' : `; ${leftOutLine(leftOut)}`;
  const text = `snapshot ${id}: ${objects} pages, databases and rows, ${requests} requests${part}`;
  const [unmatched] = leftOut === undefined ? [] : unmatchedLines(leftOut);
  if (alarm !== undefined)
    return {
      state: 'alarm',
      text: `${text}; ALARM: ${alarm.text}`,
      todo: `Look into Notion. If the loss was meant: \`notion-kloset acknowledge ${id}\`; if not: \`notion-kloset restore --in-place ${alarm.comparedWith.slice(0, 8)}\`.`,
    };
  if (loss !== undefined)
    return {
      state: 'incomplete',
      text: `${text}; ${loss.error.message}`,
      ...(loss.error.hint === undefined ? {} : { todo: loss.error.hint }),
    };
  if (!complete || errors > 0)
    return {
      state: 'incomplete',
      text: `${text}; ${errors} objects could not be read`,
      todo: `Run \`notion-kloset info ${id} --errors\`.`,
    };
  if (unmatched !== undefined)
    return {
      state: 'incomplete',
      text: `${text}; ${unmatched}`,
      todo: 'Correct the pattern, or remove it: `notion-kloset policy show NAME`.',
    };
  return { state: 'ok', text: wrongClock === undefined ? text : `${text}; ${wrongClock}` };
}

/** The next part in turn, so that every byte is read within the number of runs. */
async function checkPart(job: JobContext, { access, check }: Night): Promise<StepResult | undefined> {
  if (check.kind === 'none') return notAskedFor;
  const notes = readNightNotes(job, access.location);
  const part = check.kind === 'fast' ? undefined : { part: (notes.checks % check.of) + 1, of: check.of };
  const { report } = await withReadableStore(job, access, (store) =>
    checkPlace(
      job,
      store,
      part === undefined || part.of === 1 ? { fast: part === undefined } : { subset: part },
    ),
  );
  note(job, access.location, { ...notes, checks: notes.checks + 1 });
  const errors = report.findings.filter(({ severity }) => severity === 'error');
  const which = part === undefined ? 'structure' : `part ${part.part} of ${part.of}`;
  const text = `${which}: ${report.packsRead} of ${report.packs} packfiles read`;
  const [first] = errors;
  if (first === undefined) return { state: 'ok', text };
  const isDamage = errors.some(({ kind }) => kind !== 'unreachable');
  return {
    state: 'failed',
    text: `${text}; ${errors.length} problems: ${first.object}: ${first.problem}`,
    todo: 'Run `notion-kloset check`, then `notion-kloset repair`.',
    code: isDamage ? 'integrity' : 'unavailable',
  };
}

async function pruneStore(job: JobContext, { access, retention }: Night): Promise<StepResult | undefined> {
  if (retention === undefined) return notAskedFor;
  const { removed, decisions } = await withMaintainedStore(job, access, (store) =>
    prune(job, store, { policy: retention, apply: true }),
  );
  return {
    state: 'ok',
    text: `${removed.length} snapshots removed, ${decisions.length - removed.length} kept`,
  };
}

async function maintain(
  job: JobContext,
  { access, maintenanceEveryMs }: Night,
): Promise<StepResult | undefined> {
  if (maintenanceEveryMs === undefined) return notAskedFor;
  const notes = readNightNotes(job, access.location);
  if (!isDue(notes.maintenance, maintenanceEveryMs, job.clock.now())) return undefined;
  const report = await withMaintainedStore(job, access, (store) =>
    collectGarbage(job, store, { apply: true }),
  );
  note(job, access.location, { ...readNightNotes(job, access.location), maintenance: timeOf(job) });
  const text = `${report.sweptPacks} packfiles deleted, ${report.repackedPacks} repacked, ${sizeOf(report.packBytes - report.sweptBytes)} in use`;
  if (report.missingBlobs === 0) return { state: 'ok', text };
  return {
    state: 'failed',
    text: `${text}; ${report.missingBlobs} blobs are missing`,
    todo: 'Run `notion-kloset check`.',
    code: 'integrity',
  };
}

async function copyTo(job: JobContext, from: StoreAccess, { name, open }: NightCopy): Promise<StepResult> {
  const { access, secret } = await open();
  const report = await withMaintainedStore(job, from, (store) =>
    syncStores(job, store, { direction: 'to', other: access, secret, snapshots: [], heal: false }),
  );
  const text = `${report.copied.length} snapshots, ${sizeOf(report.bytesCopied)}`;
  const [failed] = report.failed;
  if (failed === undefined) return { state: 'ok', text };
  return {
    state: 'incomplete',
    text: `${text}; ${report.failed.length} could not be read: ${failed.problem}`,
    todo: `Run \`notion-kloset check\`, then \`notion-kloset sync to ${name}\`.`,
  };
}

/** Once in so long, by what the store tells; a new backup need not have been taken. */
async function drillWhenDue(
  job: JobContext,
  night: Night,
  backup: NotionBackupReport | undefined,
): Promise<StepResult | undefined> {
  const { access, drillEveryMs } = night;
  if (drillEveryMs === undefined) return notAskedFor;
  const source = backup?.snapshot.header?.source;
  const last = await withReadableStore(job, access, async (store) =>
    lastDrillOf(await knownSnapshots(store), source),
  );
  if (!isDue(last?.time, drillEveryMs, job.clock.now())) return undefined;
  const work = (use: (store: StoreWriter) => Promise<StepResult>) =>
    withWritableStore(job, access, 'drill', use);
  if (night.drillTo === undefined) return await work((store) => drillStep(job, store, night, source));
  return await night.withApi((api) => work((store) => drillStep(job, store, night, source, api)));
}

async function drillStep(
  job: JobContext,
  store: StoreWriter,
  { drillTo, drillObjects }: Night,
  source: string | undefined,
  api?: NotionConnection,
): Promise<StepResult> {
  const notion = api === undefined || drillTo === undefined ? undefined : { api, pageId: drillTo };
  const turn = turnOfWeek(job.clock.now());
  const report = await drill(job, store, { word: 'latest', source, turn, max: drillObjects, notion });
  const { equal, objects, failures, isOk } = report;
  const text = `${equal} of ${objects} objects came back equal from ${report.snapshot.slice(0, 8)}`;
  if (isOk) return { state: 'ok', text };
  const [first] = failures;
  return {
    state: 'failed',
    text: first === undefined ? text : `${text}; ${first.path}: ${first.problem}`,
    todo: 'Run `notion-kloset check`, then `notion-kloset drill`.',
    code: 'integrity',
  };
}

/** True when it never was, as far as is known, or is that long ago. A time in the future counts as never: a clock was wrong. */
function isDue(time: string | undefined, everyMs: number, nowMs: number): boolean {
  const lastMs = time === undefined ? Number.NaN : Date.parse(time);
  // A run that begins a little earlier than the last one did is not put off by a day.
  const slackMs = Math.min(everyMs / 4, 3_600_000);
  return Number.isNaN(lastMs) || lastMs > nowMs || nowMs - lastMs >= everyMs - slackMs;
}

function note(job: JobContext, location: string, notes: NightNotes): void {
  try {
    writeNightNotes(job, location, notes);
  } catch (cause) {
    throw new KlosetError('temporary', 'This run cannot be noted on this machine.', { cause });
  }
}

/** Small stores are not called empty. */
function sizeOf(bytes: number): string {
  const kibibytes = bytes / 1024;
  return kibibytes < 1024 ? `${kibibytes.toFixed(1)} KiB` : `${(kibibytes / 1024).toFixed(1)} MiB`;
}
