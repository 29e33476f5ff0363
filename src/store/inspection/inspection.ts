/** Looks at the parts of a store one by one, for people who want to know how it lies there. It changes nothing. */
import type { ReadBackend } from '../../backend/backend.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import type { ReadingParts } from '../access/store-parts.ts';
import type { BlobIndex, BlobLocation } from '../cache/blob-index.ts';
import { readIndexDelta } from '../cache/index-sync.ts';
import { readPackIndex } from '../check/check-packs.ts';
import type { BlobType } from '../format/blob.ts';
import { openBlob } from '../format/blob.ts';
import type { PackedBlob } from '../format/blob-location.ts';
import type { BlobId, DeltaId, PackId } from '../format/ids.ts';
import { isBlobId } from '../format/ids.ts';
import { deltaIdIn, deltasPrefix } from '../format/index-delta.ts';
import { packIdIn, packIdOf, packName } from '../format/packfile.ts';
import { listLocks } from '../locks/listed-locks.ts';
import type { ListedLock } from '../locks/locks.ts';

/** Objects of one kind at the place of a store. */
export interface KindUsage {
  readonly objects: number;
  readonly bytes: number;
}

export interface InspectedDelta {
  readonly id: DeltaId;
  readonly sizeBytes: number;
  readonly packs: number;
  readonly blobs: number;
  /** The reason why it cannot be read. */
  readonly problem?: string;
}

export interface InspectedState {
  /** By the first part of the name: `CONFIG`, `packs`, `index`, `snapshots`. */
  readonly kinds: { readonly [kind: string]: KindUsage };
  readonly deltas: readonly InspectedDelta[];
  /** Packfiles that the deltas list and that lie there, those that lie there alone, and those that are gone. */
  readonly packs: { readonly listed: number; readonly unlisted: number; readonly missing: number };
  readonly blobs: number;
}

/** A packfile as a listing shows it. */
export interface ListedPack {
  readonly id: PackId;
  /** Undefined when it is gone. */
  readonly sizeBytes: number | undefined;
  /** Undefined when no delta lists it. */
  readonly blobs: number | undefined;
}

export interface InspectedPack extends ListedPack {
  readonly sizeBytes: number;
  /** True when its bytes have the digest that is its name. */
  readonly isWhole: boolean;
  /** By its own index, in the order in which they lie. */
  readonly contents: readonly PackedBlob[];
}

export interface InspectedBlob {
  readonly id: BlobId;
  readonly type: BlobType;
  readonly plainBytes: number;
  readonly places: readonly InspectedPlace[];
}

export interface InspectedPlace extends Pick<BlobLocation, 'packId' | 'offset' | 'sealedBytes'> {
  /** The reason why it cannot be read there. */
  readonly problem?: string;
}

/** Ids are typed in short; fewer digits mean too many. */
const minPrefix = 4;

export class Inspection {
  readonly #parts: ReadingParts;
  readonly #index: BlobIndex;

  /** `index` knows all deltas of the store. */
  constructor(parts: ReadingParts, index: BlobIndex) {
    this.#parts = parts;
    this.#index = index;
  }

