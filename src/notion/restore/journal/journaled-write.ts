/**
 * Sends a write once. The journal knows of it before and after; when no clear answer comes, what is there is read back
 * before anything is sent again, so that nothing is made twice (§2.2 of the API's rules: there is no idempotency key).
 */
import type { Clock } from '../../../clock.ts';
import type { JsonObject } from '../../../document/json.ts';
import { isObject } from '../../../document/json.ts';
import type { ApiFailure, ApiRequest, NotionApi } from '../../api/api.ts';
import { apiFailureOf } from '../../api/api.ts';
import type { Journal, Made } from './journal.ts';

export interface Write {
  /** Names the write within the journal; the same in every run. */
  readonly key: string;
  readonly request: () => Promise<ApiRequest> | ApiRequest;
  /** What is to be remembered of the answer. */
  readonly keep: (answer: JsonObject) => JsonObject;
  /** What the write made, from what is remembered. */
  readonly made?: (kept: JsonObject) => Made;
  /** What was true before, for `find`. */
  readonly detail?: JsonObject;
  /**
   * Finds what an earlier attempt made, though no answer came; undefined when it made nothing. Absent for writes that
   * may be repeated (setting a value to what it is to be).
   */
  readonly find?: (earlier: {
    readonly sentAt: number;
    readonly detail: JsonObject;
  }) => Promise<JsonObject | undefined>;
  /** What is to be remembered, from the ids Notion named beside a 503. */
  readonly committed?: (additional: JsonObject) => JsonObject | undefined;
}

/** Waits between attempts after a failure that may pass, in ms. */
const waitsMs = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000];

/** Sends writes for one restore. */
export class Writer {
  readonly #api: NotionApi;
  readonly #journal: Journal;
  readonly #signal: AbortSignal | undefined;

  constructor(api: NotionApi, journal: Journal, signal: AbortSignal | undefined) {
    this.#api = api;
    this.#journal = journal;
    this.#signal = signal;
  }

  get clock(): Clock {
    return this.#api.clock;
  }

  /**
   * What is remembered of the write's answer; sends it unless an earlier run did.
   * @throws KlosetError whose cause is an ApiFailure when Notion refused it or keeps failing
   */
  async write(write: Write): Promise<JsonObject> {
    const earlier = this.#journal.writeOf(write.key);
    if (earlier?.kept !== undefined) return earlier.kept;
    if (earlier !== undefined) {
      const found = await write.find?.(earlier);
      if (found !== undefined) return this.#done(write, found);
    }
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await this.#attempt(write);
      if ('kept' in outcome) return this.#done(write, outcome.kept);
      const waitMs = waitsMs[attempt];
      if (waitMs === undefined) throw outcome.error;
      await this.clock.sleep(waitMs, this.#signal);
    }
  }

  async #attempt(write: Write): Promise<{ kept: JsonObject } | { error: unknown }> {
    this.#signal?.throwIfAborted();
    const request = await write.request();
    const sentAt = this.clock.now();
    const detail = write.detail ?? {};
    this.#journal.markSent(write.key, sentAt, detail);
    try {
      return { kept: write.keep(await this.#api.request(request)) };
    } catch (error) {
      const failure = apiFailureOf(error);
      if (failure === undefined || !mayPass(failure)) {
        if (failure !== undefined) this.#journal.forget(write.key);
        throw error;
      }
      const named = isObject(failure.additionalData) ? write.committed?.(failure.additionalData) : undefined;
      const kept = named ?? (await write.find?.({ sentAt, detail }));
      return kept === undefined ? { error } : { kept };
    }
  }

  #done(write: Write, kept: JsonObject): JsonObject {
    this.#journal.markDone(write.key, kept, write.made?.(kept) ?? {});
    return kept;
  }
}

/** Failures after which the same request may succeed: those of the network and the server, and conflicts. */
function mayPass({ status, code }: ApiFailure): boolean {
  return status === 0 || status >= 500 || (status === 409 && code === 'conflict_error') || code === 'html';
}
