/**
 * Sends a write exactly once. The journal knows of it before and after; when no clear answer comes, the target is read
 * before anything is sent again, so that nothing is created twice (§2.2 of the API's rules: there is no idempotency key).
 */
import type { Clock } from '../../../clock.ts';
import type { JsonObject } from '../../../document/json.ts';
import { isObject } from '../../../document/json.ts';
import type { ApiFailure, ApiRequest, NotionApi } from '../../api/api.ts';
import { apiFailureOf } from '../../api/api.ts';
import type { Created, Journal } from './journal.ts';

export interface Write {
  /** Names the write within the journal; the same in every run. */
  readonly key: string;
  readonly request: () => Promise<ApiRequest> | ApiRequest;
  /** The part of the answer to remember. */
  readonly keep: (answer: JsonObject) => JsonObject;
  /** Everything the write created, from the part that is remembered. */
  readonly created?: (kept: JsonObject) => Created;
  /** The state before, for `find`. */
  readonly detail?: JsonObject;
  /**
   * Finds what an earlier attempt created, though no answer came; undefined when it created nothing. Absent for writes
   * that may be repeated (setting a value).
   */
  readonly find?: (earlier: {
    readonly sentAt: number;
    readonly detail: JsonObject;
  }) => Promise<JsonObject | undefined>;
  /** The part to remember, from the ids Notion named beside a 503. */
  readonly committed?: (additional: JsonObject) => JsonObject | undefined;
}

/** Waits between attempts after a transient failure, in ms. */
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
   * Sends the write unless an earlier run did, and returns the remembered part of its answer.
   * @throws KlosetError whose cause is an ApiFailure when Notion refused it or keeps failing
   */
  async write(write: Write): Promise<JsonObject> {
    const earlier = this.#journal.writes.get(write.key);
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
    this.#journal.writes.markSent(write.key, sentAt, detail);
    try {
      return { kept: write.keep(await this.#api.request(request)) };
    } catch (error) {
      const failure = apiFailureOf(error);
      if (failure === undefined || !isTransient(failure)) {
        if (failure !== undefined) this.#journal.writes.forget(write.key);
        throw error;
      }
      const named = isObject(failure.additionalData) ? write.committed?.(failure.additionalData) : undefined;
      const kept = named ?? (await write.find?.({ sentAt, detail }));
      return kept === undefined ? { error } : { kept };
    }
  }

  #done(write: Write, kept: JsonObject): JsonObject {
    this.#journal.markDone(write.key, kept, write.created?.(kept) ?? {});
    return kept;
  }
}

/** Failures after which the same request may succeed: those of the network and the server, and conflicts. */
function isTransient({ status, code }: ApiFailure): boolean {
  return status === 0 || status >= 500 || (status === 409 && code === 'conflict_error') || code === 'html';
}
