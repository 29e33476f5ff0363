/** From chunk ids to bytes: finds, reads and verifies blobs. It never yields a byte that was not authenticated. */
import { isKlosetError, KlosetError } from '../../errors.ts';
import { Turns } from '../../turns.ts';
import type { BlobLocation } from '../cache/blob-index.ts';
import type { BlobType, SealContext } from '../format/blob.ts';
import { openBlob } from '../format/blob.ts';
import type { BlobContent, BlobId } from '../format/ids.ts';
import type { PackReader } from './pack-reader.ts';

/** The use of a content; a tree is never read as a file, nor the other way round. */
export type ContentUse = 'tree' | 'file';

export interface BlobSource {
  /** The verified plaintext of a blob. @throws KlosetError integrity, unavailable */
  blob(id: BlobId, use: ContentUse): Promise<Uint8Array>;
  /** Tells that these are read soon, in this order and after those told before: the first of them may be fetched ahead. */
  expect?(ids: readonly BlobId[]): void;
  /** Tells that these, or all without any, are not read for now. */
  leave?(ids?: readonly BlobId[]): void;
}

/** Places of blobs that no known place gives. */
export interface FurtherPlaces {
  places(id: BlobId, known: readonly BlobLocation[]): Promise<readonly BlobLocation[]>;
  /** Told of the place where a blob was. */
  isAt(place: BlobLocation): void;
}

type FoundBlob =
  | { readonly plaintext: Uint8Array; readonly place: BlobLocation }
  | { readonly problem: KlosetError | undefined };

export class ContentReader implements BlobSource {
  readonly #context: SealContext;
  readonly #locations: (id: BlobId) => readonly BlobLocation[];
  readonly #packs: PackReader;
  readonly #further: FurtherPlaces | undefined;
  /** Of blobs that are expected. */
  readonly #places = new Map<BlobId, readonly BlobLocation[]>();
  readonly #turns = new Turns();

  /** `locations` says where a blob may lie; what it says is not believed. `further` is asked where none of these is right. */
  constructor(
    context: SealContext,
    locations: (id: BlobId) => readonly BlobLocation[],
    packs: PackReader,
    further?: FurtherPlaces,
  ) {
    this.#context = context;
    this.#locations = locations;
    this.#packs = packs;
    this.#further = further;
  }

  /** Tries every place where the blob lies: neither a damaged copy nor a place of the wrong type hides a good one. */
  async blob(id: BlobId, use: ContentUse): Promise<Uint8Array> {
    const places = this.#places.get(id) ?? this.#locations(id);
    this.#places.delete(id);
    const known = await this.#readFrom(places, id, use);
    if ('plaintext' in known) return known.plaintext;
    const others = (await this.#further?.places(id, places)) ?? [];
    const found = others.length === 0 ? known : await this.#readFrom(others, id, use);
    if (!('plaintext' in found)) throw found.problem ?? lostBlob(id, 'no index names it');
    this.#further?.isAt(found.place);
    return found.plaintext;
  }

  async #readFrom(places: readonly BlobLocation[], id: BlobId, use: ContentUse): Promise<FoundBlob> {
    let problem: KlosetError | undefined;
    for (const place of places) {
      try {
        checkUse(id, place.type, use);
        const plaintext = await this.#packs.useSealed(place, (sealed) =>
          openBlob(this.#context, place.type, id, sealed),
        );
        if (this.#packs.isReadingAhead) await this.#turns.after(plaintext.length);
        return { plaintext, place };
      } catch (error) {
        if (!isKlosetError(error, 'integrity') && !isKlosetError(error, 'not-found')) throw error;
        problem ??= lostBlob(id, `packfile ${place.packId.slice(0, 12)}…: ${error.message}`, error);
      }
    }
    return { problem };
  }

  expect(ids: readonly BlobId[]): void {
    for (const id of ids.slice(0, toldChunks)) {
      const places = this.#places.get(id) ?? this.#locations(id);
      this.#places.set(id, places);
      const [first] = places;
      if (first !== undefined) this.#packs.expect(first);
    }
  }

  leave(ids: readonly BlobId[] = [...this.#places.keys()]): void {
    for (const id of ids) this.#places.delete(id);
    this.#packs.leave(ids);
  }
}

/** Chunks of a file that are told before they are read: more than the smallest ones of what a walk tells at once. */
const toldChunks = 512;

/** The bytes of `content`, chunk by chunk; exactly as many as it says. @throws KlosetError integrity, unavailable */
export async function* readContent(
  blobs: BlobSource,
  content: BlobContent,
  use: ContentUse,
): AsyncGenerator<Uint8Array> {
  let left = content.size;
  // A listing is often read no further than to a name.
  const told = use === 'file' && content.chunks.length > 1 ? toldChunks : 0;
  if (told > 0) blobs.expect?.(content.chunks);
  try {
    for (const [at, id] of content.chunks.entries()) {
      const bytes = await blobs.blob(id, use);
      if (told > 0) blobs.expect?.(content.chunks.slice(at + told, at + told + 1));
      left -= bytes.length;
      if (left < 0) break;
      yield bytes;
    }
  } finally {
    if (told > 0) blobs.leave?.(content.chunks);
  }
  if (left !== 0)
    throw new KlosetError('integrity', `A content of ${content.size} bytes has chunks of another size.`);
}

/** The whole of a small content. @throws KlosetError integrity when it is larger than `maxBytes` */
export async function readWhole(
  blobs: BlobSource,
  content: BlobContent,
  use: ContentUse,
  maxBytes: number,
): Promise<Uint8Array> {
  if (content.size > maxBytes) {
    throw new KlosetError(
      'integrity',
      `A content of ${content.size} bytes is larger than the ${maxBytes} allowed here.`,
    );
  }
  const parts: Uint8Array[] = [];
  for await (const part of readContent(blobs, content, use)) parts.push(part);
  return Buffer.concat(parts);
}

/** Trees are used as trees, everything else as files. */
export function isUsableAs(type: BlobType, use: ContentUse): boolean {
  return (type === 'tree') === (use === 'tree');
}

/** @throws KlosetError integrity when a blob of `type` is not used as it may be */
export function checkUse(id: BlobId, type: BlobType, use: ContentUse): void {
  if (isUsableAs(type, use)) return;
  throw new KlosetError(
    'integrity',
    `Blob ${id.slice(0, 12)}… is of type ${type} where a ${use} is expected.`,
  );
}

function lostBlob(id: BlobId, why: string, cause?: unknown): KlosetError {
  return new KlosetError('integrity', `Blob ${id.slice(0, 12)}… cannot be read: ${why}`, {
    hint: 'Run `notion-kloset check`.',
    cause,
  });
}
