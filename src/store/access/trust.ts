/**
 * The state of a store that this machine remembers, so that somebody who can write to the store cannot swap it, roll it
 * back or sign for others. One file for each location; the first use pins what it finds, and `trustNew` is the
 * only way past a difference.
 *
 * Every header names the headers that were newest when it was written, and every deliberate removal is a header
 * too. So it is enough to remember the newest ones: as long as they are there, and nothing they stand on is
 * missing without a removal, nothing that was ever seen has been lost.
 */
import type { Backend } from '../../backend/backend.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import { sha256 } from '../crypto/primitives.ts';
import type { StoreConfig, TrustedKey } from '../format/config.ts';
import { configBaseDigest } from '../format/config.ts';
import type { SnapshotId } from '../format/ids.ts';
import { fingerprint, isEndorsementValid } from './identity.ts';
import type { TrustRecord } from './trust-record.ts';
import { encodeTrust, parseTrust } from './trust-record.ts';

/** A header as far as trust is concerned. */
export interface SeenHeader {
  readonly id: SnapshotId;
  /** ISO time. */
  readonly time: string;
  /** Public key, 64 hex digits; the signature holds. */
  readonly signer: string;
  readonly parents: readonly SnapshotId[];
  /** For removals: the ids of the snapshots taken away. */
  readonly removed?: readonly SnapshotId[];
}

export interface TrustOptions {
  /** Pin what is found instead of comparing it with what was pinned. Seals, MACs and signatures are still checked. */
  readonly trustNew?: boolean;
}

/** Reads what is pinned for `location` (a path or URL in one fixed spelling). @throws KlosetError integrity when damaged */
export async function openTrust(
  folder: Backend,
  location: string,
  options: TrustOptions = {},
): Promise<Trust> {
  const name = trustName(location);
  let record: TrustRecord | undefined;
  try {
    record = parseTrust(await folder.read(name), `${folder.location}/${name}`);
  } catch (error) {
    const isFirstUse = isKlosetError(error, 'not-found');
    if (!isFirstUse && !(isKlosetError(error, 'integrity') && options.trustNew)) throw error;
  }
  return new Trust(folder, location, record, options.trustNew ?? false);
}

/** Name of the file for `location` in the configuration folder. */
export function trustName(location: string): string {
  return `trust/${hexOf(sha256(new TextEncoder().encode(location)).subarray(0, 16))}.json`;
}

/** The pinned state of one store, compared step by step with what opening the store finds, then saved. */
export class Trust {
  /** True when nothing was pinned for this location before. */
  readonly isFirstUse: boolean;
  readonly #folder: Backend;
  readonly #location: string;
  readonly #trustNew: boolean;
  readonly #pinned: TrustRecord | undefined;
  #next: TrustRecord | undefined;

  constructor(folder: Backend, location: string, pinned: TrustRecord | undefined, trustNew: boolean) {
    this.#folder = folder;
    this.#location = location;
    this.#pinned = pinned;
    this.#trustNew = trustNew;
    this.isFirstUse = pinned === undefined;
  }

  /** The pins from before; undefined at first use. For rebuilding files that the store lost. */
  get remembered(): Pick<TrustRecord, 'signers' | 'slotsGeneration'> | undefined {
    return this.#pinned;
  }

  /**
   * Compares the authenticated CONFIG with the pinned one.
   * @throws KlosetError integrity for another store, a changed CONFIG, or an untrusted signer
   */
  checkConfig(config: StoreConfig, digest: string): void {
    const base = configBaseDigest(config);
    const pinned = this.#pinned;
    if (pinned !== undefined && !this.#trustNew) {
      if (pinned.storeId !== config.storeId) throw swapped(this.#location, pinned.storeId, config.storeId);
      if (pinned.configBase !== base) throw changedConfig(this.#location);
      if (pinned.configDigest !== digest) checkSignerList(pinned.signers, config.signers);
    }
    this.#pin(config, digest, pinned?.storeId === config.storeId ? pinned : undefined);
  }

  /** Pins a CONFIG that this program has just written itself. */
  acceptConfig(config: StoreConfig, digest: string): void {
    this.#pin(config, digest, this.#next);
  }

  #pin(config: StoreConfig, digest: string, kept: TrustRecord | undefined): void {
    this.#next = {
      location: this.#location,
      storeId: config.storeId,
      configDigest: digest,
      configBase: configBaseDigest(config),
      signers: config.signers.map(({ publicKey }) => publicKey),
      slotsGeneration: kept?.slotsGeneration ?? 0,
      heads: kept?.heads ?? [],
      missed: kept?.missed ?? [],
    };
  }

  /** Compares the roster's count of changes. @throws KlosetError integrity when the key slots were rolled back */
  checkSlots(generation: number): void {
    const next = this.#known();
    if (generation < next.slotsGeneration && !this.#trustNew) {
      throw distrust(
        `The key slots of ${this.#location} were rolled back to an older state (possible rollback attack).`,
      );
    }
    this.#next = { ...next, slotsGeneration: generation };
  }

