/** Backs up a source into a store: read it, build the tree, sign the snapshot. */
import { canonicalBytes } from '../../document/canonical.ts';
import type { ContentSink, PreviousSnapshot, TreeStep } from '../../document/content.ts';
import type { JsonObject } from '../../document/json.ts';
import type { Monitor } from '../../monitor.ts';
import type {
  HeaderLoss,
  SnapshotId,
  SnapshotSummary,
  SnapshotWriter,
  StoreWriter,
} from '../../store/open-store.ts';
import type { ShrinkAlarm } from '../look/alarm.ts';
import { alarmJson, alarmPath } from '../look/alarm.ts';
import type { KnownSnapshot } from '../look/known-snapshots.ts';
import { isAlarmed, isBackup, surveyKnownSnapshots } from '../look/known-snapshots.ts';
import { scopeOf } from '../look/sources.ts';
import { ShrinkWatch } from './shrink-watch.ts';

/** Anything that can be backed up; notion-source.ts is the one there is. */
export interface Source {
  /** Tells one source from another in a store; incremental runs look for snapshots with their own key. */
  readonly key: string;
  /**
   * Keeps other runs of this source on this machine out until `release`.
   * @throws KlosetError locked when one is running and does not end in time
   */
  reserve(): Promise<{ release(): void }>;
  read(into: SourceTarget): Promise<SourceReading>;
}

export interface SourceTarget {
  readonly previous: PreviousSnapshot | null;
  readonly sink: ContentSink;
}

/** A source that has been read to its end: its contents lie in the sink, its tree is still to be built. */
export interface SourceReading {
  /** The tree, depth first, `/manifest.json` included. */
  steps(): Iterable<TreeStep>;
  readonly manifest: JsonObject;
  /** Whole numbers by name: pages, databases, rows, media … */
  readonly counts: { readonly [name: string]: number };
  /** Objects that could not be read. */
  readonly errors: number;
  /** False when something was left out that should be there. */
  readonly complete: boolean;
  /** True for an object that is there and that this backup leaves out by choice. */
  isLeftOut?(id: string): boolean;
  /** Forgets the checkpoint; called once the snapshot is committed. */
  discard(): void;
  /** Leaves the checkpoint to the next run; called when no snapshot is committed. */
  close(): void;
}

export interface BackupOptions {
  readonly store: StoreWriter;
  readonly source: Source;
  readonly name: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly tool: string;
  readonly host: string;
  readonly startedMs: number;
  /** The time that the snapshot states, ISO 8601; that of its start by default. */
  readonly time?: string | undefined;
  /** A loss of more than this share of the objects or bytes is an alarm; undefined where no alarm is wanted. */
  readonly alarmLossPercent?: number | undefined;
  now(): number;
  readonly monitor: Monitor;
}

export interface BackupReport {
  readonly snapshot: SnapshotSummary;
  readonly counts: { readonly [name: string]: number };
  readonly errors: number;
  readonly complete: boolean;
  readonly bytesAdded: number;
  readonly blobsNew: number;
  readonly blobsReused: number;
  readonly manifest: JsonObject;
  /** Absent when little was lost since the last good backup. */
  readonly alarm?: ShrinkAlarm;
  /** Newer snapshots that may have been lost before this one: it stands on an older one. */
  readonly loss: HeaderLoss | undefined;
  /** A sentence about a clock that was wrong when this snapshot, or the one before it, was made. */
  readonly wrongClock: string | undefined;
}

/**
 * Reads `source` and commits one snapshot. Nothing is committed when reading throws; what was written by then is
 * found again by the next run.
 */
export async function backup(options: BackupOptions): Promise<BackupReport> {
  const { store, source, monitor, alarmLossPercent } = options;
  const { base, compared, isSameSeries, loss } = await earlier(store, source.key);
  const writer = await store.beginSnapshot();
  let reading: SourceReading | undefined;
  try {
    reading = await source.read({ previous: base, sink: writer });
    monitor.report({ type: 'phase', phase: 'building the tree' });
    const watch =
      alarmLossPercent === undefined || compared === null
        ? undefined
        : new ShrinkWatch(compared, reading.manifest, alarmLossPercent, expectation(reading, isSameSeries));
    for (const step of reading.steps()) {
      watch?.step(step);
      await writer.step(step);
    }
    const alarm = watch?.alarm();
    if (alarm !== undefined) await addAlarm(options, writer, alarm);
    const snapshot = await commit(options, writer, reading, alarm);
    reading.discard();
    const wrongClock = await wrongClockAt(store, snapshot.id);
    return { ...reportOf(snapshot, writer, reading, alarm), loss, wrongClock };
  } catch (error) {
    reading?.close();
    await writer.abandon();
    throw error;
  }
}