  /** Every object of the place by kind, every index delta, and how packfiles and deltas agree. */
  async state(): Promise<InspectedState> {
    const kinds: { [kind: string]: KindUsage } = {};
    const deltas: InspectedDelta[] = [];
    for await (const { name, sizeBytes } of this.#backend.list('')) {
      const kind = name.split('/', 1)[0] ?? name;
      const { objects, bytes } = kinds[kind] ?? { objects: 0, bytes: 0 };
      kinds[kind] = { objects: objects + 1, bytes: bytes + sizeBytes };
      const deltaId = name.startsWith(deltasPrefix) ? deltaIdIn(name) : undefined;
      if (deltaId !== undefined) deltas.push(await this.#delta(deltaId, sizeBytes));
    }
    const packs = await this.packs();
    const count = (is: (pack: ListedPack) => boolean) => packs.filter(is).length;
    return {
      kinds,
      deltas,
      packs: {
        listed: count(({ sizeBytes, blobs }) => sizeBytes !== undefined && blobs !== undefined),
        unlisted: count(({ blobs }) => blobs === undefined),
        missing: count(({ sizeBytes }) => sizeBytes === undefined),
      },
      blobs: this.#index.countBlobs(),
    };
  }

  /** Every packfile that lies there or that a delta lists, by id. */
  async packs(): Promise<ListedPack[]> {
    const sizes = new Map<PackId, number>();
    for await (const { name, sizeBytes } of this.#backend.list('packs/')) {
      const id = packIdIn(name);
      if (id !== undefined) sizes.set(id, sizeBytes);
    }
    const ids = new Set([...sizes.keys(), ...[...this.#index.packs()].map(({ id }) => id)]);
    return [...ids].sort().map((id) => ({
      id,
      sizeBytes: sizes.get(id),
      blobs: this.#index.blobsOf(id)?.blobs.length,
    }));
  }

  /** One packfile, read whole. @throws KlosetError not-found, usage for a prefix of several, integrity */
  async pack(prefix: string): Promise<InspectedPack> {
    const known = await this.packs();
    const id = onlyOne(
      'packfile',
      prefix,
      known.map((pack) => pack.id),
    );
    const listed = known.find((pack) => pack.id === id);
    const sizeBytes = listed?.sizeBytes;
    if (listed === undefined || sizeBytes === undefined)
      throw new KlosetError('not-found', `Packfile ${id} is gone; an index delta names it.`, {
        hint: 'Run `notion-kloset check`.',
      });
    const contents = await readPackIndex(
      { context: this.#parts.context, backend: this.#backend },
      id,
      sizeBytes,
    );
    const isWhole = packIdOf(await this.#backend.read(packName(id))) === id;
    return { ...listed, sizeBytes, isWhole, contents };
  }

  /** One blob: where it lies, and whether it can be read there. @throws KlosetError not-found, usage */
  async blob(prefix: string): Promise<InspectedBlob> {
    const id = onlyOne('object', prefix, this.#index.idsWith(checked(prefix, 'object')));
    const [first, ...others] = this.#index.locations(id);
    if (first === undefined)
      throw new KlosetError('not-found', `No packfile that is there holds the object ${id}.`);
    const places: InspectedPlace[] = [];
    for (const place of [first, ...others]) places.push(await this.#place(place));
    return { id, type: first.type, plainBytes: first.plainBytes, places };
  }

  /** The places of a blob that a snapshot names; empty when none is known. */
  placesOf(id: string): readonly BlobLocation[] {
    return isBlobId(id) ? this.#index.locations(id) : [];
  }

  /** Every lock as it lies there. */
  async locks(): Promise<ListedLock[]> {
    return await listLocks(this.#parts);
  }

  get #backend(): ReadBackend {
    return this.#parts.backend;
  }

  async #delta(id: DeltaId, sizeBytes: number): Promise<InspectedDelta> {
    try {
      const packs = await readIndexDelta(this.#parts, id, sizeBytes);
      return {
        id,
        sizeBytes,
        packs: packs.length,
        blobs: packs.reduce((sum, { blobs }) => sum + blobs.length, 0),
      };
    } catch (error) {
      if (!isKlosetError(error, 'integrity') && !isKlosetError(error, 'not-found')) throw error;
      return { id, sizeBytes, packs: 0, blobs: 0, problem: error.message };
    }
  }

  async #place({ id, type, packId, offset, sealedBytes }: BlobLocation): Promise<InspectedPlace> {
    const place = { packId, offset, sealedBytes };
    try {
      const sealed = await this.#backend.read(packName(packId), { offset, length: sealedBytes });
      openBlob(this.#parts.context, type, id, sealed);
      return place;
    } catch (error) {
      if (!isKlosetError(error, 'integrity') && !isKlosetError(error, 'not-found')) throw error;
      return { ...place, problem: error.message };
    }
  }
}

/** @throws KlosetError usage when `prefix` cannot begin an id */
function checked(prefix: string, what: string): string {
  const digits = prefix.toLowerCase();
  if (/^[0-9a-f]+$/.test(digits) && digits.length >= minPrefix && digits.length <= 64) return digits;
  throw new KlosetError(
    'usage',
    `The id of a ${what} has 64 hex digits, of which ${minPrefix} are enough; "${prefix}" is not one.`,
  );
}

/** @throws KlosetError not-found, usage */
function onlyOne<T extends string>(what: string, prefix: string, ids: readonly T[]): T {
  const digits = checked(prefix, what);
  const [found, second] = ids.filter((id) => id.startsWith(digits));
  if (found === undefined) throw new KlosetError('not-found', `The store has no ${what} ${prefix}.`);
  if (second === undefined) return found;
  throw new KlosetError(
    'usage',
    `Several ids of a ${what} begin with ${prefix}: ${found.slice(0, 16)}…, ${second.slice(0, 16)}….`,
    {
      hint: 'Give more digits.',
    },
  );
}
