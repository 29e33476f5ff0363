/** Checks packfiles: against the index deltas, against themselves, and each blob in them. */
import type { ReadBackend } from '../../backend/backend.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import { letGo } from '../../large-bytes.ts';
import { Turns } from '../../turns.ts';
import type { SealContext } from '../format/blob.ts';
import { openBlob } from '../format/blob.ts';
import type { PackedBlob } from '../format/blob-location.ts';
import type { BlobId, PackId } from '../format/ids.ts';
import type { IndexedPack } from '../format/index-delta.ts';
import {
  decodePack,
  decodePackFooter,
  decodePackIndex,
  maxPackBytes,
  packFooterBytes,
  packIdOf,
  packName,
} from '../format/packfile.ts';
import type { Findings } from './check-findings.ts';

/** One packfile as the listing and the deltas have it. */
export interface PackToCheck {
  readonly id: PackId;
  /** Undefined when it is not in the store. */
  readonly sizeBytes: number | undefined;
  /** Its blobs by an index delta; undefined when none names it. */
  readonly indexed: IndexedPack | undefined;
}

export interface PackCheckParts {
  readonly context: SealContext;
  readonly backend: ReadBackend;
  readonly findings: Findings;
}

/** The outcome of checking one packfile. */
export interface CheckedPack {
  readonly blobs: number;
  /** Blobs that cannot be read from it; `all` when none can. */
  readonly badBlobs: ReadonlySet<BlobId> | 'all';
}

const unnamedPack =
  'No index delta names this packfile: an interrupted backup left it, or a running one has just written it.';

/** Compares presence and size with the deltas; reads nothing. True when the packfile can be looked into. */
export function checkPresence({ findings }: PackCheckParts, pack: PackToCheck): boolean {
  const name = packName(pack.id);
  if (pack.sizeBytes === undefined) {
    findings.add('missing', name, 'The packfile is gone; an index delta names it.');
    return false;
  }
  if (pack.sizeBytes > maxPackBytes) {
    findings.add('damaged', name, `The packfile has ${pack.sizeBytes} bytes, more than any may have.`);
    return false;
  }
  if (pack.indexed === undefined) {
    findings.add('leftover', name, unnamedPack);
  } else if (pack.indexed.sizeBytes !== pack.sizeBytes) {
    const problem = `The packfile has ${pack.sizeBytes} of ${pack.indexed.sizeBytes} bytes.`;
    findings.add('damaged', name, problem);
  }
  return true;
}

/** Reads footer and index only, and compares them with the delta. */
export async function checkPackStructure(parts: PackCheckParts, pack: PackToCheck): Promise<CheckedPack> {
  try {
    const blobs = await readPackIndex(parts, pack.id, pack.sizeBytes ?? 0);
    compareIndexes(parts, pack, blobs);
    return { blobs: blobs.length, badBlobs: new Set() };
  } catch (error) {
    addPackError(parts, pack, error);
    return { blobs: 0, badBlobs: new Set() };
  }
}

/** A packfile that nobody names and that went away since it was listed is not missed. */
function addPackError({ findings }: PackCheckParts, { id, indexed }: PackToCheck, error: unknown): void {
  if (indexed === undefined && isKlosetError(error, 'not-found')) return;
  findings.addError(packName(id), error);
}

/** The blobs of a packfile by its own index. @throws KlosetError integrity, not-found, unavailable */
export async function readPackIndex(
  { context, backend }: Pick<PackCheckParts, 'context' | 'backend'>,
  id: PackId,
  sizeBytes: number,
): Promise<PackedBlob[]> {
  const name = packName(id);
  const what = `Packfile ${id.slice(0, 12)}…`;
  if (sizeBytes < packFooterBytes) throw new KlosetError('integrity', `${what} has only ${sizeBytes} bytes.`);
  const footerBytes = await backend.read(name, {
    offset: sizeBytes - packFooterBytes,
    length: packFooterBytes,
  });
  const footer = decodePackFooter(context, footerBytes, sizeBytes, what);
  const index = await backend.read(name, { offset: footer.blobBytes, length: footer.indexBytes });
  return decodePackIndex(context, index, footer, what);
}

