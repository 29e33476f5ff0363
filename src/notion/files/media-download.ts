/**
 * Streams a media file to its end over broken connections and expired URLs, never whole in memory.
 *
 * Bytes emitted cannot be taken back, so the rest must be proven to belong to them:
 * 1. With a strong ETag the rest is asked for by Range and If-Range (RFC 9110 §13.1.5, §14.2).
 * 2. Without one, or when the server sends the whole again, the part emitted already is read again and must have
 *    the same SHA-256; otherwise the download fails as `changed`.
 */
import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Pace } from '../../pace.ts';
import { parseRetryAfter } from '../api/api-failure.ts';
import type { ApiUrl } from '../api/api-url.ts';
import { backoff, defaultRetryPolicy } from '../api/retry.ts';
import { decodedMedia } from './decoded-media.ts';
import type { MediaKind, Resolve } from './media-address.ts';
import { mediaError, mediaIdentity } from './media-failure.ts';
import type { MediaAnswer } from './media-request.ts';
import { BrokenMediaConnection, openMedia } from './media-request.ts';
import { OddMediaAnswer, oddContent, promisesBytes } from './odd-media.ts';
import type { SilentHosts } from './silent-hosts.ts';

export interface DownloadOptions {
  readonly url: string;
  readonly kind: MediaKind;
  /** The address of the API: on loopback its host may serve media too. */
  readonly apiUrl: ApiUrl;
  readonly clock: Clock;
  /** Reads the owner object again for a fresh URL of the same file; undefined when it has none any more. */
  readonly freshUrl?: () => Promise<string | undefined>;
  /** Called once, before the first byte. */
  readonly onHead?: (head: MediaHead) => void;
  /** No limit by default. */
  readonly maxSizeBytes?: number;
  /** Waiting longer than this for the network breaks the connection, in ms of real time; 60 s by default. */
  readonly stallMs?: number;
  /** Attempts in a row that bring little or nothing (less than 64 KiB); 6 by default for hosted files, 3 for external ones. */
  readonly attempts?: number;
  /** Shared with other downloads: those that give no answer. */
  readonly silentHosts?: SilentHosts;
  readonly signal?: AbortSignal;
  /** Shared with other downloads. */
  readonly pace?: Pace;
  /** Source of jitter, from 0 to below 1. */
  readonly random?: () => number;
  /** Finds addresses of host names; the system's by default. */
  readonly resolve?: Resolve;
}

/** The server's description of the file, before its bytes. */
export interface MediaHead {
  /** undefined when the server does not say. */
  readonly sizeBytes: number | undefined;
  readonly contentType: string | undefined;
}

const maxFreshUrls = 3;
const maxPauseMs = 5 * 60_000;
const minProgressBytes = 64 * 1024;
/** Attempts at a file in whose place something else comes: a web page, or an answer without content. */
const maxOddAnswers = 3;

/**
 * The bytes of a media file, in order.
 * @throws KlosetError with a MediaFailure as its cause (`mediaFailureOf`): `expired` when a hosted URL no longer opens
 * and no fresh one could be had, `changed` when the download must start again.
 */
export function downloadMedia(options: DownloadOptions): AsyncGenerator<Uint8Array> {
  const download = new Download(options);
  return decodedMedia(piecesOf(download), {
    url: options.url,
    encoding: () => download.encoding,
    maxSizeBytes: options.maxSizeBytes,
  });
}

async function* piecesOf(download: Download): AsyncGenerator<Uint8Array> {
  while (!download.isComplete) yield* download.readOnce();
}

class Download {
  readonly #options: DownloadOptions;
  readonly #emitted: Hash = createHash('sha256');
  #url: string;
  #received = 0;
  #sizeBytes: number | undefined;
  #etag: string | undefined;
  #hasHead = false;
  #hasAnswer = false;
  #isRangeAsked = false;
  #receivedAtFailure = 0;
  #failures = 0;
  #freshUrls = 0;
  #oddAnswers = 0;
  /** The Content-Encoding of the answers; all of them must have the same. */
  encoding: string | undefined;
  isComplete = false;

  constructor(options: DownloadOptions) {
    this.#options = options;
    this.#url = options.url;
  }

