/** What is pinned for one store, as a file of the configuration folder. */
import { isId } from './byte-reader.ts';
import { damaged, encodeCheckedJson, formatVersion, MemberReader, parseCheckedJson } from './checked-json.ts';

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
  readonly heads: readonly string[];
  /** Ids of headers that are gone and that the user said to go on without. */
  readonly missed: readonly string[];
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
  const ids = (name: string): string[] => {
    const list = members.list(name, 10_000);
    if (!list.every(isId)) throw damaged(what, `its member "${name}" is not right`);
    return list;
  };
  const record = {
    location: members.text('location', /^.*$/s),
    storeId: members.hex('storeId', 16),
    configDigest: members.hex('configDigest', 32),
    configBase: members.hex('configBase', 32),
    signers: ids('signers'),
    slotsGeneration: members.number('slotsGeneration'),
    heads: ids('heads'),
    missed: ids('missed'),
  };
  members.end();
  return record;
}