/** The bytes of a packfile, or why they cannot be read: for its turn. */
export type ReadPack = { readonly bytes: Uint8Array } | { readonly error: unknown };

/** Reads a packfile whole, which {@link checkPresence} must not have found wrong. */
export async function readPack({ backend }: PackCheckParts, { id }: PackToCheck): Promise<ReadPack> {
  try {
    return { bytes: await backend.read(packName(id)) };
  } catch (error) {
    return { error };
  }
}

/**
 * Looks at every byte: the name, the footer, the index, its padding, each seal and each blob id. The bytes are let go. Pauses
 * now and then, so that the next packfile comes in meanwhile.
 */
export async function checkPackBytes(
  parts: PackCheckParts,
  pack: PackToCheck,
  read: ReadPack,
): Promise<CheckedPack> {
  if ('error' in read) {
    addPackError(parts, pack, read.error);
    return { blobs: 0, badBlobs: 'all' };
  }
  const { findings } = parts;
  const { bytes } = read;
  const name = packName(pack.id);
  const isWhole = packIdOf(bytes) === pack.id;
  const own = ownIndex(parts, pack, bytes);
  if (own !== undefined) compareIndexes(parts, pack, own);
  const blobs = own ?? pack.indexed?.blobs ?? [];
  const badBlobs = new Set<BlobId>();
  for (const blob of blobs) {
    if (!opens(parts.context, blob, bytes)) badBlobs.add(blob.id);
    await turns.after(blob.plainBytes);
  }
  if (badBlobs.size > 0) {
    findings.add(
      'damaged',
      name,
      `${badBlobs.size} of the ${blobs.length} blobs in the packfile are damaged.`,
    );
  }
  if (!isWhole) findings.add('damaged', name, 'Its SHA-256 does not match its name.');
  letGo(bytes);
  return { blobs: blobs.length, badBlobs };
}

const turns = new Turns();

function ownIndex(parts: PackCheckParts, pack: PackToCheck, bytes: Uint8Array): PackedBlob[] | undefined {
  try {
    return decodePack(parts.context, bytes, `Packfile ${pack.id.slice(0, 12)}…`);
  } catch (error) {
    // The blobs in front of a broken index may still be read through the delta; they decide what is said first.
    const blobs = pack.indexed?.blobs ?? [];
    if (blobs.every((blob) => opens(parts.context, blob, bytes)))
      parts.findings.addError(packName(pack.id), error);
    return undefined;
  }
}

function compareIndexes(
  { findings }: PackCheckParts,
  { id, indexed }: PackToCheck,
  own: readonly PackedBlob[],
): void {
  if (indexed === undefined || sameBlobs(indexed.blobs, own)) return;
  findings.add('damaged', packName(id), 'The index deltas and the packfile disagree about what lies in it.');
}

function sameBlobs(left: readonly PackedBlob[], right: readonly PackedBlob[]): boolean {
  return (
    left.length === right.length &&
    left.every((blob, at) => {
      const other = right[at];
      return (
        blob.id === other?.id &&
        blob.type === other.type &&
        blob.offset === other.offset &&
        blob.sealedBytes === other.sealedBytes &&
        blob.plainBytes === other.plainBytes
      );
    })
  );
}

function opens(context: SealContext, blob: PackedBlob, pack: Uint8Array): boolean {
  try {
    const sealed = pack.subarray(blob.offset, blob.offset + blob.sealedBytes);
    const plaintext = openBlob(context, blob.type, blob.id, sealed);
    const isAsLong = plaintext.length === blob.plainBytes;
    letGo(plaintext);
    return isAsLong;
  } catch (error) {
    if (error instanceof KlosetError) return false;
    throw error;
  }
}
