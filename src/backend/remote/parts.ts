/** Bytes that come in parts of any size, cut or gathered for a request. */

/**
 * All bytes as one, when they are no more than `maxBytes`; otherwise all of them, in parts, of which only those that were
 * read so far lie in memory.
 */
export async function wholeUpTo(
  maxBytes: number,
  bytes: AsyncIterable<Uint8Array> | Uint8Array,
): Promise<Uint8Array | AsyncIterable<Uint8Array>> {
  if (bytes instanceof Uint8Array) return bytes.length <= maxBytes ? bytes : once(bytes);
  const source = bytes[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let length = 0;
  while (length <= maxBytes) {
    const next = await source.next();
    if (next.done === true) return Buffer.concat(read, length);
    read.push(new Uint8Array(next.value));
    length += next.value.length;
  }
  return continued(read, source);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* continued(read: Uint8Array[], source: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for (let part = read.shift(); part !== undefined; part = read.shift()) yield part;
    for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
  } finally {
    await source.return?.();
  }
}

/** The same bytes in parts of exactly `partBytes`, the last one shorter; one empty part for no bytes at all. */
export async function* inParts(
  partBytes: number,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let part = Buffer.allocUnsafe(partBytes);
  let filled = 0;
  let isFirst = true;
  for await (const given of bytes) {
    for (let at = 0; at < given.length; ) {
      const taken = Math.min(given.length - at, partBytes - filled);
      part.set(given.subarray(at, at + taken), filled);
      at += taken;
      filled += taken;
      if (filled < partBytes) continue;
      yield part;
      isFirst = false;
      part = Buffer.allocUnsafe(partBytes);
      filled = 0;
    }
  }
  if (filled > 0 || isFirst) yield part.subarray(0, filled);
}