interface Earlier {
  readonly base: PreviousSnapshot | null;
  readonly compared: PreviousSnapshot | null;
  /** False when they were made with another selection. */
  readonly isSameSeries: boolean;
  readonly loss: HeaderLoss | undefined;
}

/**
 * The newest backup of the source, to build upon, and the one to compare with. A selection that is new begins with the
 * backups of the same workspace and roots that were made with another one.
 */
async function earlier(store: StoreWriter, sourceKey: string): Promise<Earlier> {
  const { snapshots, loss } = await surveyKnownSnapshots(store);
  const backups = snapshots.filter(isBackup);
  const own = backups.filter((each) => each.header?.source === sourceKey);
  const isSameSeries = own.length > 0;
  const series = isSameSeries ? own : backups.filter((each) => isOfScope(each, scopeOf(sourceKey)));
  const newest = series[0];
  const base = newest === undefined ? null : await previousOf(store, newest);
  const reference = referenceOf(series);
  if (reference === undefined || reference === newest) return { base, compared: base, isSameSeries, loss };
  return { base, compared: await previousOf(store, reference), isSameSeries, loss };
}

function isOfScope({ header }: KnownSnapshot, scope: string): boolean {
  return header !== undefined && scopeOf(header.source) === scope;
}

async function previousOf(
  store: StoreWriter,
  { id, header }: KnownSnapshot,
): Promise<PreviousSnapshot | null> {
  return header === undefined ? null : await store.previous(header.source, id);
}

/**
 * The objects of the earlier backup that are expected in this one: all of them, or, after the selection changed, those
 * that it does not leave out now. What moved to where the same selection leaves it out is missed.
 */
function expectation(reading: SourceReading, isSameSeries: boolean): (id: string) => boolean {
  return (id) => isSameSeries || reading.isLeftOut?.(id) !== true;
}

/** The last good or acknowledged backup: a loss is not hidden by the backup that first had it. */
function referenceOf(backups: readonly KnownSnapshot[]): KnownSnapshot | undefined {
  const isSettled = (each: KnownSnapshot) => each.isGood || each.acknowledged !== undefined;
  return backups.find(isSettled) ?? backups.find((each) => !isAlarmed(each));
}

/** Compares the time that the new snapshot states, and the one before it, with the chain of snapshots. */
async function wrongClockAt(store: StoreWriter, id: SnapshotId): Promise<string | undefined> {
  const { snapshots } = await store.surveySnapshots();
  const at = snapshots.findIndex((snapshot) => snapshot.id === id);
  const [own, before] = at < 0 ? [] : snapshots.slice(at, at + 2);
  if (own?.wrongTime !== undefined) {
    const shown = `it is shown as of ${own.header?.time}`;
    return `The clock of this machine is wrong: the snapshot says ${own.wrongTime}, before the one it follows; ${shown}.`;
  }
  if (before?.wrongTime === undefined) return undefined;
  const which = `the snapshot before this one (${before.id.slice(0, 8)}) says ${before.wrongTime}`;
  return `A clock was wrong: ${which}, which is later than now; it is shown as of ${before.header?.time}.`;
}

async function addAlarm(
  { startedMs }: BackupOptions,
  writer: SnapshotWriter,
  alarm: ShrinkAlarm,
): Promise<void> {
  const content = await writer.writeDocument(canonicalBytes(alarmJson(alarm)));
  const modified = new Date(startedMs).toISOString();
  await writer.step({ type: 'file', name: alarmPath.slice(1), modified, content });
}

function commit(
  { source, name, description = '', tags, tool, host, startedMs, time, now, monitor }: BackupOptions,
  writer: SnapshotWriter,
  reading: SourceReading,
  alarm: ShrinkAlarm | undefined,
): Promise<SnapshotSummary> {
  monitor.report({ type: 'phase', phase: 'signing the snapshot' });
  return writer.commit({
    time: time ?? new Date(startedMs).toISOString(),
    durationMs: Math.max(0, Math.round(now() - startedMs)),
    source: source.key,
    name,
    description,
    tags,
    tool,
    host,
    complete: reading.complete,
    errors: reading.errors,
    counts: alarm === undefined ? reading.counts : { ...reading.counts, suspicious: 1 },
  });
}

function reportOf(
  snapshot: SnapshotSummary,
  writer: SnapshotWriter,
  reading: SourceReading,
  alarm: ShrinkAlarm | undefined,
): Omit<BackupReport, 'loss' | 'wrongClock'> {
  const { bytesAdded, blobsNew, blobsReused } = writer.stats;
  const { counts, errors, complete, manifest } = reading;
  return {
    snapshot,
    counts,
    errors,
    complete,
    bytesAdded,
    blobsNew,
    blobsReused,
    manifest,
    ...(alarm === undefined ? {} : { alarm }),
  };
}
