/** Reading ahead, counted: what is asked of a place, when, and what no longer is. */
import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ByteRange, ReadBackend } from '../../../src/backend/backend.ts';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import { KlosetError } from '../../../src/errors.ts';
import type { BlobLocation } from '../../../src/store/cache/blob-index.ts';
import { blobIdOf, sealBlob } from '../../../src/store/format/blob.ts';
import type { BlobId } from '../../../src/store/format/ids.ts';
import { packName } from '../../../src/store/format/packfile.ts';
import { ContentReader, readContent } from '../../../src/store/packs/content-reader.ts';
import { PackReader } from '../../../src/store/packs/pack-reader.ts';
import { anyId, contextOf } from '../context.ts';
import { bytesOf } from '../random.ts';

const megabyte = 1024 ** 2;
const context = contextOf();
const packBytes = 12 * megabyte;
const blobBytes = megabyte;
const digits = ['a', 'b', 'c', 'd', 'e', 'f'];
const packs = digits.map((digit) => anyId(digit));
const bytes = bytesOf(7, packBytes);

/** A place of `packs` that notes what it is asked for, and gives nothing before it is told to. */
class GatedBackend implements ReadBackend {
  readonly location = 'gated';
  readonly asked: string[] = [];
  isOpen = true;
  fails = 0;
  bytesUnderWay = 0;
  maxBytesUnderWay = 0;
  readonly #inner: MemoryBackend;
  #waiting: (() => void)[] = [];

  constructor(inner: MemoryBackend) {
    this.#inner = inner;
  }

  async read(name: string, range: ByteRange): Promise<Uint8Array> {
    this.asked.push(`${name.at(-1)} ${range.offset / megabyte}+${range.length / megabyte}`);
    this.bytesUnderWay += range.length;
    this.maxBytesUnderWay = Math.max(this.maxBytesUnderWay, this.bytesUnderWay);
    if (!this.isOpen) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.bytesUnderWay -= range.length;
    if (this.fails > 0) {
      this.fails -= 1;
      throw new KlosetError('unavailable', 'The place is away.');
    }
    return await this.#inner.read(name, range);
  }

