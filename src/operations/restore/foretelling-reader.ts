/** A snapshot of which everything is read in the order of its walk: what comes next is told ahead, so that it can be fetched. */
import type { SnapshotReader, WalkedEntry } from '../../document/content.ts';

/** Entries and bytes of files that are told ahead: those of a few packfiles, and few enough to be kept. */
const maxToldEntries = 4096;
const maxToldBytes = 128 * 1024 ** 2;

export class ForetellingReader implements SnapshotReader {
  readonly id: string;
  readonly #inner: SnapshotReader;

  constructor(inner: SnapshotReader) {
    this.#inner = inner;
    this.id = inner.id;
  }

  entry(path: string) {
    return this.#inner.entry(path);
  }

  list(...place: Parameters<SnapshotReader['list']>) {
    return this.#inner.list(...place);
  }

  read(...content: Parameters<SnapshotReader['read']>) {
    return this.#inner.read(...content);
  }

  /** A failure of the walk comes at its turn, after what was told before it. */
  async *walk(path: string): AsyncGenerator<WalkedEntry> {
    const walk = new Ahead(this.#inner.walk(path));
    const told: WalkedEntry[] = [];
    let toldBytes = 0;
    try {
      for (;;) {
        while (told.length < maxToldEntries && toldBytes < maxToldBytes) {
          const next = await walk.next();
          if (next === undefined) break;
          told.push(next);
          toldBytes += bytesOf(next);
          if (next.type === 'file') this.#inner.expect?.(next.content);
        }
        const entry = told.shift();
        if (entry === undefined) break;
        toldBytes -= bytesOf(entry);
        yield entry;
      }
      walk.throwIfFailed();
    } finally {
      this.#inner.leave?.();
      await walk.close();
    }
  }
}

function bytesOf(entry: WalkedEntry): number {
  return entry.type === 'file' ? entry.content.size : 0;
}

/** A walk whose failure is kept until it is asked for. */
class Ahead {
  readonly #entries: AsyncIterator<WalkedEntry>;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(entries: AsyncIterable<WalkedEntry>) {
    this.#entries = entries[Symbol.asyncIterator]();
  }

  /** The next entry; undefined at the end, and where the walk failed. */
  async next(): Promise<WalkedEntry | undefined> {
    if (this.#isOver) return undefined;
    try {
      const next = await this.#entries.next();
      if (next.done !== true) return next.value;
    } catch (error) {
      this.#failure = { error };
    }
    this.#isOver = true;
    return undefined;
  }

  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async close(): Promise<void> {
    await this.#entries.return?.();
  }
}