  /** The reason why signatures of this key (64 hex digits) are not accepted, as a sentence; undefined when they are. */
  signerProblem(signer: string): string | undefined {
    if (this.#known().signers.includes(signer)) return undefined;
    return `It was signed by a key that is not trusted: ${fingerprint(Buffer.from(signer, 'hex'))}.`;
  }

  /** @throws KlosetError credentials when the store does not take what this machine's own key (64 hex digits) signs */
  requireOwnSigner(signer: string): void {
    if (this.signerProblem(signer) === undefined) return;
    throw new KlosetError(
      'credentials',
      'The identity of this machine is not among the signers of the store.',
      { hint: 'Add it with `notion-kloset identity trust` on a machine whose identity is.' },
    );
  }

  /** @throws KlosetError integrity when `header` was signed by a key that is not trusted */
  checkSigner(header: { readonly id: string; readonly signer: string }): void {
    const problem = this.signerProblem(header.signer);
    if (problem === undefined) return;
    throw distrust(
      `Snapshot ${header.id.slice(0, 8)} is not accepted. ${problem}`,
      'Compare the fingerprint on the machine that created it; then add the key with `notion-kloset identity trust`.',
    );
  }

  /**
   * Compares the headers of the store with the newest ones seen. Headers of foreign signers, and `unreadable` ids
   * that are there but damaged, are not missing, but prove nothing.
   * @throws KlosetError integrity for a store rolled back, or a snapshot taken away without a trace
   */
  checkHeaders(listed: readonly SeenHeader[], unreadable: readonly SnapshotId[] = []): void {
    const next = this.#known();
    const headers = listed.filter(({ signer }) => next.signers.includes(signer));
    const accounted = new Set([...listed.map(({ id }) => id), ...unreadable, ...next.missed]);
    for (const { removed = [] } of headers) for (const id of removed) accounted.add(id);
    const lostHeads = next.heads.filter((id) => !accounted.has(id));
    const lostParents = headers.flatMap(({ parents }) => parents.filter((id) => !accounted.has(id)));
    if (!this.#trustNew) {
      if (lostHeads.length > 0) throw this.#rolledBack(headers);
      if (lostParents.length > 0) throw brokenChain([...new Set(lostParents)]);
    }
    const damagedHeads = next.heads.filter((id) => unreadable.includes(id));
    this.#next = {
      ...next,
      heads: [...headsOf(headers), ...damagedHeads],
      missed: [...new Set([...next.missed, ...lostHeads, ...lostParents])].slice(-maxMissed),
    };
  }

  /** Writes what is now known, at once; does nothing when it is what was known before. */
  async save(): Promise<void> {
    const next = this.#known();
    if (this.#pinned !== undefined && sameBytes(encodeTrust(this.#pinned), encodeTrust(next))) return;
    await this.#folder.replace(trustName(this.#location), encodeTrust(next));
  }

  #known(): TrustRecord {
    if (this.#next === undefined) throw new KlosetError('internal', 'CONFIG must be compared first.');
    return this.#next;
  }

  #rolledBack(headers: readonly SeenHeader[]): KlosetError {
    const newest = headers
      .map(({ time }) => time)
      .sort()
      .at(-1);
    const since =
      newest === undefined ? 'it has no snapshot at all now' : `the newest snapshot is now of ${newest}`;
    return distrust(
      `${this.#location} was rolled back (possible rollback attack): this machine has seen newer snapshots than it holds; ${since}.`,
    );
  }
}

const maxMissed = 1000;

/** The headers that no other header names as a parent. */
export function headsOf(headers: readonly SeenHeader[]): SnapshotId[] {
  const below = new Set(headers.flatMap(({ parents }) => parents));
  return headers
    .map(({ id }) => id)
    .filter((id) => !below.has(id))
    .sort();
}

/** New signers must be endorsed by old ones, step by step; none may vanish. */
function checkSignerList(pinned: readonly string[], listed: readonly TrustedKey[]): void {
  const gone = pinned.find((key) => !listed.some(({ publicKey }) => publicKey === key));
  if (gone !== undefined) {
    throw distrust(
      `CONFIG no longer lists the signer ${fingerprint(Buffer.from(gone, 'hex'))}, which was trusted.`,
    );
  }
  const trusted = new Set(pinned);
  const waiting = listed.filter(({ publicKey }) => !trusted.has(publicKey));
  for (let progress = true; progress; ) {
    const next = waiting.findIndex(
      (signer) => isEndorsementValid(signer) && trusted.has(signer.endorsement?.by ?? ''),
    );
    progress = next >= 0;
    for (const signer of progress ? waiting.splice(next, 1) : []) trusted.add(signer.publicKey);
  }
  const [stranger] = waiting;
  if (stranger === undefined) return;
  const print = fingerprint(Buffer.from(stranger.publicKey, 'hex'));
  throw distrust(
    `An untrusted signer was added to CONFIG: ${print}.`,
    'Compare the fingerprint on the machine that added it; then run the command again with --trust-new.',
  );
}

function swapped(location: string, pinned: string, found: string): KlosetError {
  return distrust(
    `${location} is another store than before: ${found.slice(0, 8)} instead of ${pinned.slice(0, 8)}.`,
  );
}

function changedConfig(location: string): KlosetError {
  return distrust(`CONFIG of ${location} is not the one this machine has pinned.`);
}

function brokenChain(missing: readonly string[]): KlosetError {
  const [first = ''] = missing;
  const what =
    missing.length === 1
      ? `Snapshot ${first.slice(0, 8)}`
      : `${missing.length} snapshots, among them ${first.slice(0, 8)},`;
  return distrust(
    `The chain of snapshots is broken: ${what} vanished without being removed.`,
    'Restore the file from a replica of the store, or continue without it with --trust-new.',
  );
}

function distrust(message: string, hint?: string): KlosetError {
  return new KlosetError('integrity', message, {
    hint:
      hint ??
      'If you know why, run the command again with --trust-new; otherwise the store was tampered with.',
  });
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.from(left).equals(right);
}
