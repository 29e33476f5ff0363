/**
 * Seals contents of one store again under the key of another, chunk by chunk, so that equal chunks stay equal and are
 * stored once. Ids of blobs are keyed, so they change, and with them every listing that names them.
 */
import { createHash } from 'node:crypto';
import { isKlosetError, KlosetError } from '../../errors.ts';
import type { BlobIndex } from '../cache/blob-index.ts';
import type { SealContext } from '../format/blob.ts';
import { openBlob } from '../format/blob.ts';
import type { ChunkSizes } from '../format/chunk-sizes.ts';
import type { BlobContent, BlobId } from '../format/ids.ts';
import type { TreeEntry } from '../format/tree.ts';
import { decodeListing, encodeTreeEntry, maxTreeDepth } from '../format/tree.ts';
import { chunks } from '../packs/chunker.ts';
import type { BlobSource } from '../packs/content-reader.ts';
import { checkUse, readContent } from '../packs/content-reader.ts';
import type { PackReader } from '../packs/pack-reader.ts';
import type { PackWriter } from '../packs/pack-writer.ts';
import type { ResealedIds } from './resealed-ids.ts';

export interface ResealSource {
  readonly context: SealContext;
  readonly index: BlobIndex;
  readonly blobs: BlobSource;
  readonly packs: PackReader;
}

export interface ResealTarget {
  readonly blobs: BlobSource;
  readonly packs: PackWriter;
  /** Of listings: contents of files keep the cuts they have. */
  readonly chunkSizes: ChunkSizes;
}

export class ResealContents {
  readonly #source: ResealSource;
  readonly #target: ResealTarget;
  readonly #ids: ResealedIds;
  /** Listings of the source by their key, with what they are at the target; all below them is there. */
  readonly #listings = new Map<string, BlobContent>();

  constructor(source: ResealSource, target: ResealTarget, ids: ResealedIds) {
    this.#source = source;
    this.#target = target;
    this.#ids = ids;
  }

  /** The listing `content` and all below it at the target. @throws KlosetError integrity when any of it cannot be read */
  async listing(content: BlobContent, path = '/', depth = 0): Promise<BlobContent> {
    const key = listingKey(content);
    const known = this.#listings.get(key);
    if (known !== undefined) return known;
    if (depth > maxTreeDepth)
      throw new KlosetError('integrity', `The tree is deeper than ${maxTreeDepth} at ${path}.`);
    const ids: BlobId[] = [];
    let size = 0;
    for await (const chunk of chunks(this.#lines(content, path, depth), this.#target.chunkSizes)) {
      ids.push(await this.#target.packs.put('tree', chunk));
      size += chunk.length;
    }
    const resealed = { size, chunks: ids };
    this.#listings.set(key, resealed);
    return resealed;
  }

  async *#lines(content: BlobContent, path: string, depth: number): AsyncGenerator<Uint8Array> {
    const listing = readContent(this.#source.blobs, content, 'tree');
    for await (const entry of decodeListing(listing, `The listing of ${path}`)) {
      const below = `${path === '/' ? '' : path}/${entry.name}`;
      const resealed =
        entry.type === 'directory'
          ? await this.listing(entry.content, below, depth + 1)
          : await this.#file(entry.content, below);
      yield Buffer.from(encodeTreeEntry({ ...entry, content: resealed }), 'utf8');
    }
  }

  async #file({ size, chunks: old }: BlobContent, path: string): Promise<BlobContent> {
    const ids: BlobId[] = [];
    let left = size;
    for (const id of old) {
      const { resealed, bytes } = await this.#blob(id);
      ids.push(resealed);
      left -= bytes;
    }
    if (left !== 0) throw new KlosetError('integrity', `The chunks of ${path} do not have its size.`);
    return { size, chunks: ids };
  }

  /** One blob of a file at the target, and the length of its plaintext. */
  async #blob(id: BlobId): Promise<{ readonly resealed: BlobId; readonly bytes: number }> {
    const known = this.#ids.find(id);
    const bytes = this.#source.index.find(id)?.plainBytes;
    if (known !== undefined && bytes !== undefined && this.#target.packs.has(known))
      return { resealed: known, bytes };
    const { type, plaintext } = await this.#open(id);
    const resealed = await this.#target.packs.put(type, plaintext);
    this.#ids.add(id, resealed);
    return { resealed, bytes: plaintext.length };
  }

  /** Tries every place where the blob lies. */
  async #open(id: BlobId) {
    const { context, index, packs } = this.#source;
    let cause: unknown;
    for (const location of index.locations(id)) {
      try {
        checkUse(id, location.type, 'file');
        const plaintext = openBlob(context, location.type, id, await packs.readSealed(location));
        return { type: location.type, plaintext };
      } catch (error) {
        if (!isKlosetError(error, 'integrity') && !isKlosetError(error, 'not-found')) throw error;
        cause ??= error;
      }
    }
    throw new KlosetError('integrity', `Blob ${id.slice(0, 12)}… cannot be read at the source.`, { cause });
  }

  /**
   * Learns from a listing that both stores have what is where: nothing of it is read but listings. Does nothing where the
   * two differ or the target has lost something, for then it is to be sealed again. True when all of it is there.
   */
  async learn(source: BlobContent, target: BlobContent, depth = 0): Promise<boolean> {
    if (this.#listings.has(listingKey(source))) return true;
    try {
      const [here, there] = [this.#entries(this.#source, source), this.#entries(this.#target, target)];
      let isWhole = depth <= maxTreeDepth && target.chunks.every((id) => this.#target.packs.has(id));
      for await (const entry of here) {
        const next = await there.next();
        if (next.done === true || !isSameEntry(entry, next.value)) return false;
        const isThere =
          entry.type === 'directory'
            ? await this.learn(entry.content, next.value.content, depth + 1)
            : this.#learnFile(entry.content, next.value.content);
        isWhole &&= isThere;
      }
      if (isWhole && (await there.next()).done === true) this.#listings.set(listingKey(source), target);
      return isWhole;
    } catch (error) {
      if (isKlosetError(error, 'integrity')) return false;
      throw error;
    }
  }

  #learnFile(source: BlobContent, target: BlobContent): boolean {
    let isWhole = true;
    source.chunks.forEach((id, at) => {
      const resealed = target.chunks[at];
      if (resealed !== undefined && this.#target.packs.has(resealed)) this.#ids.add(id, resealed);
      else isWhole = false;
    });
    return isWhole;
  }

  #entries({ blobs }: { readonly blobs: BlobSource }, content: BlobContent): AsyncGenerator<TreeEntry> {
    return decodeListing(readContent(blobs, content, 'tree'), 'A listing');
  }
}

function isSameEntry(one: TreeEntry, other: TreeEntry): boolean {
  return (
    one.type === other.type &&
    one.name === other.name &&
    one.content.size === other.content.size &&
    (one.type === 'directory' || one.content.chunks.length === other.content.chunks.length)
  );
}

function listingKey({ chunks: ids }: BlobContent): string {
  const hash = createHash('sha256');
  for (const id of ids) hash.update(id);
  return hash.digest('base64');
}
