/**
 * Decides when each download of a crawl may begin: several at a time from one host, so that latency leaves no bandwidth
 * unused, and a bound for all of them, because each holds memory until its bytes are stored. Requests to the API know
 * nothing of it: neither waits for the other.
 */
import { apiFailureOf } from '../api/api.ts';
import { mediaFailureOf } from './media-failure.ts';

/** Downloads at once. */
export interface DownloadBounds {
  readonly perHost: number;
  readonly inAll: number;
}

const usualBounds: DownloadBounds = { perHost: 6, inAll: 12 };

interface Waiting {
  readonly host: string;
  begin(): void;
  fail(error: unknown): void;
}

export class DownloadQueue<Stored> {
  readonly #bounds: DownloadBounds;
  /** Downloads that have not begun, by the document whose files they are. */
  readonly #waiting = new Map<object, Waiting[]>();
  readonly #running = new Map<string, number>();
  /** By identity. */
  readonly #underWay = new Map<string, Promise<Stored>>();
  readonly #tasks = new Set<Promise<unknown>>();
  #stopped: { readonly error: unknown } | undefined;

  constructor(bounds: DownloadBounds = usualBounds) {
    this.#bounds = bounds;
  }

  /**
   * Fetches the file of this identity with `fetch`. Whoever asks for the same file meanwhile gets the same outcome; after
   * a failure that may lie with the place where the file was found, with its own `fetch`.
   */
  async once(identity: string, fetch: () => Promise<Stored>): Promise<Stored> {
    for (;;) {
      const underWay = this.#underWay.get(identity);
      if (underWay === undefined) return this.#begin(identity, fetch);
      try {
        return await underWay;
      } catch (error) {
        if (!isOfOnePlace(error)) throw error;
      }
    }
  }

  /**
   * Runs `download` when its turn has come. The document with the fewest files left comes first: it is finished, and out
   * of memory, soonest.
   * @param owner stands for the document
   * @throws the error given to `stop` when that came first
   */
  async run<T>(url: string, owner: object, download: () => Promise<T>): Promise<T> {
    const host = URL.canParse(url) ? new URL(url).host : '';
    await this.#turn(host, owner);
    try {
      return await download();
    } finally {
      this.#count(host, -1);
      this.#beginNext();
    }
  }

  /** Keeps `task` in mind for `settled`. */
  follow(task: Promise<unknown>): void {
    this.#tasks.add(task);
    const forget = () => this.#tasks.delete(task);
    task.then(forget, forget);
  }

  /** Has every download that has not begun fail with `error`, now and from now on. */
  stop(error: unknown): void {
    this.#stopped ??= { error };
    const waiting = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    for (const { fail } of waiting) fail(this.#stopped.error);
  }

  /** Resolves when everything is over that `follow` was told of, well or not. */
  async settled(): Promise<void> {
    while (this.#tasks.size > 0) await Promise.allSettled([...this.#tasks]);
  }

  #begin(identity: string, fetch: () => Promise<Stored>): Promise<Stored> {
    const fetching = fetch().finally(() => this.#underWay.delete(identity));
    this.#underWay.set(identity, fetching);
    return fetching;
  }

  #turn(host: string, owner: object): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#stopped !== undefined) return reject(this.#stopped.error);
      const files = this.#waiting.get(owner) ?? [];
      files.push({ host, begin: resolve, fail: reject });
      this.#waiting.set(owner, files);
      this.#beginNext();
    });
  }

  #beginNext(): void {
    for (let next = this.#takeNext(); next !== undefined; next = this.#takeNext()) {
      this.#count(next.host, 1);
      next.begin();
    }
  }

  /** Takes the first file whose host has room, of the document with the fewest left; undefined when there is none. */
  #takeNext(): Waiting | undefined {
    const running = [...this.#running.values()].reduce((sum, count) => sum + count, 0);
    if (running >= this.#bounds.inAll) return undefined;
    let chosen: { owner: object; files: Waiting[]; index: number } | undefined;
    for (const [owner, files] of this.#waiting) {
      if (chosen !== undefined && files.length >= chosen.files.length) continue;
      const index = files.findIndex(({ host }) => (this.#running.get(host) ?? 0) < this.#bounds.perHost);
      if (index >= 0) chosen = { owner, files, index };
    }
    if (chosen === undefined) return undefined;
    const [next] = chosen.files.splice(chosen.index, 1);
    if (chosen.files.length === 0) this.#waiting.delete(chosen.owner);
    return next;
  }

  #count(host: string, change: number): void {
    const count = (this.#running.get(host) ?? 0) + change;
    if (count === 0) this.#running.delete(host);
    else this.#running.set(host, count);
  }
}

/** True when the failure is one of the address or of the request for a fresh one: from another place it may succeed. */
function isOfOnePlace(error: unknown): boolean {
  return mediaFailureOf(error)?.reason === 'expired' || apiFailureOf(error) !== undefined;
}
