/** Describes a store, or one snapshot of it. */
import type { JsonObject } from '../../document/json.ts';
import { fingerprint } from '../../store/access/identity.ts';
import type { HeaderLoss, SnapshotHeader, Store, TreeReader } from '../../store/open-store.ts';
import { readJson } from '../documents/read-document.ts';
import type { ShrinkAlarm } from './alarm.ts';
import { readAlarm } from './alarm.ts';
import type { KnownSnapshot } from './known-snapshots.ts';
import { surveyKnownSnapshots } from './known-snapshots.ts';

export interface StoreDescription {
  readonly location: string;
  readonly id: string;
  /** ISO time. */
  readonly created: string;
  readonly snapshots: number;
  /** Snapshots that are unreadable or badly signed. */
  readonly badSnapshots: number;
  /** Newer snapshots that may have been lost. */
  readonly loss: HeaderLoss | undefined;
  readonly packs: number;
  /** Bytes of all files of the store. */
  readonly bytes: number;
  /** Fingerprints of the keys whose signatures the store accepts. */
  readonly signers: readonly string[];
}

/** Reads the headers of all snapshots and the names of all files. */
export async function describeStore(store: Store): Promise<StoreDescription> {
  const { snapshots, loss } = await store.surveySnapshots();
  const usage = await store.usage();
  return {
    location: store.location,
    id: store.id,
    created: store.config.created,
    snapshots: snapshots.length,
    badSnapshots: snapshots.filter(({ problem }) => problem !== undefined).length,
    ...usage,
    loss,
    signers: store.config.signers.map(({ publicKey }) => fingerprintOf(publicKey)),
  };
}

export interface SnapshotDescription {
  /** With its tags, pins and acknowledgement. */
  readonly state: KnownSnapshot | undefined;
  readonly alarm: ShrinkAlarm | undefined;
  readonly id: string;
  readonly header: SnapshotHeader;
  readonly manifest: JsonObject;
  /** Fingerprint of the key that signed it. */
  readonly signer: string;
  /** Fingerprint of the key that signed the snapshot from which it was sealed again; undefined for any other. */
  readonly originalSigner: string | undefined;
}

/** The signed header and the manifest of a snapshot. @throws KlosetError `integrity` */
export async function describeSnapshot(store: Store, snapshot: TreeReader): Promise<SnapshotDescription> {
  const { id, header } = snapshot;
  const state = (await surveyKnownSnapshots(store)).snapshots.find((each) => each.id === id);
  const alarm = state === undefined ? undefined : await readAlarm(store, state);
  const manifest = await readJson(snapshot, '/manifest.json');
  const signer = fingerprintOf(header.signer);
  const originalSigner = header.origin === undefined ? undefined : fingerprintOf(header.origin.signer);
  return { id, header, state, alarm, manifest, signer, originalSigner };
}

function fingerprintOf(publicKey: string): string {
  return fingerprint(Buffer.from(publicKey, 'hex'));
}
