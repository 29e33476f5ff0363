/** Checks a store, one snapshot of it, or one path of a snapshot. */
import type { CheckOptions, CheckReport, SnapshotId, Store } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import type { SnapshotFilter } from '../look/filter.ts';
import { filterSnapshots, isFiltered, noFilter, nothingMatches } from '../look/filter.ts';
import { surveyKnownSnapshots } from '../look/known-snapshots.ts';
import { locate } from '../look/locate.ts';
import { findPlace } from '../look/open-place.ts';
import { selectionKindOf } from '../look/sources.ts';
import { rememberCheck } from './last-check.ts';

export interface PlaceCheck {
  /** `SNAPSHOT[:PATH]`; the whole store when absent. */
  readonly place?: string | undefined;
  /** Narrows the place; without one, every snapshot that it leaves is checked. */
  readonly filter?: SnapshotFilter | undefined;
  /** Check structure, index, signatures and presence alone. */
  readonly fast?: boolean | undefined;
  /** Read a share of the packfiles alone. */
  readonly subset?: CheckOptions['subset'];
}

export interface PlaceReport {
  /** The place as given, or the location of the store. */
  readonly checked: string;
  readonly report: CheckReport;
  /** Of the snapshots, those that hold a part by choice: what they leave out is in none of them to be checked. */
  readonly parts: number;
}

/**
 * Reads and verifies what the place needs. What is damaged is in the report and remembered for `status`.
 * @throws KlosetError `not-found` when there is nothing to check
 */
export async function checkPlace(
  job: JobContext,
  store: Store,
  { place, filter = noFilter, fast, subset }: PlaceCheck,
): Promise<PlaceReport> {
  const chosen = await scopeOf(job, store, place, filter);
  const report = await store.check({
    ...(fast === true ? { fast } : {}),
    ...(subset === undefined ? {} : { subset }),
    ...chosen,
  });
  const part = [
    placeWords(chosen),
    filter.words,
    fast === true ? 'the structure alone' : '',
    shareWords(subset),
  ];
  const scope = part.filter((words) => words !== '').join(', ');
  // Another snapshot may meet the filter next time, and another packfile be in the share.
  const isSame = !isFiltered(filter) && subset === undefined;
  rememberCheck(job, store, { scope, isSame }, report);
  const checked = place ?? (isFiltered(filter) ? `snapshots that match ${filter.words}` : store.location);
  return { checked, report, parts: await partsAmong(store, chosen) };
}

/** The snapshot by its id: the word for it may mean another one next time. */
function placeWords({ snapshot, path }: Pick<CheckOptions, 'snapshot' | 'path'>): string {
  return snapshot === undefined
    ? ''
    : [snapshot.slice(0, 8), ...(path === undefined ? [] : [path])].join(':');
}

function shareWords(subset: CheckOptions['subset']): string {
  if (subset === undefined) return '';
  const share = 'percent' in subset ? `${subset.percent}%` : `part ${subset.part} of ${subset.of}`;
  return `${share} of the packfiles`;
}

async function partsAmong(
  store: Store,
  { snapshot, snapshots }: Pick<CheckOptions, 'snapshot' | 'snapshots'>,
): Promise<number> {
  const ids = snapshot === undefined ? snapshots : [snapshot];
  const { snapshots: all } = await surveyKnownSnapshots(store);
  return all.filter(
    ({ id, header }) =>
      header !== undefined &&
      (ids === undefined || ids.includes(id)) &&
      selectionKindOf(header.source) !== undefined,
  ).length;
}

async function scopeOf(
  { clock }: JobContext,
  store: Store,
  place: string | undefined,
  filter: SnapshotFilter,
): Promise<Pick<CheckOptions, 'snapshot' | 'snapshots' | 'path'>> {
  if (place === undefined) return isFiltered(filter) ? { snapshots: await matching(store, filter) } : {};
  const { snapshot, path } = await findPlace(store, place, { clock, filter, goesOn: true });
  if (path === '') return { snapshot: snapshot.id };
  const entry = await locate(await store.openSnapshot(snapshot.id), path);
  return { snapshot: snapshot.id, path: entry.path };
}

/** @throws KlosetError `not-found`: nothing checked is not a success */
async function matching(store: Store, filter: SnapshotFilter): Promise<SnapshotId[]> {
  const { snapshots } = await surveyKnownSnapshots(store);
  const found = filterSnapshots(snapshots, filter).map(({ id }) => id);
  if (found.length === 0) throw nothingMatches(filter);
  return found;
}
