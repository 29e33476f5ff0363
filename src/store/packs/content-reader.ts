/** From chunk ids to bytes: finds, reads and verifies blobs. It never yields a byte that was not authenticated. */
import { isKlosetError, KlosetError } from '../../errors.ts';
import type { BlobLocation } from '../cache/blob-index.ts';
import type { BlobType, SealContext } from '../format/blob.ts';
import { openBlob } from '../format/blob.ts';
import type { BlobContent, BlobId } from '../format/ids.ts';
import { letGo } from './let-go.ts';
import type { PackReader } from './pack-reader.ts';

/** The use of a content; a tree is never read as a file, nor the other way round. */
export type ContentUse = 'tree' | 'file';

export interface BlobSource {
  /** The verified plaintext of a blob. @throws KlosetError integrity, unavailable */
  blob(id: BlobId, use: ContentUse): Promise<Uint8Array>;
}

export class ContentReader implements BlobSource {
  readonly #context: SealContext;
  readonly #locations: (id: BlobId) => readonly BlobLocation[];
  readonly #packs: PackReader;

  /** `locations` says where a blob may lie; what it says is not believed. */
  constructor(context: SealContext, locations: (id: BlobId) => readonly BlobLocation[], packs: PackReader) {
    this.#context = context;
    this.#locations = locations;
    this.#packs = packs;
  }

  /** Tries every place where the blob lies: neither a damaged copy nor a place of the wrong type hides a good one. */
  async blob(id: BlobId, use: ContentUse): Promise<Uint8Array> {
    let problem: KlosetError | undefined;
    for (const location of this.#locations(id)) {
      try {
        checkUse(id, location.type, use);
        const sealed = await this.#packs.readSealed(location);
        const plaintext = openBlob(this.#context, location.type, id, sealed);
        letGo(sealed);
        return plaintext;
      } catch (error) {
        if (!isKlosetError(error, 'integrity') && !isKlosetError(error, 'not-found')) throw error;
        problem ??= lostBlob(id, `packfile ${location.packId.slice(0, 12)}…: ${error.message}`, error);
      }
    }
    throw problem ?? lostBlob(id, 'no index names it');
  }
}

/** The bytes of `content`, chunk by chunk; exactly as many as it says. @throws KlosetError integrity, unavailable */
export async function* readContent(
  blobs: BlobSource,
  content: BlobContent,
  use: ContentUse,
): AsyncGenerator<Uint8Array> {
  let left = content.size;
  for (const id of content.chunks) {
    const bytes = await blobs.blob(id, use);
    left -= bytes.length;
    if (left < 0) break;
    yield bytes;
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
