/** The pins of one store as a file of the configuration folder. */

import { encodeCheckedJson, formatVersion, parseCheckedJson } from '../../format/checked-json.ts';
import type { Revocation } from '../../format/config.ts';
import { revocationFrom, revocationJson } from '../../format/config.ts';
import type { SnapshotId } from '../../format/ids.ts';
import { isHex64, isSnapshotId } from '../../format/ids.ts';
import { isSlotId, maxSlots } from '../../format/key-slot.ts';
import type { MemberReader } from '../../format/member-reader.ts';

export interface TrustRecord {
  readonly location: string;
  readonly storeId: string;
  /** SHA-256 of CONFIG. */
  readonly configDigest: string;
  /** SHA-256 of CONFIG without its signers: never changes. */
  readonly configBase: string;
  /** Public keys whose snapshots are accepted. */
  readonly signers: readonly string[];
  /** True once CONFIG was signed: an unsigned one is an older state then. */
  readonly isConfigSigned: boolean;
  /** The statements that count on this machine. */
  readonly revocations: readonly Revocation[];
  /** The key roster's count of changes. */
  readonly slotsGeneration: number;
  /** Ids of the slots that the roster named. */
  readonly slots: readonly string[];
  /** Id of the slot that opened last; empty when none did yet. */
  readonly openedSlot: string;
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
/** The first version knew neither revocations nor the slots of the roster. */
const trustVersion = 2;

export function encodeTrust(record: TrustRecord): Uint8Array {
  const { signers, revocations, slots, heads, missed } = record;
  return encodeCheckedJson({
    ...record,
    magic,
    version: trustVersion,
    signers: [...signers],
    revocations: revocations.map(revocationJson),
    slots: [...slots],
    heads: [...heads],
    missed: [...missed],
  });
}

/** @throws KlosetError integrity, incompatible */
export function parseTrust(bytes: Uint8Array, what: string): TrustRecord {
  const members = parseCheckedJson(bytes, magic, what, trustVersion);
  const isFirstVersion = members.number('version') === formatVersion;
  const record = {
    location: members.text('location', /^.*$/s),
    storeId: members.hex('storeId', 16),
    configDigest: members.hex('configDigest', 32),
    configBase: members.hex('configBase', 32),
    signers: members.listOf('signers', maxIds, isHex64),
    ...(isFirstVersion ? unknownToVersion1 : readNewer(members)),
    slotsGeneration: members.number('slotsGeneration'),
    heads: members.listOf('heads', maxIds, isSnapshotId),
    missed: members.listOf('missed', maxIds, isSnapshotId),
  };
  members.end();
  return record;
}

const unknownToVersion1 = { isConfigSigned: false, revocations: [], slots: [], openedSlot: '' };

function readNewer(
  members: MemberReader,
): Pick<TrustRecord, 'isConfigSigned' | 'revocations' | 'slots' | 'openedSlot'> {
  return {
    isConfigSigned: members.flag('isConfigSigned'),
    revocations: members.list('revocations', maxIds).map(revocationFrom),
    slots: members.listOf('slots', maxSlots, isSlotId),
    openedSlot: members.text('openedSlot', /^([0-9a-f]{32})?$/),
  };
}
