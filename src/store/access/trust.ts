/**
 * The state of a store that this machine remembers, so that somebody who can write to the store cannot swap it, roll it
 * back or sign for others. One file for each location; the first use pins what it finds, and only what a person accepts by
 * name gets past a difference. A store known from another place keeps the signers known from there. The headers are
 * judged in header-loss.ts.
 */
import type { Backend } from '../../backend/backend.ts';
import { KlosetError } from '../../errors.ts';
import type { FileSignature } from '../format/checked-json.ts';
import type { Revocation, StoreConfig } from '../format/config.ts';
import { configBaseDigest } from '../format/config.ts';
import type { SnapshotId } from '../format/ids.ts';
import type { Acceptance, ConfigProof } from './changed-config.ts';
import { checkBase, checkRevocations, checkSignature, checkSigners } from './changed-config.ts';
import type { Acceptances, TellAccepted } from './pins/acceptance.ts';
import type { HeaderJudgement, HeaderLoss, SeenHeader } from './pins/header-loss.ts';
import { judgeHeaders, shortIds } from './pins/header-loss.ts';
import { pinsElsewhere, readPins, trustName } from './pins/pin-files.ts';
import type { TrustRecord } from './pins/trust-record.ts';
import { encodeTrust, maxPinnedIds } from './pins/trust-record.ts';
import { effectiveRevocations, isSameRevocation } from './revocations.ts';
import {
  distrust,
  fingerprintOf,
  notThere,
  ownSignerRefused,
  rolledBackSlots,
  swapped,
  untrustedRoster,
} from './trust-refusals.ts';

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

  /** SHA-256 of the CONFIG that was compared last. */
  get configDigest(): string {
    return this.#known().configDigest;
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
    if (this.#pinned !== undefined) throw notThere(this.#pinned.storeId, this.#location);
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
    if (known !== undefined) checkBase(this.#acceptance, known.configBase, configBaseDigest(config));
    const isSeen = known?.configDigest === proof.digest;
    const revoked = new Set(remembered.map(({ key }) => key));
    if (!isSeen)
      checkSigners(this.#acceptance, known?.signers, config.signers, {
        isSamePlace: here !== undefined,
        revoked,
      });
    const signers = new Set(config.signers.map(({ publicKey }) => publicKey));
    const revocations = effectiveRevocations(config.storeId, [...remembered, ...config.revocations], signers);
    if (here !== undefined) checkRevocations(this.#acceptance, here.revocations, config.revocations);
    if (!isSeen)
      checkSignature(this.#acceptance, config, proof, {
        revocations,
        wasSigned: here?.isConfigSigned === true,
      });
    this.#pin(config, proof, { kept: here, revocations });
  }

  /** Compares a CONFIG that changed while the store was open. What was learned of the rest stays. @throws KlosetError as `checkConfig` */
  checkConfigAgain(config: StoreConfig, proof: ConfigProof): void {
    const { slotsGeneration, slots, openedSlot, heads, missed } = this.#known();
    this.checkConfig(config, proof);
    this.#next = { ...this.#known(), slotsGeneration, slots, openedSlot, heads, missed };
  }

  get #acceptance(): Acceptance {
    return { location: this.#location, accept: this.#accept, tell: this.#tell };
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
    throw ownSignerRefused(
      signer,
      this.revocations.find(({ key }) => key === signer),
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
   * @throws KlosetError integrity for a loss, see `noteHeaders`
   */
  checkHeaders(listed: readonly SeenHeader[], unreadable: readonly SnapshotId[] = []): void {
    const loss = this.noteHeaders(this.judgeHeaders(listed, unreadable));
    if (loss !== undefined) throw loss.error;
  }

  /** A judgement of the headers by what is pinned. Nothing is remembered, so that one may look again. */
  judgeHeaders(listed: readonly SeenHeader[], unreadable: readonly SnapshotId[] = []): HeaderJudgement {
    return judgeHeaders(this.#known(), listed, unreadable, this.#location);
  }

  /**
   * Remembers a judgement, the last one of several looks, and gives the loss to those who tell of it and go on. What is lost
   * stays pinned, so that it is told again each time; only what a person accepted as lost is not. Undefined when nothing is lost.
   */
  noteHeaders({ heads, loss }: HeaderJudgement): HeaderLoss | undefined {
    const next = this.#known();
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

  /** Ids of headers that were lost and that somebody accepted as lost; they may have come back since. */
  get missed(): readonly SnapshotId[] {
    return this.#known().missed;
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

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.from(left).equals(right);
}
