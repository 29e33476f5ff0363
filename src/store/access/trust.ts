/**
 * The state of a store that this machine remembers, so that somebody who can write to the store cannot swap it, roll it
 * back or sign for others. One file for each location; the first use pins what it finds, and only what a person accepts by
 * name gets past a difference. A store known from another place keeps the signers known from there. The headers are
 * judged in header-loss.ts.
 */
import type { Backend } from '../../backend/backend.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import { sha256 } from '../crypto/primitives.ts';
import type { FileSignature } from '../format/checked-json.ts';
import type { Revocation, StoreConfig, TrustedKey, UntrustedConfig } from '../format/config.ts';
import { configBaseDigest } from '../format/config.ts';
import type { SnapshotId } from '../format/ids.ts';
import type { Acceptances, TellAccepted } from './acceptance.ts';
import type { HeaderLoss, SeenHeader } from './header-loss.ts';
import { judgeHeaders, shortIds } from './header-loss.ts';
import { fingerprint, isEndorsementValid } from './identity.ts';
import { effectiveRevocations, isSameRevocation } from './revocations.ts';
import type { TrustRecord } from './trust-record.ts';
import { encodeTrust, maxPinnedIds, parseTrust } from './trust-record.ts';

export interface TrustOptions {
  /** Differences to pin instead of refusing them. Seals, MACs and signatures are still checked. */
  readonly accept?: Acceptances;
  readonly tell?: TellAccepted;
  /** Begin without pins for this place: a new store is created here on purpose. */
  readonly isNewStore?: boolean;
}

/** A key roster as far as trust is concerned. */
export interface SeenRoster {
  /** The count of changes. */
  readonly generation: number;
  readonly slots: readonly string[];
  /** Its signature, which holds; undefined in version 1, which had none. */
  readonly signature: FileSignature | undefined;
}

/** Digest of CONFIG, and the public key that signed it; undefined in version 1. */
export type ConfigProof = Pick<UntrustedConfig, 'digest' | 'signedBy'>;

