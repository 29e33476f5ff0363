/** Backs up a source into a store: read it, build the tree, sign the snapshot. */
import type { ContentSink, PreviousSnapshot, TreeStep } from '../../document/content.ts';
import type { JsonObject } from '../../document/json.ts';
import type { Monitor } from '../../monitor.ts';
import type { SnapshotSummary, SnapshotWriter, StoreWriter } from '../../store/open-store.ts';
import { shrinkAlarm } from './shrink-alarm.ts';

/** Anything that can be backed up; notion-source.ts is the one there is. */
export interface Source {
  /** Tells one source from another in a store; incremental runs look for snapshots with their own key. */
  readonly key: string;
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
  /** Forgets the checkpoint; called once the snapshot is committed. */
  discard(): void;
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
  /** A warning that far fewer objects are visible than before; absent when that is not so. */
  readonly alarm?: string;
}

/**
 * Reads `source` and commits one snapshot. Nothing is committed when reading throws; what was written by then is
 * found again by the next run.
 */
export async function backup(options: BackupOptions): Promise<BackupReport> {
  const { store, source, monitor } = options;
  const previous = await store.previous(source.key);
  const writer = await store.beginSnapshot();
  try {
    const reading = await source.read({ previous, sink: writer });
    monitor.report({ type: 'phase', phase: 'building the tree' });
    for (const step of reading.steps()) await writer.step(step);
    const alarm = shrinkAlarm(previous, reading.counts);
    const snapshot = await commit(options, writer, reading, alarm);
    reading.discard();
    return reportOf(snapshot, writer, reading, alarm);
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

function commit(
  { source, name, description = '', tags, tool, host, startedMs, now, monitor }: BackupOptions,
  writer: SnapshotWriter,
  reading: SourceReading,
  alarm: string | undefined,
): Promise<SnapshotSummary> {
  monitor.report({ type: 'phase', phase: 'signing the snapshot' });
  return writer.commit({
    time: new Date(startedMs).toISOString(),
    durationMs: Math.max(0, Math.round(now() - startedMs)),
    source: source.key,
    name,
    description,
    tags,
    tool,
    host,
    complete: reading.complete && alarm === undefined,
    errors: reading.errors,
    counts: alarm === undefined ? reading.counts : { ...reading.counts, suspicious: 1 },
  });
}

function reportOf(
  snapshot: SnapshotSummary,
  writer: SnapshotWriter,
  reading: SourceReading,
  alarm: string | undefined,
): BackupReport {
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
