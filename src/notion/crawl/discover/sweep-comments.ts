/**
 * Reads comments of pages whose content is taken over: no edit time tells of a new one.
 *
 * 1. Places that have or had comments, in every run.
 * 2. Pages edited lately, within half of the share of requests that is left to the search for first comments.
 * 3. All others in rounds, each run going on where the one before stopped, within the rest of the share.
 */
import type { JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { saveTallies } from '../read/write-document.ts';
import type { PlacesToAsk } from './sweep-page.ts';
import { sweepPage } from './sweep-page.ts';

/** Pages edited within this time are asked in every run, as far as the share goes. */
const recentMs = 14 * 86_400_000;

/** So many requests the search may take however few the run took: half a minute at Notion's rate. */
export const minSearchRequests = 100;

const pagesAtOnce = 16;

/** A round over all pages, begun at an ISO time, with the last page it asked. */
export interface SweepRound {
  readonly started: string;
  readonly after: string;
  /** True when some page could not be asked: the round does not count. */
  readonly hasFailed: boolean;
}

export interface CommentSweep {
  /** Start of the last round that reached every page in this run; null when none ended. */
  readonly swept: string | null;
  /** True when all pages edited lately were asked. */
  readonly hasAskedRecent: boolean;
  /** The round to go on with; null when the next run begins one. */
  readonly round: SweepRound | null;
  /** Requests that went beyond the share; the next run spends so many less. */
  readonly owed: number;
  /** Places that were asked, by why. */
  readonly asked: { discussed: number; recent: number; rolling: number };
}

/** Gives pages taken over their comments of today, as far as the settings allow. */
export async function sweepComments(context: CrawlContext): Promise<CommentSweep> {
  const sweep = new Sweep(context);
  if (context.options.comments === 'none' || context.refused.has('comments')) return sweep.result();
  if (sweep.isNeedless) sweep.endNeedless();
  else if (sweep.isUnbounded) await sweep.askAll();
  else {
    await sweep.askDiscussed();
    sweep.open();
    await sweep.askRecent();
    await sweep.askRolling();
  }
  return sweep.result();
}

class Sweep {
  readonly #context: CrawlContext;
  readonly #started: string;
  readonly #asked = { discussed: 0, recent: 0, rolling: 0 };
  /** Pages asked in whole by this run. */
  readonly #done = new Set<string>();
  #round: SweepRound | null;
  #swept: string | null = null;
  #hasAskedRecent = false;
  #owed: number;
  /** Requests of the run before the search for first comments began; undefined until then. */
  #spentBefore: number | undefined;
  /** Requests that the search may take. */
  #allowed = 0;

  constructor(context: CrawlContext) {
    this.#context = context;
    this.#started = new Date(context.startedMs).toISOString();
    const before = objectAt(context.options.previous?.manifest, 'comments');
    this.#round = roundIn(before);
    this.#owed = Number(before?.owed ?? 0) || 0;
  }

  /** True when every page is asked: as told, or for the first time since Notion gave no comments at all. */
  get isUnbounded(): boolean {
    const { comments, commentShare, previous } = this.#context.options;
    const refused = objectAt(objectAt(previous?.manifest, 'blind_spots'), 'refused');
    return comments === 'all' || commentShare >= 100 || refused?.comments !== undefined;
  }

  /** True when the comments of every page were read in this run. */
  get isNeedless(): boolean {
    return this.#carried('').length === 0;
  }

  endNeedless(): void {
    this.#swept = this.#started;
    this.#hasAskedRecent = true;
    this.#round = null;
    this.#owed = 0;
  }

  async askAll(): Promise<void> {
    for (let ids = this.#carried(''); ids.length > 0; ids = this.#carried(ids.at(-1) ?? '')) {
      await this.#askSideBySide(ids, 'all', 'rolling');
      if (this.#isRefused) return;
    }
    this.endNeedless();
  }

  async askDiscussed(): Promise<void> {
    const { queue } = this.#context.state;
    let last = '';
    for (;;) {
      const ids = queue.discussedPages(last, pagesAtOnce);
      if (ids.length === 0) return;
      last = ids.at(-1) ?? last;
      await this.#askSideBySide(ids, 'discussed', 'discussed');
    }
  }

  /** Decides how many requests the search for first comments may take. */
  open(): void {
    const { commentShare } = this.#context.options;
    this.#spentBefore = this.#spent();
    const share = Math.floor((this.#spent() * commentShare) / (100 - commentShare));
    this.#allowed = commentShare === 0 ? 0 : Math.max(minSearchRequests, share) - this.#owed;
  }

  async askRecent(): Promise<void> {
    const since = new Date(this.#context.startedMs - recentMs).toISOString();
    const half = this.#allowed / 2;
    // Each takes a request at least.
    const limit = Math.max(1, Math.ceil(half));
    const ids = this.#context.state.queue.recentPages(since, limit);
    for (const id of ids) {
      if (this.#used() >= half || this.#isRefused) return;
      await this.#askWhole(id, 'recent');
    }
    this.#hasAskedRecent = ids.length < limit;
  }

  async askRolling(): Promise<void> {
    const first = this.#round?.after ?? '';
    this.#round ??= { started: this.#started, after: '', hasFailed: false };
    if (!(await this.#askUpTo('~'))) return;
    this.#endRound();
    // The round began in an earlier run: what this one has not asked yet belongs to the next round.
    if (first === '') return;
    this.#round = { started: this.#started, after: '', hasFailed: false };
    if (await this.#askUpTo(first)) this.#endRound();
  }

  result(): CommentSweep {
    if (this.#spentBefore !== undefined) this.#owed = Math.max(0, this.#used() - this.#allowed);
    const isRefused = this.#isRefused;
    return {
      swept: isRefused ? null : this.#swept,
      hasAskedRecent: this.#hasAskedRecent && !isRefused,
      round: this.#round,
      owed: this.#owed,
      asked: this.#asked,
    };
  }

  /** Asks the pages after the round's last one up to `end`; false when the share was used up before. */
  async #askUpTo(end: string): Promise<boolean> {
    for (;;) {
      const [id] = this.#context.state.queue.carriedPages(this.#round?.after ?? '', 1);
      if (id === undefined || id > end) return true;
      if (this.#used() >= this.#allowed || this.#isRefused) return false;
      const isAsked = this.#done.has(id) || (await this.#askWhole(id, 'rolling'));
      if (this.#round === null) return true;
      this.#round = { ...this.#round, after: id, hasFailed: this.#round.hasFailed || !isAsked };
    }
  }

  #endRound(): void {
    if (this.#round?.hasFailed === false) this.#swept = this.#round.started;
    this.#round = null;
  }

  /** @returns false when the page could not be asked in whole */
  async #askWhole(id: string, why: 'recent' | 'rolling'): Promise<boolean> {
    this.#done.add(id);
    return this.#ask(id, 'all', why);
  }

  async #ask(id: string, places: PlacesToAsk, why: keyof CommentSweep['asked']): Promise<boolean> {
    const errorsBefore = this.#context.state.errors.count();
    this.#asked[why] += await sweepPage(this.#context, id, places);
    return this.#context.state.errors.count() === errorsBefore;
  }

  async #askSideBySide(
    ids: readonly string[],
    places: PlacesToAsk,
    why: keyof CommentSweep['asked'],
  ): Promise<void> {
    const outcomes = await Promise.allSettled(ids.map((id) => this.#ask(id, places, why)));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  #carried(after: string): string[] {
    return this.#context.state.queue.carriedPages(after, pagesAtOnce);
  }

  get #isRefused(): boolean {
    const { refused } = this.#context;
    return refused.has('comments') || refused.seemsRefused('comments');
  }

  #used(): number {
    return this.#spent() - (this.#spentBefore ?? 0);
  }

  /** Requests of this run. */
  #spent(): number {
    saveTallies(this.#context, new Map());
    const counts = this.#context.state.counters.group('requests');
    return Object.values(counts).reduce((sum, n) => sum + n, 0);
  }
}

function roundIn(comments: JsonObject | undefined): SweepRound | null {
  const round = objectAt(comments, 'round');
  const [started, after] = [stringAt(round, 'started'), stringAt(round, 'after')];
  if (started === undefined || after === undefined) return null;
  return { started, after, hasFailed: round?.failed === true };
}