/** Reads what is pinned for `location` (a path or URL in one fixed spelling). @throws KlosetError integrity when damaged */
export async function openTrust(
  folder: Backend,
  location: string,
  options: TrustOptions = {},
): Promise<Trust> {
  const pinned = options.isNewStore ? undefined : await readPins(folder, location, options);
  const elsewhere = await pinsElsewhere(folder, location);
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
  readonly #folder: Backend;
  readonly #location: string;
  readonly #accept: Acceptances;
  readonly #tell: TellAccepted;
  #pinned: TrustRecord | undefined;
  readonly #elsewhere: readonly TrustRecord[];
  #next: TrustRecord | undefined;
  #revocations: readonly Revocation[] = [];

  constructor({ folder, location, pinned, elsewhere, options }: TrustParts) {
    this.#folder = folder;
    this.#location = location;
    this.#pinned = pinned;
    this.#elsewhere = elsewhere;
    this.#accept = options.accept ?? {};
    this.#tell = options.tell ?? (() => {});
  }

  /** The pins from before; undefined at first use. For rebuilding files that the store lost. */
  get remembered(): TrustRecord | undefined {
    return this.#pinned;
  }

  /** The count of changes of the roster that was compared. */
  get slotsGeneration(): number {
    return this.#known().slotsGeneration;
  }

  /** True until something is pinned, when this machine knows the opened store neither at this place nor at another. */
  get isFirstUse(): boolean {
    const { storeId } = this.#known();
    return this.#pinned?.storeId !== storeId && !this.#elsewhere.some((record) => record.storeId === storeId);
  }

  /** The statements that count, those learned at other places of the store too, once CONFIG was compared. */
  get revocations(): readonly Revocation[] {
    return this.#revocations;
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
   * Compares the authenticated CONFIG with the pinned one. At first use its first signer is trusted, and whoever that one
   * endorsed, step by step.
   * @throws KlosetError integrity for another store, a changed CONFIG, an untrusted signer, or one that was revoked
   */
  checkConfig(config: StoreConfig, proof: ConfigProof): void {
    const here = this.#samePlace(config.storeId);
    const known = here ?? this.#knownElsewhere(config.storeId);
    const remembered = this.#rememberedRevocations(config.storeId, here);
    if (known !== undefined) {
      const base = configBaseDigest(config);
      if (known.configBase !== base) this.#acceptConfig(known.configBase, base);
    }
    const isSeen = known?.configDigest === proof.digest;
    const revoked = new Set(remembered.map(({ key }) => key));
    if (!isSeen)
      this.#checkSigners(known?.signers, config.signers, { isSamePlace: here !== undefined, revoked });
    const signers = new Set(config.signers.map(({ publicKey }) => publicKey));
    const revocations = effectiveRevocations(config.storeId, [...remembered, ...config.revocations], signers);
    if (here !== undefined) this.#checkRevocations(here.revocations, config.revocations);
    if (!isSeen)
      this.#checkSignature(config, proof, { revocations, wasSigned: here?.isConfigSigned === true });
    this.#pin(config, proof, { kept: here, revocations });
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

  /** Revoked keys of the store, as this machine remembers them, this place first. */
  #rememberedRevocations(storeId: string, here: TrustRecord | undefined): Revocation[] {
    const elsewhere = this.#elsewhere.filter((record) => record.storeId === storeId);
    return [...(here === undefined ? [] : [here]), ...elsewhere].flatMap(({ revocations }) => revocations);
  }

  #acceptConfig(old: string, found: string): void {
    if (this.#accept.config !== true) throw changedConfig(this.#location);
    this.#tell(`accepted configuration of ${this.#location}: ${old.slice(0, 8)} → ${found.slice(0, 8)}`);
  }

  /** New signers must be endorsed by old ones, step by step; none may vanish from a place where it was. */
  #checkSigners(
    pinned: readonly string[] | undefined,
    listed: readonly TrustedKey[],
    { isSamePlace, revoked }: { readonly isSamePlace: boolean; readonly revoked: ReadonlySet<string> },
  ): void {
    const roots = pinned ?? listed.slice(0, 1).map(({ publicKey }) => publicKey);
    const gone = roots.filter((key) => !listed.some(({ publicKey }) => publicKey === key));
    for (const key of isSamePlace ? gone : []) {
      if (this.#accept.config !== true) throw vanishedSigner(key);
      this.#tell(`accepted configuration of ${this.#location}: signer ${fingerprintOf(key)} → removed`);
    }
    const accepted = this.#accept.signers ?? [];
    const [stranger] = strangersIn([...roots, ...accepted], listed, revoked);
    if (stranger !== undefined) throw strangeSigner(stranger);
    for (const { publicKey } of strangersIn(roots, listed, revoked)) {
      const before = roots.map(fingerprintOf).join(', ');
      this.#tell(`accepted signer: ${before} → also ${fingerprintOf(publicKey)} (${publicKey})`);
    }
  }

  /** A key that this machine has seen revoked must stay revoked. */
  #checkRevocations(pinned: readonly Revocation[], listed: readonly Revocation[]): void {
    for (const statement of pinned) {
      if (listed.some((other) => isSameRevocation(statement, other))) continue;
      if (this.#accept.config !== true) throw vanishedRevocation(statement.key);
      this.#tell(
        `accepted configuration of ${this.#location}: revocation of ${fingerprintOf(statement.key)} → removed`,
      );
    }
  }

  #checkSignature(
    { signers }: StoreConfig,
    { signedBy }: ConfigProof,
    { revocations, wasSigned }: { readonly revocations: readonly Revocation[]; readonly wasSigned: boolean },
  ): void {
    const problem =
      signedBy === undefined
        ? wasSigned && 'it is not signed, though it was before'
        : !signers.some(({ publicKey }) => publicKey === signedBy)
          ? `it was signed by a key that it does not list: ${fingerprintOf(signedBy)}`
          : revocations.some(({ key }) => key === signedBy) &&
            `it was signed by a key that was revoked: ${fingerprintOf(signedBy)}`;
    if (problem === false) return;
    if (this.#accept.config !== true)
      throw distrust(`CONFIG of ${this.#location} is not accepted: ${problem}.`, acceptConfigHint);
    this.#tell(`accepted configuration of ${this.#location}, though ${problem}`);
  }

  /** Pins a CONFIG that this program has just written itself. */
  acceptConfig(config: StoreConfig, proof: ConfigProof): void {
    const signers = new Set(config.signers.map(({ publicKey }) => publicKey));
    const statements = [...this.#revocations, ...config.revocations];
    const revocations = effectiveRevocations(config.storeId, statements, signers);
    this.#pin(config, proof, { kept: this.#next, revocations });
  }

  #pin(
    config: StoreConfig,
    { digest, signedBy }: ConfigProof,
    {
      kept,
      revocations,
    }: { readonly kept: TrustRecord | undefined; readonly revocations: readonly Revocation[] },
  ): void {
    this.#revocations = revocations;
    this.#next = {
      location: this.#location,
      storeId: config.storeId,
      configDigest: digest,
      configBase: configBaseDigest(config),
      isConfigSigned: signedBy !== undefined,
      signers: config.signers.map(({ publicKey }) => publicKey),
      revocations: revocations.filter((each) =>
        config.revocations.some((own) => isSameRevocation(each, own)),
      ),
      slotsGeneration: kept?.slotsGeneration ?? 0,
      slots: kept?.slots ?? [],
      openedSlot: kept?.openedSlot ?? '',
      heads: kept?.heads ?? [],
      missed: kept?.missed ?? [],
    };
  }

  /**
   * Compares the roster of key slots, whose MAC holds, with the pinned one.
   * @throws KlosetError integrity when it was rolled back, or a signer that counts did not sign it
   */
  checkRoster(roster: SeenRoster): void {
    const next = this.#known();
    const { generation, slots } = roster;
    if (generation < next.slotsGeneration) {
      if (this.#accept.config !== true) throw rolledBackSlots(this.#location);
      this.#tell(`accepted key slots of ${this.#location}: state ${next.slotsGeneration} → ${generation}`);
    }
    const isSeen = generation === next.slotsGeneration && `${slots}` === `${next.slots}`;
    const problem = isSeen ? undefined : this.rosterProblem(roster);
    if (problem !== undefined) {
      if (this.#accept.config !== true) throw untrustedRoster(this.#location, problem);
      this.#tell(`accepted key slots of ${this.#location}, though ${problem}`);
    }
    this.#next = { ...next, slotsGeneration: generation, slots };
  }

  /** The reason why the signature of a roster does not count, as the end of a sentence; undefined when it does. */
  rosterProblem({ signature }: Pick<SeenRoster, 'signature'>): string | undefined {
    if (signature === undefined) {
      return this.#known().isConfigSigned ? 'the list is not signed' : undefined;
    }
    const by = fingerprintOf(signature.by);
    if (!this.#known().signers.includes(signature.by))
      return `it was signed by a key that is not trusted: ${by}`;
    return this.canSign(signature.by) ? undefined : `it was signed by a key that was revoked: ${by}`;
  }

  /** Remembers the slot that opened, so that it is tried first. */
  noteOpened(slotId: string): void {
    this.#next = { ...this.#known(), openedSlot: slotId };
  }

  /** True when what this key (64 hex digits) signs from now on counts. */
  canSign(key: string): boolean {
    return (
      this.#known().signers.includes(key) && !this.#revocations.some((statement) => statement.key === key)
    );
  }

  /** The reason why signatures of this key (64 hex digits) are not accepted, as a sentence; undefined when they are. */
  signerProblem(signer: string): string | undefined {
    if (this.#known().signers.includes(signer)) return undefined;
    return `It was signed by a key that is not trusted: ${fingerprintOf(signer)}.`;
  }

  /** @throws KlosetError credentials when the store does not take what this machine's own key (64 hex digits) signs */
  requireOwnSigner(signer: string): void {
    if (this.canSign(signer)) return;
    const revocation = this.revocations.find(({ key }) => key === signer);
    if (revocation !== undefined) {
      throw new KlosetError(
        'credentials',
        `The identity of this machine was revoked by the signer ${fingerprintOf(revocation.by)}.`,
        {
          hint: 'If that was not meant, look at who signs: `notion-kloset identity list`.',
        },
      );
    }
    throw new KlosetError(
      'credentials',
      'The identity of this machine is not among the signers of the store.',
      {
        hint: `Add it with \`notion-kloset identity trust ${signer}\` on a machine whose identity is, or bring that identity here with \`notion-kloset identity import\`. When there is no such machine any more, see \`notion-kloset identity adopt\`.`,
      },
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
   * Compares the headers of the store with the newest ones seen. `unreadable` ids are there but damaged.
   * @throws KlosetError integrity for a loss, see `compareHeaders`
   */
  checkHeaders(listed: readonly SeenHeader[], unreadable: readonly SnapshotId[] = []): void {
    const loss = this.compareHeaders(listed, unreadable);
    if (loss !== undefined) throw loss.error;
  }

  /**
   * The tolerant comparison, for those who tell of a loss and go on. What is lost stays pinned, so that it is told
   * again each time; only what a person accepted as lost is not. Undefined when nothing is lost.
   */
  compareHeaders(
    listed: readonly SeenHeader[],
    unreadable: readonly SnapshotId[] = [],
  ): HeaderLoss | undefined {
    const next = this.#known();
    const { heads, loss } = judgeHeaders(next, listed, unreadable, this.#location);
    const lost = loss === undefined ? [] : [...loss.missing, ...loss.unreadable];
    if (loss === undefined || this.#accept.loss !== true) {
      const kept = next.heads.filter((id) => lost.includes(id));
      this.#next = { ...next, heads: [...new Set([...kept, ...heads])].slice(0, maxPinnedIds) };
      return loss;
    }
    this.#tell(`accepted loss: ${shortIds(lost)} → the newest now: ${shortIds(heads)}`);
    this.#next = { ...next, heads, missed: [...new Set([...next.missed, ...lost])].slice(-maxPinnedIds) };
    return undefined;
  }

  /** Writes what is now known, at once; does nothing when it is what was known before. */
  async save(): Promise<void> {
    const next = this.#known();
    if (this.#pinned !== undefined && sameBytes(encodeTrust(this.#pinned), encodeTrust(next))) return;
    await this.#folder.replace(trustName(this.#location), encodeTrust(next));
    this.#pinned = next;
  }

  #known(): TrustRecord {
    if (this.#next === undefined) throw new KlosetError('internal', 'CONFIG must be compared first.');
    return this.#next;
  }
}

/** The listed signers that neither are trusted nor endorsed, step by step, by who is; `revoked` keys endorse nobody. */
function strangersIn(
  trustedKeys: readonly string[],
  listed: readonly TrustedKey[],
  revoked: ReadonlySet<string>,
): readonly TrustedKey[] {
  const trusted = new Set(trustedKeys);
  const waiting = listed.filter(({ publicKey }) => !trusted.has(publicKey));
  const isEndorsed = (signer: TrustedKey) => {
    const by = signer.endorsement?.by ?? '';
    return trusted.has(by) && !revoked.has(by) && isEndorsementValid(signer);
  };
  for (let progress = true; progress; ) {
    const next = waiting.findIndex(isEndorsed);
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

function vanishedRevocation(key: string): KlosetError {
  return distrust(
    `CONFIG no longer says that the signer ${fingerprintOf(key)} was revoked.`,
    acceptConfigHint,
  );
}

function untrustedRoster(location: string, problem: string): KlosetError {
  return distrust(
    `The list of key slots of ${location} is not accepted: ${problem}.`,
    'Create it again with `notion-kloset repair config`, which names the key slots it finds and asks which of them count.',
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

const acceptConfigHint =
  'If you know why, run the command again with --accept-config; otherwise the store was tampered with.';

function distrust(message: string, hint: string): KlosetError {
  return new KlosetError('integrity', message, { hint });
}

function fingerprintOf(publicKey: string): string {
  return fingerprint(Buffer.from(publicKey, 'hex'));
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.from(left).equals(right);
}
