/** Tells of every source in a store whether its last backup is recent, complete and valid. */
import type { JsonObject } from '../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../document/json.ts';
import type { LeftOut } from '../../document/selection/left-out.ts';
import { leftOutIn } from '../../document/selection/left-out.ts';
import { isKlosetError } from '../../errors.ts';
import { fingerprint } from '../../store/access/identity.ts';
import type { HeaderLoss, SnapshotHeader, SnapshotId, Store } from '../../store/open-store.ts';
import { readJson } from '../documents/read-document.ts';
import type { JobContext } from '../job-context.ts';
import type { LastDrill } from '../keep/drill-record.ts';
import { lastDrillOf } from '../keep/drill-record.ts';
import type { ShrinkAlarm } from '../look/alarm.ts';
import { readAlarm } from '../look/alarm.ts';
import type { KnownSnapshot } from '../look/known-snapshots.ts';
import { isAlarmed, isBackup, surveyKnownSnapshots } from '../look/known-snapshots.ts';
import { manifestGaps, unsupportedParts } from '../look/manifest-gaps.ts';
import { isScoped, scopeOf, selectionKindOf } from '../look/sources.ts';
import type { CheckNotes } from '../verify/last-check.ts';
import { readCheckNotes } from '../verify/last-check.ts';
import type { Presence } from './presence.ts';
import { presenceOf } from './presence.ts';

export interface StoreStatus {
  /** Snapshots in the store, damaged and automatic ones included. */
  readonly snapshots: number;
  /** Newer snapshots that may have been lost. */
  readonly loss: HeaderLoss | undefined;
  /** Each source with its newest backup; those of whole workspaces first, then the newest first. */
  readonly sources: readonly SourceStatus[];
  /** The first of `sources`; undefined when there is no readable backup. */
  readonly latest: SourceStatus | undefined;
  /** Problems that a fast check of the store found. */
  readonly problems: number;
  /** Objects of which that check could not find out anything, because the place did not let it. */
  readonly unread: number;
  /** That check; undefined when there is no readable backup, and so nothing to look for. */
  readonly looked: Pick<Presence, 'lookedAt' | 'isRemembered'> | undefined;
  /** Writers take turns, because the place cannot refuse to overwrite. */
  readonly takesTurns: boolean;
  /** The last check, as this machine remembers it. */
  readonly checks: CheckNotes;
}

/** The newest backup of one source. */
export interface SourceStatus {
  readonly id: SnapshotId;
  readonly header: SnapshotHeader;
  readonly ageMs: number;
  /** Backups of this source in the store. */
  readonly backups: number;
  /** Missing content, one line each, with titles. */
  readonly gaps: readonly string[];
  /** Kinds of things the API does not give, so that no backup has them. */
  readonly blindSpots: readonly string[];
  /** The part that it leaves out by choice; undefined where it holds everything in its scope. */
  readonly leftOut: LeftOut | undefined;
  /** True when newer backups of the same scope leave something else out: it is not expected to be recent. */
  readonly isSuperseded: boolean;
  /** Content that Notion refused this connection, with the reason. */
  readonly refused: readonly string[];
  /** ISO time of the oldest reading in it, where the snapshot tells. */
  readonly oldestFullReading: string | undefined;
  /** ISO time of the last reading of all comments; undefined when unknown. */
  readonly lastCommentSweep: string | undefined;
  /** The last drill that a snapshot of this source tells of; undefined when none is known. */
  readonly drill: LastDrill | undefined;
  /** The backups of this source, the oldest first, with the bytes of all their files. */
  readonly growth: readonly { readonly time: string; readonly contentBytes: number }[];
  /** The alarm that nobody acknowledged yet. */
  readonly hasAlarm: boolean;
  readonly alarm: ShrinkAlarm | undefined;
  /** Fingerprint of the key that signed it. */
  readonly signer: string;
}

