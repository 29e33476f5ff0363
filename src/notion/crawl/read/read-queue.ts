/**
 * Reads whatever is to be read until nothing is left, many objects side by side: the request budget, not the time an
 * answer takes, is to be the limit. Objects may be discovered while others are read.
 */

import type { CrawlContext } from '../context/crawl-context.ts';
import type { ObjectRow } from '../state/objects.ts';
import { readDatabase } from './read-database.ts';
import { readPage } from './read-page.ts';

/** So many objects are read at once. Their documents are all a crawl holds in memory. */
const readersAtOnce = 16;

export class ReadQueue {
  readonly #context: CrawlContext;
  #isListing = true;
  #busyDatabases = 0;
  #busy = 0;
  #done = 0;
  #failure: unknown;
  #wake: (() => void)[] = [];

  constructor(context: CrawlContext) {
    this.#context = context;
  }

  /** Runs `listings`, reading at the same time what they discover, and ends when both are complete. */
  async readDuring(listings: readonly Promise<void>[]): Promise<void> {
    this.#isListing = listings.length > 0;
    const watched = listings.map((listing) => listing.catch((error: unknown) => this.#fail(error)));
    const listing = Promise.all(watched).then(() => this.#endListing());
    await Promise.all([listing, ...Array.from({ length: readersAtOnce }, () => this.#read())]);
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
      else if (this.#isListing || this.#busy > 0)
        await new Promise<void>((resolve) => this.#wake.push(resolve));
      else return;
    }
  }

  #claim(): ObjectRow | undefined {
    const databases = !this.#isListing;
    return this.#context.state.queue.claim({ databases, unlisted: databases && this.#busyDatabases === 0 });
  }

  async #readOne(row: ObjectRow): Promise<void> {
    const isDatabase = row.kind === 'database';
    this.#busy += 1;
    if (isDatabase) this.#busyDatabases += 1;
    try {
      await (isDatabase ? readDatabase(this.#context, row) : readPage(this.#context, row));
    } catch (error) {
      this.#fail(error);
    }
    this.#busy -= 1;
    if (isDatabase) this.#busyDatabases -= 1;
    this.#done += 1;
    this.#report();
    this.#awaken();
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
    // Every reader still at work meets the failure with its next request, and so ends too.
    this.#context.api.stop(this.#failure);
    this.#isListing = false;
    this.#awaken();
  }

  #awaken(): void {
    const sleeping = this.#wake;
    this.#wake = [];
    for (const wake of sleeping) wake();
  }
}
