/** Checks a store, one snapshot of it, or one path of a snapshot. */
import type { CheckOptions, CheckReport, Store } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import { locate } from '../look/locate.ts';
import { findPlace } from '../look/open-place.ts';
import { rememberCheck } from './last-check.ts';

export interface PlaceCheck {
  /** `SNAPSHOT[:PATH]`; the whole store when absent. */
  readonly place?: string | undefined;
  /** Check structure, index, signatures and presence alone. */
  readonly fast?: boolean | undefined;
  /** Read a share of the packfiles alone. */
  readonly subset?: CheckOptions['subset'];
}

export interface PlaceReport {
  /** The place as given, or the location of the store. */
  readonly checked: string;
  readonly report: CheckReport;
}

/** Reads and verifies what the place needs. What is damaged is in the report and remembered for `status`. */
export async function checkPlace(
  job: JobContext,
  store: Store,
  { place, fast, subset }: PlaceCheck,
): Promise<PlaceReport> {
  const report = await store.check({
    ...(fast === true ? { fast } : {}),
    ...(subset === undefined ? {} : { subset }),
    ...(place === undefined ? {} : await scopeOf(job, store, place)),
  });
  const scope = [
    place ?? '',
    fast === true ? 'fast' : '',
    subset === undefined ? '' : JSON.stringify(subset),
  ];
  rememberCheck(job, store, scope.join(' ').trim(), report);
  return { checked: place ?? store.location, report };
}

async function scopeOf(
  { clock }: JobContext,
  store: Store,
  place: string,
): Promise<Pick<CheckOptions, 'snapshot' | 'path'>> {
  const { snapshot, path } = await findPlace(store, place, { clock, goesOn: true });
  if (path === '') return { snapshot: snapshot.id };
  const entry = await locate(await store.openSnapshot(snapshot.id), path);
  return { snapshot: snapshot.id, path: entry.path };
}