  open(): void {
    this.isOpen = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  size(name: string): Promise<number> {
    return this.#inner.size(name);
  }

  list(prefix: string) {
    return this.#inner.list(prefix);
  }
}

let backend: GatedBackend;
let reader: PackReader;

beforeEach(async () => {
  const inner = new MemoryBackend();
  for (const id of packs) await inner.create(packName(id), bytes);
  backend = new GatedBackend(inner);
  reader = new PackReader(backend);
});

/** The `number`th megabyte of the packfile `digit`. */
function blob(digit: string, number: number): BlobLocation {
  return {
    ...{ type: 'media', sealedBytes: blobBytes, plainBytes: blobBytes, packBytes },
    ...{ packId: anyId(digit), offset: number * blobBytes },
    id: `${digit}${String(number).padStart(63, '0')}` as BlobId,
  };
}

function blobsOf(digit: string, from: number, to: number): BlobLocation[] {
  return Array.from({ length: to - from }, (_, at) => blob(digit, from + at));
}

function tell(...blobs: BlobLocation[]): BlobLocation[] {
  for (const each of blobs) reader.expect(each);
  return blobs;
}

async function read(each: BlobLocation): Promise<void> {
  const found = await reader.readSealed(each);
  expect(Buffer.compare(found, bytes.subarray(each.offset, each.offset + blobBytes))).toBe(0);
  await setImmediate();
}

describe('blobs that were told', () => {
  it('are read with one request for each packfile, from the first on, and no byte that is not theirs', async () => {
    const all = tell(...digits.flatMap((digit) => blobsOf(digit, 2, 10)));
    for (const each of all) await read(each);
    expect(backend.asked).toEqual(digits.map((digit) => `${digit} 2+8`));
  });

  it('are asked for one window ahead, once the one in use has come, and never with more than two in memory', async () => {
    const all = tell(...digits.flatMap((digit) => blobsOf(digit, 0, 12)));
    backend.isOpen = false;
    const first = reader.readSealed(all[0] as BlobLocation);
    await setImmediate();
    expect(backend.asked).toEqual(['a 0+12']);
    backend.open();
    await first;
    expect(backend.asked).toEqual(['a 0+12', 'b 0+12']);
    for (const each of all.slice(1, 12)) await read(each);
    expect(backend.asked).toEqual(['a 0+12', 'b 0+12']);
    await read(blob('b', 0));
    expect(backend.asked).toEqual(['a 0+12', 'b 0+12', 'c 0+12']);
    expect(backend.maxBytesUnderWay).toBe(packBytes);
  });

  it('are asked for up to four windows ahead where these are small, at most twenty megabytes', async () => {
    const small = digits.map((digit) => blob(digit, 3));
    tell(...small);
    await read(small[0] as BlobLocation);
    expect(backend.asked).toEqual(['a 3+1', 'b 3+1', 'c 3+1', 'd 3+1', 'e 3+1']);
    reader = new PackReader(backend);
    backend.asked.length = 0;
    tell(...digits.flatMap((digit) => blobsOf(digit, 0, 8)));
    await read(blob('a', 0));
    expect(backend.asked).toEqual(['a 0+8', 'b 0+8', 'c 0+8']);
  });

  it('are not read ahead of before the first of them is asked for', async () => {
    tell(...blobsOf('b', 0, 12));
    await read(blob('a', 5));
    expect(backend.asked).toHaveLength(1);
  });

  it('are read across a small gap, and not across a large one', async () => {
    tell(blob('a', 0), { ...blob('a', 1), offset: megabyte * 1.25 }, blob('a', 9));
    await reader.readSealed(blob('a', 0));
    expect(backend.asked).toEqual(['a 0+2.25', 'a 9+1']);
  });

  it('are read with those before them passed over, and in between whatever else is asked for', async () => {
    tell(...blobsOf('a', 0, 12), ...blobsOf('b', 0, 12), ...blobsOf('c', 0, 12));
    await read(blob('a', 0));
    await read(blob('f', 3));
    await read(blob('c', 4));
    await read(blob('c', 5));
    // What was begun for b was in vain; c was not known to be next.
    expect(backend.asked.filter((line) => !line.startsWith('f'))).toEqual(['a 0+12', 'b 0+12', 'c 4+8']);
  });

  it('are no longer read ahead once they were left', async () => {
    const all = tell(...digits.flatMap((digit) => blobsOf(digit, 0, 12)));
    await read(blob('a', 0));
    reader.leave(all.map(({ id }) => id));
    for (const each of blobsOf('a', 1, 12)) await read(each);
    expect(backend.asked).toEqual(['a 0+12', 'b 0+12']);
  });

  it('are read again at their turn when reading ahead failed, and nobody else hears of it', async () => {
    tell(...blobsOf('a', 0, 12), ...blobsOf('b', 0, 12));
    backend.isOpen = false;
    const waiting = reader.readSealed(blob('a', 0));
    backend.open();
    backend.isOpen = false;
    await waiting;
    backend.fails = 1;
    backend.open();
    await setImmediate();
    expect(backend.fails).toBe(0);
    await read(blob('b', 0));
    expect(backend.asked).toEqual(['a 0+12', 'b 0+12', 'b 0+12']);
  });
});

describe('a file of many chunks', () => {
  const plain = digits.map((_, at) => bytesOf(at, 700_000));
  const ids = plain.map((each) => blobIdOf(context, 'media', each));
  let contents: ContentReader;
  const content = { size: 700_000 * plain.length, chunks: ids };

  /** Each chunk lies in a packfile of its own. */
  beforeEach(async () => {
    const inner = new MemoryBackend();
    const places = new Map<BlobId, BlobLocation>();
    for (const [at, id] of ids.entries()) {
      const sealed = sealBlob(context, 'media', id, plain[at] as Uint8Array);
      await inner.create(packName(anyId(digits[at] ?? '')), sealed);
      places.set(id, {
        ...{ id, type: 'media', offset: 0, plainBytes: 700_000, packId: anyId(digits[at] ?? '') },
        ...{ sealedBytes: sealed.length, packBytes: sealed.length },
      });
    }
    backend = new GatedBackend(inner);
    contents = new ContentReader(
      context,
      (id) => [places.get(id)].filter((place) => place !== undefined),
      new PackReader(backend),
    );
  });

  it('is fetched ahead of whoever reads it, and comes out as it is', async () => {
    const parts: Uint8Array[] = [];
    for await (const part of readContent(contents, content, 'file')) {
      parts.push(part);
      if (parts.length === 1) expect(backend.asked).toHaveLength(5);
    }
    expect(Buffer.compare(Buffer.concat(parts), Buffer.concat(plain))).toBe(0);
    expect(backend.asked).toHaveLength(digits.length);
  });

  it('is fetched no further once nobody reads on', async () => {
    for await (const _ of readContent(contents, content, 'file')) break;
    expect(backend.asked).toHaveLength(5);
    await contents.blob(ids[0] as BlobId, 'file');
    await setImmediate();
    expect(backend.asked).toHaveLength(5);
  });

  it('lets what comes in be taken in while its chunks are opened', async () => {
    backend.isOpen = true;
    let turns = 0;
    const count = async () => {
      for (;;) {
        await setImmediate();
        turns += 1;
        if (turns > 50) return;
      }
    };
    void count();
    const iterator = readContent(contents, content, 'file');
    await iterator.next();
    const before = turns;
    backend.isOpen = false;
    // Four windows are there already; the fifth is under way while they are used.
    for (let number = 0; number < 3; number += 1) await iterator.next();
    expect(turns).toBeGreaterThan(before);
    backend.open();
    await iterator.return(undefined);
  });
});