  /** Reads what one connection gives. Ends early, without an error, when another attempt should follow. */
  async *readOnce(): AsyncGenerator<Uint8Array> {
    try {
      const answer = await this.#open();
      if (answer !== undefined) yield* this.#read(answer);
    } catch (error) {
      if (error instanceof OddMediaAnswer) return await this.#retryOdd(error);
      if (!(error instanceof BrokenMediaConnection)) throw error;
      await this.#pause(`the connection broke (${error.message})`, 0, 0);
    }
  }

  #open(): Promise<MediaAnswer | undefined> {
    const { kind, apiUrl, signal, resolve } = this.#options;
    const range = this.#received > 0 && this.#etag !== undefined;
    this.#isRangeAsked = range;
    return openMedia({
      url: this.#url,
      kind,
      apiUrl,
      stallMs: this.#options.stallMs ?? 60_000,
      headers: range ? { range: `bytes=${this.#received}-`, 'if-range': this.#etag ?? '' } : {},
      ...(signal === undefined ? {} : { signal }),
      ...(resolve === undefined ? {} : { resolve }),
    }).then((answer) => this.#accept(answer));
  }

  /** The answer when its body can be used; undefined when another attempt should follow. */
  async #accept(answer: MediaAnswer): Promise<MediaAnswer | undefined> {
    const { status } = answer;
    this.#hasAnswer = true;
    this.#options.silentHosts?.delete(this.#url);
    if (status === 200 || status === 206) {
      const odd = oddContent(this.#url, answer.header('content-type'));
      if (odd === undefined) return answer;
      answer.cancel();
      throw new OddMediaAnswer(odd, status);
    }
    answer.cancel();
    if (status >= 201 && status < 300)
      throw new OddMediaAnswer(`the server answers ${status}, without the file`, status);
    if (status === 416) {
      // Not that range of that file: read it whole, and compare.
      this.#etag = undefined;
      await this.#pause('the range is refused', 0, status);
    } else if (this.#options.kind === 'hosted' && [400, 401, 403].includes(status)) await this.#renew(status);
    else if (status === 404 || status === 410) throw this.#fail('missing', 'not there any more.', status);
    else if (status === 429 || status === 408 || status >= 500) {
      const asked = parseRetryAfter(answer.header('retry-after'), this.#options.clock.now()) ?? 0;
      await this.#pause(`the server answers ${status}`, asked, status);
    } else throw this.#fail('refused', `the server answers ${status}.`, status);
    return undefined;
  }

  async *#read(answer: MediaAnswer): AsyncGenerator<Uint8Array> {
    this.#noteHead(answer);
    let toSkip = answer.status === 206 ? 0 : this.#received;
    const again = createHash('sha256');
    for await (const piece of answer.body) {
      await this.#options.pace?.take(piece.length);
      const known = piece.subarray(0, toSkip);
      if (known.length > 0) {
        again.update(known);
        toSkip -= known.length;
        if (toSkip === 0) this.#checkEmitted(again);
      }
      if (known.length < piece.length) yield this.#emit(piece.subarray(known.length));
    }
    // An answer shorter than what we have is another file.
    if (toSkip > 0 && this.#sizeBytes === undefined)
      throw this.#fail('changed', 'changed during the download.');
    this.isComplete = this.#sizeBytes === undefined || this.#received >= this.#sizeBytes;
    if (!this.isComplete) throw new BrokenMediaConnection('truncated');
    if (this.#received > 0 || !promisesBytes(this.#url)) return;
    this.isComplete = false;
    throw new OddMediaAnswer('the server sends an empty file', answer.status);
  }

  /** Checks that the answer is of the same file as before, and of a size we take. */
  #noteHead(answer: MediaAnswer): void {
    const sizeBytes =
      answer.status === 206 ? this.#sizeOfRange(answer) : wholeNumber(answer.header('content-length'));
    const known = this.#received > 0 ? this.#sizeBytes : undefined;
    if (known !== undefined && sizeBytes !== undefined && sizeBytes !== known) {
      answer.cancel();
      throw this.#fail('changed', 'changed its size during the download.');
    }
    const encoding = answer.header('content-encoding');
    if (this.#received > 0 && encoding !== this.encoding) {
      answer.cancel();
      throw this.#fail('changed', 'changed its encoding during the download.');
    }
    this.encoding = encoding;
    this.#sizeBytes = sizeBytes ?? known;
    this.#etag = strongEtag(answer.header('etag'));
    const { maxSizeBytes, onHead } = this.#options;
    if (maxSizeBytes !== undefined && (sizeBytes ?? 0) > maxSizeBytes) {
      answer.cancel();
      throw this.#tooLarge(maxSizeBytes);
    }
    if (!this.#hasHead) onHead?.({ sizeBytes, contentType: answer.header('content-type') });
    this.#hasHead = true;
  }

  /** The whole size named by a 206, which must go on exactly where we are. */
  #sizeOfRange(answer: MediaAnswer): number | undefined {
    const range = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(answer.header('content-range') ?? '');
    if (range !== null && Number(range[1]) === this.#received && this.#received > 0)
      return wholeNumber(range[3]);
    answer.cancel();
    const what = 'the server sends another range than asked for';
    if (!this.#isRangeAsked) throw this.#fail('refused', `${what}.`, 206);
    // Without an ETag the file is asked for whole next, and compared.
    this.#etag = undefined;
    throw new BrokenMediaConnection(what);
  }

  #emit(bytes: Uint8Array): Uint8Array {
    const { maxSizeBytes } = this.#options;
    this.#received += bytes.length;
    if (maxSizeBytes !== undefined && this.#received > maxSizeBytes) throw this.#tooLarge(maxSizeBytes);
    this.#emitted.update(bytes);
    return bytes;
  }

  /** The part read again must equal the part emitted before. */
  #checkEmitted(again: Hash): void {
    if (again.digest().equals(this.#emitted.copy().digest())) return;
    throw this.#fail('changed', 'changed during the download.');
  }

  /** Waits before the file is asked for again. A few times only: what stands in its place may stay there. */
  async #retryOdd({ message, status }: OddMediaAnswer): Promise<void> {
    this.#oddAnswers += 1;
    if (this.#oddAnswers >= maxOddAnswers) throw this.#fail('refused', `${message}.`, status);
    await this.#pause(message, 0, status);
  }

  /** Takes a fresh URL after the old one expired. */
  async #renew(status: number): Promise<void> {
    this.#resetAfterProgress();
    this.#freshUrls += 1;
    const isAllowed = this.#freshUrls <= maxFreshUrls;
    const url = isAllowed ? await this.#options.freshUrl?.() : undefined;
    if (url === undefined)
      throw this.#fail('expired', `the signed address no longer opens (${status}).`, status);
    if (this.#received > 0 && mediaIdentity(url) !== mediaIdentity(this.#url)) {
      throw this.#fail('changed', 'was replaced by another file during the download.');
    }
    this.#url = url;
  }

  async #pause(why: string, askedMs: number, status: number): Promise<void> {
    const { clock, signal, random = Math.random, silentHosts } = this.#options;
    this.#resetAfterProgress();
    this.#failures += 1;
    if (this.#failures >= this.#maxAttempts() || askedMs > maxPauseMs) {
      if (!this.#hasAnswer) silentHosts?.add(this.#url);
      throw this.#fail('broken', `given up after ${this.#failures} attempts: ${why}.`, status);
    }
    const waitMs = Math.max(askedMs, backoff(this.#failures, { ...defaultRetryPolicy, random }));
    await clock.sleep(waitMs, signal);
  }

  #maxAttempts(): number {
    const { kind, attempts = kind === 'hosted' ? 6 : 3, silentHosts } = this.#options;
    return !this.#hasAnswer && silentHosts?.has(this.#url) === true ? 1 : attempts;
  }

  /** A connection that brought enough bytes does not count as a failure, however it ended. */
  #resetAfterProgress(): void {
    if (this.#received - this.#receivedAtFailure < minProgressBytes) return;
    this.#receivedAtFailure = this.#received;
    this.#failures = 0;
    this.#freshUrls = 0;
  }

  #tooLarge(maxSizeBytes: number) {
    return this.#fail('too-large', `larger than the limit of ${maxSizeBytes} bytes.`);
  }

  #fail(reason: Parameters<typeof mediaError>[0], what: string, status = 0) {
    return mediaError(reason, this.#url, what, status);
  }
}

/** A weak ETag does not promise equal bytes (RFC 9110 §8.8.1). */
function strongEtag(etag: string | undefined): string | undefined {
  return etag !== undefined && /^"[^"\r\n]*"$/.test(etag) ? etag : undefined;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
