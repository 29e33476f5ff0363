/** Types of economy.js, for the tests that use it. */
import type { Product } from './product.d.ts';

export interface CountedRun {
  /** Fewest and actual requests by kind. */
  readonly floor: ReadonlyMap<string, number>;
  readonly used: ReadonlyMap<string, number>;
  /** All that were used by the fewest. */
  readonly ratio: number;
}

export interface RunOptions {
  readonly pages: number;
  readonly blocksPerPage?: number;
  readonly comments: 'changed' | 'pages' | 'none';
}

export interface LimiterOptions {
  readonly pages: number;
  readonly blocksPerPage?: number;
  /** The simulator's limit. */
  readonly perMinute: number;
  readonly latencyMs: number;
  /** The client takes the documented budget for granted; otherwise refusals alone teach it. */
  readonly isDocumented: boolean;
}

export interface LimiterUse {
  /** Requests admitted in each full window. */
  readonly windows: readonly number[];
  /** Share of the budget used in them, from 0 to 1. */
  readonly share: number;
  readonly rejected: number;
  /** Requests sent before Retry-After had passed. */
  readonly impatient: number;
}

export interface OverlapOptions {
  readonly pages: number;
  /** Files in all, and their size on average. */
  readonly media: number;
  readonly mediaBytes: number;
  /** They lie on so many pages, those read first; on all by default. */
  readonly mediaPages?: number;
  /** The budget of requests, which the client knows. */
  readonly perMinute: number;
  /** The line of the file host. */
  readonly bytesPerSecond: number;
  /** Of each request and each download. */
  readonly latencyMs: number;
}

/** One first run; times are virtual, in milliseconds. */
export interface Overlap {
  readonly requests: number;
  /** Requests for files. */
  readonly downloads: number;
  readonly bytes: number;
  readonly requestsMs: number;
  readonly bytesMs: number;
  /** The longer of the two. */
  readonly paperMs: number;
  readonly tookMs: number;
}

export function measureRuns(
  product: Product,
  folder: string,
  options: RunOptions,
): Promise<{ readonly first: CountedRun; readonly unchanged: CountedRun; readonly changed: CountedRun }>;

export function measureLimiter(
  product: Product,
  folder: string,
  options: LimiterOptions,
): Promise<LimiterUse>;

export function measureOverlap(product: Product, folder: string, options: OverlapOptions): Promise<Overlap>;
