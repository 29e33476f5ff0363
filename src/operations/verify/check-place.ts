/** Checks a store, one snapshot of it, or one path of a snapshot. */
import type { CheckOptions, CheckReport, Store } from '../../store/open-store.ts';
import { parseSnapshotPath } from '../look/locate.ts';
import { openPlace } from '../look/open-place.ts';

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

/** Reads and verifies what the place needs. What is damaged is in the report; nothing is changed. */
export async function checkPlace(store: Store, { place, fast, subset }: PlaceCheck): Promise<PlaceReport> {
  const report = await store.check({
    ...(fast === true ? { fast } : {}),
    ...(subset === undefined ? {} : { subset }),
    ...(place === undefined ? {} : await scopeOf(store, place)),
  });
  return { checked: place ?? store.location, report };
}

async function scopeOf(store: Store, place: string): Promise<Pick<CheckOptions, 'snapshot' | 'path'>> {
  const { snapshot, path } = parseSnapshotPath(place);
  if (path === '') return { snapshot };
  const { entry } = await openPlace(store, place);
  return { snapshot, path: entry.path };
}
