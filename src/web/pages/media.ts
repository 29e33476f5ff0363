/** Files of a snapshot as the browser reads them: whole or a range, straight from the store. */
import type { StoredContent } from '../../document/content.ts';
import { KlosetError } from '../../errors.ts';
import type { PlacedObject } from '../reading/objects.ts';
import type { OpenSnapshot } from '../reading/snapshot.ts';
import type { Ask, Reply } from '../reply.ts';
import { fileHeaders } from '../reply.ts';

/** The file `name` below an object, `files/…` in its document. @throws KlosetError `not-found`, `integrity` */
export async function mediaReply(
  snapshot: OpenSnapshot,
  { path }: PlacedObject,
  name: string,
  { range }: Ask,
): Promise<Reply> {
  const entry = await snapshot.reader.entry(`${path}/files/${name}`);
  if (entry?.type !== 'file')
    throw new KlosetError(
      'not-found',
      `The snapshot of ${snapshot.header.time} does not have the file ${name}.`,
    );
  const { content } = entry;
  const headers = { ...fileHeaders(name), 'Accept-Ranges': 'bytes' };
  const part = range === undefined ? undefined : rangeOf(range, content.size);
  if (part === 'none')
    return { status: 416, headers: { ...headers, 'Content-Range': `bytes */${content.size}` }, body: '' };
  if (part === undefined)
    return {
      status: 200,
      headers: { ...headers, 'Content-Length': String(content.size) },
      body: snapshot.reader.read(content),
    };
  const { first, last } = part;
  return {
    status: 206,
    headers: {
      ...headers,
      'Content-Range': `bytes ${first}-${last}/${content.size}`,
      'Content-Length': String(last - first + 1),
    },
    body: slice(snapshot, content, first, last),
  };
}

/**
 * The bytes that a `Range` header asks for (RFC 9110 §14): one range; of several, and of what cannot be read, the whole is sent.
 * `none` when it lies behind the end.
 */
export function rangeOf(
  header: string,
  size: number,
): { readonly first: number; readonly last: number } | 'none' | undefined {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim()) ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  if (from === '') {
    const length = Math.min(Number(to), size);
    return length === 0 ? 'none' : { first: size - length, last: size - 1 };
  }
  const [first, last] = [Number(from), to === '' ? size - 1 : Math.min(Number(to), size - 1)];
  if (first >= size) return 'none';
  return last < first ? undefined : { first, last };
}

/** Chunks before the range are read and passed over: a chunk's size is known only once it is open. */
async function* slice(
  { reader }: OpenSnapshot,
  content: StoredContent,
  first: number,
  last: number,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const bytes of reader.read(content)) {
    const [from, to] = [Math.max(first - at, 0), Math.min(last + 1 - at, bytes.length)];
    at += bytes.length;
    if (from < to) yield bytes.subarray(from, to);
    if (at > last) return;
  }
}
