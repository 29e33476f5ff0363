/** Tells whether the last backup is recent, complete and valid. */
import { arrayAt, objectAt } from '../../document/json.ts';
import { fingerprint } from '../../store/access/identity.ts';
import type { SnapshotHeader, Store } from '../../store/open-store.ts';
import { readJson } from '../documents/read-document.ts';
import type { JobContext } from '../job-context.ts';

export interface StoreStatus {
  /** Snapshots in the store, damaged ones included. */
  readonly snapshots: number;
  /** The newest good snapshot; undefined when there is none. */
  readonly latest: LatestSnapshot | undefined;
}

export interface LatestSnapshot {
  readonly id: string;
  readonly header: SnapshotHeader;
  readonly ageMs: number;
  /** Kinds of things the API does not give, so that no backup has them. */
  readonly blindSpots: number;
  /** Problems a fast check of the store found. */
  readonly problems: number;
  /** Fingerprint of the key that signed it. */
  readonly signer: string;
}

/** Finds the newest good snapshot and checks the store without reading every byte. */
export async function statusOf(job: JobContext, store: Store): Promise<StoreStatus> {
  const all = await store.listSnapshots();
  const newest = all.find(({ header, problem }) => header !== undefined && problem === undefined);
  if (newest?.header === undefined) return { snapshots: all.length, latest: undefined };
  const { id, header } = newest;
  const manifest = await readJson(await store.openSnapshot(id), '/manifest.json');
  const { findings } = await store.check({ fast: true });
  const latest = {
    id,
    header,
    ageMs: job.clock.now() - Date.parse(header.time),
    blindSpots: arrayAt(objectAt(manifest, 'blind_spots'), 'always').length,
    problems: findings.filter(({ severity }) => severity === 'error').length,
    signer: fingerprint(Buffer.from(header.signer, 'hex')),
  };
  return { snapshots: all.length, latest };
}
