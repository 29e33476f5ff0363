/**
 * Reads whatever is to be read until nothing is left, many objects side by side: the request budget, or the line that
 * media come over, is to be the limit, not the time an answer takes. Objects may be discovered while others are read.
 */

import type { CrawlContext } from '../context/crawl-context.ts';
import type { ObjectRow } from '../state/objects.ts';
import { readDatabase } from './read-database.ts';
import { readPage } from './read-page.ts';

/** So many objects are read by requests at once. */
const readingAtOnce = 16;
/**
 * So many more may wait for their media only, so that slow media do not keep requests from being sent. Their documents and
 * those being read are all a crawl holds in memory, and what a killed run has to read again.
 */
const waitingAtOnce = 64;
/** While those that wait have more blocks than this (30 MB, as blocks commonly are), no other object is begun. */
const maxWaitingBlocks = 10_000;

export class ReadQueue {
  readonly #context: CrawlContext;
  #isListing = true;
  /** Objects at work, and those of them for which requests are still to be sent. */
  #busy = 0;
  #reading = 0;
  #readingDatabases = 0;
  #waitingBlocks = 0;
  #done = 0;
  #failure: unknown;
  readonly #wake: (() => void)[] = [];

  constructor(context: CrawlContext) {
    this.#context = context;
  }

  /** Runs `listings`, reading at the same time what they discover, and ends when both are complete. */
  async readDuring(listings: readonly Promise<void>[]): Promise<void> {
    this.#isListing = listings.length > 0;
    const watched = listings.map((listing) => listing.catch((error: unknown) => this.#fail(error)));
    const listing = Promise.all(watched).then(() => this.#endListing());
    const readers = Array.from({ length: readingAtOnce + waitingAtOnce }, () => this.#read());
    await Promise.all([listing, ...readers]);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Reads what there is to read now, and what that discovers. */
  readAll(): Promise<void> {
    return this.readDuring([]);
  }

  async #read(): Promise<void> {
    while (this.#failure === undefined) {
      const row = this.#claim();
      if (row !== undefined) await this.#readOne(row);
      else if (this.#isOver) return;
      else await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  get #isOver(): boolean {
    return this.#failure !== undefined || (!this.#isListing && this.#busy === 0);
  }

  #claim(): ObjectRow | undefined {
    if (this.#reading >= readingAtOnce || this.#waitingBlocks > maxWaitingBlocks) return undefined;
    const databases = !this.#isListing;
    return this.#context.state.queue.claim({
      databases,
      unlisted: databases && this.#readingDatabases === 0,
    });
  }

  async #readOne(row: ObjectRow): Promise<void> {
    const read = row.kind === 'database' ? readDatabase : readPage;
    this.#busy += 1;
    const endReading = this.#beginReading(row);
    let waitingBlocks = 0;
    try {
      await read(this.#context, row, (blocks) => {
        this.#waitingBlocks += blocks - waitingBlocks;
        waitingBlocks = blocks;
        endReading();
      });
    } catch (error) {
      this.#fail(error);
    }
    endReading();
    this.#waitingBlocks -= waitingBlocks;
    this.#busy -= 1;
    this.#done += 1;
    this.#report();
    this.#awaken();
  }

  /** @returns a function that gives the place among the objects being read to another one; more calls do nothing */
  #beginReading({ kind }: ObjectRow): () => void {
    const databases = kind === 'database' ? 1 : 0;
    let isReading = true;
    this.#reading += 1;
    this.#readingDatabases += databases;
    return () => {
      if (!isReading) return;
      isReading = false;
      this.#reading -= 1;
      this.#readingDatabases -= databases;
      this.#awaken();
    };
  }

  #report(): void {
    if (this.#done % 10 !== 0) return;
    const total = this.#done + this.#context.state.queue.count('ready', 'pending', 'reading');
    this.#context.options.monitor.report({ type: 'progress', phase: 'reading', done: this.#done, total });
  }

  #endListing(): void {
    this.#isListing = false;
    this.#awaken();
  }

  #fail(error: unknown): void {
    this.#failure ??= error ?? new Error('the crawl was stopped');
    // Every reader still at work meets the failure with its next request or download, and so ends too.
    this.#context.api.stop(this.#failure);
    this.#context.downloads.stop(this.#failure);
    this.#isListing = false;
    this.#awaken();
  }

  #awaken(): void {
    // No more than these can find room.
    const count = this.#isOver ? this.#wake.length : readingAtOnce;
    for (const wake of this.#wake.splice(0, count)) wake();
  }
}
