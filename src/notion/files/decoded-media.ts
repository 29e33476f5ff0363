/**
 * Undoes the Content-Encoding of a media file. No encoding is asked for, but some hosts store files compressed and send them
 * so to everybody: browsers show the file that was meant, and Notion would take the compressed bytes for a broken one.
 */
import type { Duplex } from 'node:stream';
import { pipeline, Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { messageOf } from '../../errors.ts';
import { mediaError, mediaIdentity } from './media-failure.ts';

export interface EncodedMedia {
  readonly url: string;
  /** The Content-Encoding; known once the first piece is there. */
  readonly encoding: () => string | undefined;
  readonly maxSizeBytes: number | undefined;
}

/** The file's own bytes. @throws KlosetError with a MediaFailure, `refused` for an encoding that cannot be undone */
export async function* decodedMedia(
  pieces: AsyncGenerator<Uint8Array>,
  media: EncodedMedia,
): AsyncGenerator<Uint8Array> {
  try {
    const first = await pieces.next();
    if (first.done === true) return;
    const decoder = decoderFor(media.encoding() ?? '', first.value, media.url);
    const whole = startingWith(first.value, pieces);
    yield* decoder === undefined ? whole : through(decoder, whole, media);
  } finally {
    // The connection is closed, however this ends.
    await pieces.return(undefined);
  }
}

async function* through(
  decoder: Duplex,
  encoded: AsyncGenerator<Uint8Array>,
  { url, encoding, maxSizeBytes = Number.POSITIVE_INFINITY }: EncodedMedia,
): AsyncGenerator<Uint8Array> {
  // Errors of either side end the loop below; the callback keeps them from being thrown a second time.
  pipeline(Readable.from(encoded), decoder, () => {});
  let size = 0;
  try {
    for await (const piece of decoder) {
      size += piece.length;
      if (size > maxSizeBytes)
        throw mediaError('too-large', url, `larger than the limit of ${maxSizeBytes} bytes.`);
      yield piece;
    }
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw mediaError('refused', url, `its encoding (${encoding()}) cannot be undone: ${messageOf(error)}.`);
  }
}

async function* startingWith(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

/** Undefined where the bytes are the file's own. */
function decoderFor(encoding: string, first: Uint8Array, url: string): Duplex | undefined {
  // Some servers call an archive, which is compressed by itself, encoded.
  if (encoding === '' || /\.(gz|tgz|svgz|br|zst|z)$/i.test(mediaIdentity(url))) return undefined;
  switch (encoding.trim().toLowerCase()) {
    case 'identity':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      // Bytes that do not begin as gzip does are not encoded, whatever the header says.
      return first[0] === 0x1f && (first.length < 2 || first[1] === 0x8b) ? createGunzip() : undefined;
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw mediaError('refused', url, `the server sends it in an unknown encoding (${encoding}).`);
  }
}

/** Errors of zlib have names such as Z_DATA_ERROR, those of brotli such as ERR__ERROR_FORMAT_PADDING_1. */
function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(Z_|ERR__)/.test(String(error.code));
}
