/**
 * The state of a store that this machine remembers, so that somebody who can write to the store cannot swap it, roll it
 * back or sign for others. One file for each location; the first use pins what it finds, and only what a person accepts by
 * name gets past a difference. A store known from another place keeps the signers known from there.
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
import type { Acceptances, TellAccepted } from './acceptance.ts';
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
  /** Differences to pin instead of refusing them. Seals, MACs and signatures are still checked. */
  readonly accept?: Acceptances;
  readonly tell?: TellAccepted;
  /** Begin without pins for this place: a new store is created here on purpose. */
  readonly isNewStore?: boolean;
}

/** Reads what is pinned for `location` (a path or URL in one fixed spelling). @throws KlosetError integrity when damaged */
export async function openTrust(
  folder: Backend,
  location: string,
  options: TrustOptions = {},
): Promise<Trust> {
  const pinned = options.isNewStore ? undefined : await readPins(folder, location, options);
  const elsewhere = pinned === undefined ? await pinsElsewhere(folder, location) : [];
  return new Trust({ folder, location, pinned, elsewhere, options });
}

async function readPins(
  folder: Backend,
  location: string,
  { accept, tell }: TrustOptions,
): Promise<TrustRecord | undefined> {
  const name = trustName(location);
  try {
    return parseTrust(await folder.read(name), `${folder.location}/${name}`);
  } catch (error) {
    if (isKlosetError(error, 'not-found')) return undefined;
    if (!isKlosetError(error, 'integrity') || accept?.place !== true) throw error;
    tell?.(`accepted place: ${location}, of which the memory was damaged`);
    return undefined;
  }
}

/** The pins of this machine for stores at other places; damaged files prove nothing. */
async function pinsElsewhere(folder: Backend, location: string): Promise<TrustRecord[]> {
  const found: TrustRecord[] = [];
  for await (const { name } of folder.list('trust/')) {
    if (name === trustName(location)) continue;
    try {
      found.push(parseTrust(await folder.read(name), name));
    } catch (error) {
      if (!isKlosetError(error, 'integrity') && !isKlosetError(error, 'not-found')) throw error;
    }
  }
  return found;
}

/** Name of the file for `location` in the configuration folder. */
export function trustName(location: string): string {
  return `trust/${hexOf(sha256(new TextEncoder().encode(location)).subarray(0, 16))}.json`;
}

interface TrustParts {
  readonly folder: Backend;
  readonly location: string;
  readonly pinned: TrustRecord | undefined;
  readonly elsewhere: readonly TrustRecord[];
  readonly options: TrustOptions;
}

/** The pinned state of one store, compared step by step with what opening the store finds, then saved. */
export class Trust {
  /** True when nothing was pinned for this location before. */
  readonly isFirstUse: boolean;
  readonly #folder: Backend;
  readonly #location: string;
  readonly #accept: Acceptances;
  readonly #tell: TellAccepted;
  readonly #pinned: TrustRecord | undefined;
  readonly #elsewhere: readonly TrustRecord[];
  #next: TrustRecord | undefined;

  constructor({ folder, location, pinned, elsewhere, options }: TrustParts) {
    this.#folder = folder;
    this.#location = location;
    this.#pinned = pinned;
    this.#elsewhere = elsewhere;
    this.#accept = options.accept ?? {};
    this.#tell = options.tell ?? (() => {});
    this.isFirstUse = pinned === undefined;
  }

  /** The pins from before; undefined at first use. For rebuilding files that the store lost. */
  get remembered(): Omit<TrustRecord, 'location' | 'configDigest' | 'configBase'> | undefined {
    return this.#pinned;
  }

  /** @throws KlosetError not-found when this machine remembers a store at this place, which is empty now */
  requireNoPins(): void {
    if (this.#pinned === undefined) return;
    throw new KlosetError(
      'not-found',
      `The store ${this.#pinned.storeId.slice(0, 8)}, which this machine knows at ${this.#location}, is not there.`,
      {
        hint: 'Mount the disk or connect the place. If the store is lost, begin a new one with `notion-kloset create --replace`, or bring it back with `sync from` a copy.',
      },
    );
  }

  /**
   * Compares the authenticated CONFIG with the pinned one.
   * @throws KlosetError integrity for another store, a changed CONFIG, or an untrusted signer
   */
  checkConfig(config: StoreConfig, digest: string): void {
    const here = this.#samePlace(config.storeId);
    const known = here ?? this.#knownElsewhere(config.storeId);
    if (known !== undefined) {
      const base = configBaseDigest(config);
      if (known.configBase !== base) this.#acceptConfig(known.configBase, base);
      if (known.configDigest !== digest)
        this.#checkSigners(known.signers, config.signers, here !== undefined);
    }
    this.#pin(config, digest, here);
  }

  /** The pins of this place, when they are of this store. */
  #samePlace(storeId: string): TrustRecord | undefined {
    const pinned = this.#pinned;
    if (pinned === undefined || pinned.storeId === storeId) return pinned;
    if (this.#accept.place !== true) throw swapped(this.#location, pinned.storeId, storeId);
    this.#tell(`accepted place: ${this.#location}: store ${pinned.storeId} → ${storeId}`);
    return undefined;
  }

  /** The same store as it is remembered at other places: its base and all its signers. */
  #knownElsewhere(storeId: string): Pick<TrustRecord, 'configBase' | 'configDigest' | 'signers'> | undefined {
    const records = this.#elsewhere.filter((record) => record.storeId === storeId);
    const [first] = records;
    if (first === undefined) return undefined;
    return { ...first, signers: [...new Set(records.flatMap(({ signers }) => signers))] };
  }

