/** What is pinned for one store, as a file of the configuration folder. */

import { damaged, encodeCheckedJson, formatVersion, MemberReader, parseCheckedJson } from './checked-json.ts';
import type { SnapshotId } from './ids.ts';
import { isHex64, isSnapshotId } from './ids.ts';

export interface TrustRecord {
  readonly location: string;
  readonly storeId: string;
  /** SHA-256 of CONFIG. */
  readonly configDigest: string;
  /** SHA-256 of CONFIG without its signers: never changes. */
  readonly configBase: string;
  /** Public keys whose snapshots are taken. */
  readonly signers: readonly string[];
  /** The key roster's count of changes. */
  readonly slotsGeneration: number;
  /** Ids of the newest headers seen. */
  readonly heads: readonly SnapshotId[];
  /** Ids of headers that are gone and that the user said to go on without. */
  readonly missed: readonly SnapshotId[];
}

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
  const members = new MemberReader(parseCheckedJson(bytes, magic, what), what);
  members.text('magic', /./);
  members.number('version');
  const listOf = <T extends string>(name: string, is: (value: unknown) => value is T): T[] => {
    const list: unknown[] = members.list(name, 10_000);
    if (!list.every(is)) throw damaged(what, `its member "${name}" is not right`);
    return list;
  };
  const record = {
    location: members.text('location', /^.*$/s),
    storeId: members.hex('storeId', 16),
    configDigest: members.hex('configDigest', 32),
    configBase: members.hex('configBase', 32),
    signers: listOf('signers', isHex64),
    slotsGeneration: members.number('slotsGeneration'),
    heads: listOf('heads', isSnapshotId),
    missed: listOf('missed', isSnapshotId),
  };
  members.end();
  return record;
}