/** Finds the newest backup of each source and tells whether the data of the store is there. */
export async function statusOf(job: JobContext, store: Store): Promise<StoreStatus> {
  const { snapshots: all, loss } = await surveyKnownSnapshots(store);
  const checks = readCheckNotes(job, store);
  const sources: SourceStatus[] = [];
  for (const backups of bySource(all)) sources.push(...(await sourceStatus(job, store, backups)));
  sources.sort((left, right) => Number(isScoped(left.header.source)) - Number(isScoped(right.header.source)));
  const told = sources.map((source) => ({ ...source, isSuperseded: isSuperseded(source, sources) }));
  const { takesTurns } = store;
  const known = { snapshots: all.length, loss, sources: told, checks, takesTurns };
  if (told.length === 0) return { ...known, latest: undefined, problems: 0, unread: 0, looked: undefined };
  const isSuspect =
    loss !== undefined || checks.damage !== undefined || all.some(({ problem }) => problem !== undefined);
  const { problems, unread, ...looked } = await presenceOf(job, store, isSuspect);
  return { ...known, latest: told[0], problems, unread, looked };
}

/** Only what stands for a whole scope is: what was included by name, and may be backed up beside it, is judged by itself. */
function isSuperseded({ header, ageMs }: SourceStatus, all: readonly SourceStatus[]): boolean {
  const holdsNamed = (source: string) => selectionKindOf(source) === 'only';
  if (holdsNamed(header.source)) return false;
  return all.some(
    (other) =>
      other.ageMs < ageMs &&
      !holdsNamed(other.header.source) &&
      scopeOf(other.header.source) === scopeOf(header.source),
  );
}

/** The backups of each source, newest first. */
function bySource(snapshots: readonly KnownSnapshot[]): KnownSnapshot[][] {
  const groups = new Map<string, KnownSnapshot[]>();
  for (const snapshot of snapshots.filter(isBackup)) {
    const source = snapshot.header?.source ?? '';
    groups.set(source, [...(groups.get(source) ?? []), snapshot]);
  }
  return [...groups.values()];
}

async function sourceStatus(
  job: JobContext,
  store: Store,
  backups: readonly KnownSnapshot[],
): Promise<SourceStatus[]> {
  const [newest] = backups;
  if (newest?.header === undefined) return [];
  const { id, header } = newest;
  const manifest = await manifestOf(store, id);
  const spots = objectAt(manifest, 'blind_spots');
  const unsupported = unsupportedParts(manifest).length;
  return [
    {
      id,
      header,
      ageMs: job.clock.now() - Date.parse(header.time),
      backups: backups.length,
      gaps: manifestGaps(manifest),
      blindSpots: [
        ...arrayAt(spots, 'always').map(textOf),
        ...(unsupported === 0 ? [] : [unsupportedText(unsupported)]),
      ],
      leftOut: leftOutIn(manifest),
      isSuperseded: false,
      refused: Object.entries(objectAt(spots, 'refused') ?? {}).map(
        ([what, why]) => `${what}: ${textOf(why)}`,
      ),
      oldestFullReading: stringAt(manifest, 'oldest_full_reading') ?? oldestReading(manifest),
      lastCommentSweep: stringAt(objectAt(manifest, 'comments'), 'swept'),
      drill: lastDrillOf(backups),
      growth: growthOf(backups),
      hasAlarm: isAlarmed(newest),
      alarm: isAlarmed(newest) ? await readAlarm(store, newest) : undefined,
      signer: fingerprint(Buffer.from(header.signer, 'hex')),
    },
  ];
}

function growthOf(backups: readonly KnownSnapshot[]): SourceStatus['growth'] {
  return backups
    .flatMap(({ header }) =>
      header === undefined ? [] : [{ time: header.time, contentBytes: header.contentBytes }],
    )
    .reverse();
}

/** A run that reads everything tells by itself; others say nothing of it in older manifests. */
function oldestReading(manifest: JsonObject): string | undefined {
  const isFull = objectAt(manifest, 'settings')?.full === true || manifest.reused === 0;
  return isFull ? stringAt(manifest, 'started') : undefined;
}

/** Empty where it cannot be read: the check tells of the damage. */
async function manifestOf(store: Store, id: SnapshotId): Promise<JsonObject> {
  try {
    return await readJson(await store.openSnapshot(id), '/manifest.json');
  } catch (error) {
    if (isKlosetError(error, 'integrity') || isKlosetError(error, 'not-found')) return {};
    throw error;
  }
}

function unsupportedText(parts: number): string {
  return parts === 1
    ? 'one part that Notion says its API does not support'
    : `${parts} parts that Notion says its API does not support`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
