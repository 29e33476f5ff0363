/** The pins of one store as a file of the configuration folder. */

import { encodeCheckedJson, formatVersion, parseCheckedJson } from '../format/checked-json.ts';
import type { SnapshotId } from '../format/ids.ts';
import { isHex64, isSnapshotId } from '../format/ids.ts';

export interface TrustRecord {
  readonly location: string;
  readonly storeId: string;
  /** SHA-256 of CONFIG. */
  readonly configDigest: string;
  /** SHA-256 of CONFIG without its signers: never changes. */
  readonly configBase: string;
  /** Public keys whose snapshots are accepted. */
  readonly signers: readonly string[];
  /** The key roster's count of changes. */
  readonly slotsGeneration: number;
  /** Ids of the newest headers seen. */
  readonly heads: readonly SnapshotId[];
  /** Ids of headers that are gone and that the user accepted as lost. */
  readonly missed: readonly SnapshotId[];
}

/** So many heads, and so many missed ids, fit into the file together. */
export const maxPinnedIds = 6_000;
/** A reader takes so many. */
const maxIds = 10_000;
const magic = 'notion-kloset trust';

export function encodeTrust(record: TrustRecord): Uint8Array {
  const { signers, heads, missed } = record;
  return encodeCheckedJson({
    ...record,
    magic,
    version: formatVersion,
    signers: [...signers],
    heads: [...heads],
    missed: [...missed],
  });
}

/** @throws KlosetError integrity, incompatible */
export function parseTrust(bytes: Uint8Array, what: string): TrustRecord {
  const members = parseCheckedJson(bytes, magic, what);
  const record = {
    location: members.text('location', /^.*$/s),
    storeId: members.hex('storeId', 16),
    configDigest: members.hex('configDigest', 32),
    configBase: members.hex('configBase', 32),
    signers: members.listOf('signers', maxIds, isHex64),
    slotsGeneration: members.number('slotsGeneration'),
    heads: members.listOf('heads', maxIds, isSnapshotId),
    missed: members.listOf('missed', maxIds, isSnapshotId),
  };
  members.end();
  return record;
}