  #acceptConfig(old: string, found: string): void {
    if (this.#accept.config !== true) throw changedConfig(this.#location);
    this.#tell(`accepted configuration of ${this.#location}: ${old.slice(0, 8)} → ${found.slice(0, 8)}`);
  }

  /** New signers must be endorsed by old ones, step by step; none may vanish from a place where it was. */
  #checkSigners(pinned: readonly string[], listed: readonly TrustedKey[], isSamePlace: boolean): void {
    const gone = pinned.filter((key) => !listed.some(({ publicKey }) => publicKey === key));
    for (const key of isSamePlace ? gone : []) {
      if (this.#accept.config !== true) throw vanishedSigner(key);
      this.#tell(`accepted configuration of ${this.#location}: signer ${fingerprintOf(key)} → removed`);
    }
    const accepted = new Set(this.#accept.signers);
    const trusted = [...pinned, ...accepted];
    const [stranger] = strangersIn(trusted, listed);
    if (stranger !== undefined) throw strangeSigner(stranger);
    for (const { publicKey } of strangersIn(pinned, listed)) {
      const before = pinned.map(fingerprintOf).join(', ');
      this.#tell(`accepted signer: ${before} → also ${fingerprintOf(publicKey)} (${publicKey})`);
    }
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
    if (generation < next.slotsGeneration) {
      if (this.#accept.config !== true) throw rolledBackSlots(this.#location);
      this.#tell(`accepted key slots of ${this.#location}: state ${next.slotsGeneration} → ${generation}`);
    }
    this.#next = { ...next, slotsGeneration: generation };
  }

  /** The reason why signatures of this key (64 hex digits) are not accepted, as a sentence; undefined when they are. */
  signerProblem(signer: string): string | undefined {
    if (this.#known().signers.includes(signer)) return undefined;
    return `It was signed by a key that is not trusted: ${fingerprintOf(signer)}.`;
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
    const lost = [...new Set([...lostHeads, ...lostParents])];
    if (lost.length > 0) {
      if (this.#accept.loss !== true)
        throw lostHeads.length > 0 ? this.#rolledBack(headers) : brokenChain(lost);
      this.#tell(`accepted loss: ${shortIds(lost)} → the newest now: ${shortIds(headsOf(headers))}`);
    }
    const damagedHeads = next.heads.filter((id) => unreadable.includes(id));
    this.#next = {
      ...next,
      heads: [...headsOf(headers), ...damagedHeads],
      missed: [...new Set([...next.missed, ...lost])].slice(-maxMissed),
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
      `If you know that snapshots were lost, go on without them with --accept-loss, once; otherwise the store was tampered with.`,
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

/** The listed signers that neither are trusted nor endorsed, step by step, by who is. */
function strangersIn(trustedKeys: readonly string[], listed: readonly TrustedKey[]): readonly TrustedKey[] {
  const trusted = new Set(trustedKeys);
  const waiting = listed.filter(({ publicKey }) => !trusted.has(publicKey));
  for (let progress = true; progress; ) {
    const next = waiting.findIndex(
      (signer) => isEndorsementValid(signer) && trusted.has(signer.endorsement?.by ?? ''),
    );
    progress = next >= 0;
    for (const signer of progress ? waiting.splice(next, 1) : []) trusted.add(signer.publicKey);
  }
  return waiting;
}

function strangeSigner({ publicKey }: TrustedKey): KlosetError {
  return distrust(
    `An untrusted signer was added to CONFIG: ${fingerprintOf(publicKey)}.`,
    `Compare the fingerprint on the machine that added it; then run the command again with --accept-signer ${publicKey}.`,
  );
}

function vanishedSigner(key: string): KlosetError {
  return distrust(
    `CONFIG no longer lists the signer ${fingerprintOf(key)}, which was trusted.`,
    acceptConfigHint,
  );
}

function swapped(location: string, pinned: string, found: string): KlosetError {
  return distrust(
    `${location} is another store than before: ${found.slice(0, 8)} instead of ${pinned.slice(0, 8)}.`,
    'If you put another store there, run the command again with --accept-place; otherwise the store was tampered with.',
  );
}

function changedConfig(location: string): KlosetError {
  return distrust(`CONFIG of ${location} is not the one this machine has pinned.`, acceptConfigHint);
}

function rolledBackSlots(location: string): KlosetError {
  return distrust(
    `The key slots of ${location} were rolled back to an older state (possible rollback attack).`,
    acceptConfigHint,
  );
}

function brokenChain(missing: readonly string[]): KlosetError {
  const [first = ''] = missing;
  const what =
    missing.length === 1
      ? `Snapshot ${first.slice(0, 8)}`
      : `${missing.length} snapshots, among them ${first.slice(0, 8)},`;
  return distrust(
    `The chain of snapshots is broken: ${what} vanished without being removed.`,
    'Restore the file from a replica of the store, or continue without it with --accept-loss.',
  );
}

const acceptConfigHint =
  'If you know why, run the command again with --accept-config; otherwise the store was tampered with.';

function distrust(message: string, hint: string): KlosetError {
  return new KlosetError('integrity', message, { hint });
}

function fingerprintOf(publicKey: string): string {
  return fingerprint(Buffer.from(publicKey, 'hex'));
}

/** Ids as people read them; a long list is cut. */
function shortIds(ids: readonly string[]): string {
  const shown = ids.slice(0, 10).map((id) => id.slice(0, 8));
  if (ids.length > shown.length) shown.push(`and ${ids.length - shown.length} more`);
  return shown.length === 0 ? 'none' : shown.join(', ');
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.from(left).equals(right);
}
