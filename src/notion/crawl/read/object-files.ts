/**
 * The media of one page or database. They are fetched beside the requests that read the rest of it, while their URLs are
 * valid; a file known by its identity, from this run or the previous snapshot, is not fetched again. Names are given at
 * the end, in document order, so that they do not depend on which download came first.
 */
import type { FileEntry, StoredContent } from '../../../document/content.ts';
import type { Gap } from '../../../document/documents.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, stringAt } from '../../../document/json.ts';
import { mediaFailureOf } from '../../files/media-failure.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import type { MediaRequest } from '../context/crawl-options.ts';
import { FileNames, fileName } from '../context/names.ts';
import { idOf } from '../context/notion-object.ts';
import { reasonOf } from '../context/read-api.ts';
import { EndOfRun } from '../state/database/end-of-run.ts';
import type { StoredMedia } from '../state/fetched-media.ts';
import type { FoundFile } from './hosted-files.ts';
import { addressedAt, findFiles, findUnaddressed } from './hosted-files.ts';
import { readPreviousDocument, storedDigests } from './previous-document.ts';

/** A URL that expires within this time is renewed first. */
const marginMs = 60_000;

/** Reads the object a file stands in once more. */
export type ReadAgain = () => Promise<JsonObject>;

/** Called when nothing of an object with so many blocks is awaited any more but its media: others may be read meanwhile. */
export type OnlyMediaLeft = (blocks: number) => void;

export class ObjectFiles {
  readonly gaps: Gap[] = [];
  readonly #context: CrawlContext;
  readonly #ownerId: string;
  readonly #onlyMediaLeft: OnlyMediaLeft;
  readonly #stored = new Map<string, StoredMedia>();
  /** The first name that came with each file, by identity. */
  readonly #names = new Map<string, string>();
  readonly #tasks: Promise<void>[] = [];
  #running = 0;
  #digests: Promise<Map<string, string>> | undefined;

  /** @param ownerId the page or database under whose directory the files lie; empty for the workspace */
  constructor(context: CrawlContext, ownerId: string, onlyMediaLeft: OnlyMediaLeft = () => {}) {
    this.#context = context;
    this.#ownerId = ownerId;
    this.#onlyMediaLeft = onlyMediaLeft;
  }

  get isEmpty(): boolean {
    return this.#stored.size === 0;
  }

  /**
   * Begins to store every file in `value`. Once `fetched` resolves, each has turned, in place, into a HostedFile (see
   * documents.ts). Never throws for one file.
   */
  async collect(value: JsonObject, readAgain: ReadAgain): Promise<void> {
    const { media, externalMedia } = this.#context.options;
    await this.#completeAddresses(value, readAgain);
    for (const found of findFiles(value, externalMedia)) {
      if (found.isExternal || media) this.#begin(found, readAgain);
      else replace(found, { missing: 'media were not asked for' });
    }
  }

  /**
   * Waits for what `collect` began; to be awaited before the document or the gaps are used.
   * @param blocks the blocks that stay in memory meanwhile
   * @throws only what ends the run
   */
  async fetched(blocks = 0): Promise<void> {
    if (this.#running > 0) this.#onlyMediaLeft(blocks);
    for (const outcome of await Promise.allSettled(this.#tasks))
      if (outcome.status === 'rejected') throw outcome.reason;
    // Downloads end in any order.
    this.gaps.sort((a, b) => (`${a.id} ${a.reason}` < `${b.id} ${b.reason}` ? -1 : 1));
  }

  /** Takes over a file of the previous snapshot that a document taken over refers to. */
  keep(path: string, content: StoredContent, identity: string, sha256: string): void {
    this.#stored.set(identity, { content, sha256 });
    this.#names.set(identity, path.slice(path.lastIndexOf('/') + 1));
  }

  /** Gives the files of the finished `document` their names, in place, and returns their entries. */
  finish(document: Json, modified: string): FileEntry[] {
    if (this.#running > 0) throw new Error('a document is written before its media are fetched');
    const names = new FileNames();
    const entries = new Map<string, FileEntry>();
    this.#name(document, (identity, { content }) => {
      const known = entries.get(identity);
      if (known !== undefined) return known.name;
      const entryName = `files/${names.take(this.#names.get(identity) ?? fileName(undefined, identity))}`;
      entries.set(identity, { type: 'file', name: entryName, modified, content, source: identity });
      return entryName;
    });
    return [...entries.values()];
  }

  #name(value: Json, nameOf: (identity: string, file: StoredMedia) => string): void {
    if (Array.isArray(value)) for (const each of value) this.#name(each, nameOf);
    if (!isObject(value)) return;
    const url = stringAt(value, 'url');
    const stored = url === undefined ? undefined : this.#stored.get(url);
    if (url !== undefined && stored !== undefined && value.sha256 === stored.sha256) {
      value.path = nameOf(url, stored);
    }
    for (const member of Object.values(value)) this.#name(member, nameOf);
  }

  /** Files that came without their URL: the object they stand in is read once more, and then they are gaps. */
  async #completeAddresses(value: JsonObject, readAgain: ReadAgain): Promise<void> {
    const lacking = findUnaddressed(value);
    if (lacking.length === 0) return;
    let reason = 'the file came without its URL';
    let again: JsonObject = {};
    try {
      again = await readAgain();
    } catch (error) {
      if (error instanceof EndOfRun) throw error;
      reason = `${reason}; ${reasonOf(error)}`;
    }
    for (const { file, place } of lacking) {
      const whole = addressedAt(again, place);
      if (whole !== undefined) Object.assign(file, whole);
      else {
        file.missing = reason;
        this.gaps.push({ what: 'media', id: idOf(value) ?? this.#ownerId, reason });
      }
    }
  }

  #begin(found: FoundFile, readAgain: ReadAgain): void {
    if (!this.#names.has(found.identity))
      this.#names.set(found.identity, fileName(found.name, found.identity));
    this.#running += 1;
    const task = this.#collectOne(found, readAgain).finally(() => {
      this.#running -= 1;
    });
    this.#tasks.push(task);
    this.#context.downloads.follow(task);
  }

  async #collectOne(found: FoundFile, readAgain: ReadAgain): Promise<void> {
    try {
      const { content, sha256 } = await this.#store(found, readAgain);
      replace(found, { path: '', size: content.size, sha256 });
    } catch (error) {
      if (error instanceof EndOfRun) {
        this.#context.downloads.stop(error);
        throw error;
      }
      const reason = reasonOf(error);
      replace(found, { missing: reason });
      this.gaps.push({ what: 'media', id: found.identity, reason });
    }
  }

  async #store(found: FoundFile, readAgain: ReadAgain): Promise<StoredMedia> {
    const { identity, isExternal } = found;
    const known =
      this.#stored.get(identity) ?? this.#fromThisRun(identity) ?? (await this.#fromBefore(identity));
    // What is refused at an address that somebody wrote may open at the one that Notion signed.
    const key = isExternal ? `external ${identity}` : identity;
    const stored =
      known ??
      (await this.#context.downloads.once(
        key,
        async () => this.#fromThisRun(identity) ?? (await this.#fetch(found, readAgain)),
      ));
    this.#stored.set(identity, this.#stored.get(identity) ?? stored);
    return stored;
  }

  #fromThisRun(identity: string): StoredMedia | undefined {
    const known = this.#context.state.media.get(identity);
    return known !== undefined && this.#context.sink.has(known.content) ? known : undefined;
  }

  async #fromBefore(identity: string): Promise<StoredMedia | undefined> {
    const entry = this.#context.previous.filesOf(this.#ownerId).find((file) => file.source === identity);
    if (entry === undefined || !this.#context.sink.has(entry.content)) return undefined;
    this.#digests ??= readPreviousDocument(this.#context, this.#ownerId).then((document) =>
      storedDigests(document ?? null),
    );
    const sha256 = (await this.#digests).get(identity);
    return sha256 === undefined ? undefined : { content: entry.content, sha256 };
  }

  #fetch(found: FoundFile, readAgain: ReadAgain): Promise<StoredMedia> {
    return this.#context.downloads.run(found.url, this, async () => {
      const stored = await this.#fetchNow(found, readAgain);
      remember(this.#context, found.identity, stored);
      return stored;
    });
  }

  /** The time to judge whether the URL still lives is when the download begins: it may have waited for long. */
  async #fetchNow(found: FoundFile, readAgain: ReadAgain): Promise<StoredMedia> {
    const { api, options } = this.#context;
    const refresh = async (): Promise<string | undefined> => {
      const fresh = findFiles(await readAgain(), options.externalMedia);
      return fresh.find((each) => each.identity === found.identity)?.url;
    };
    const download = (url: string) => this.#download({ url, external: found.isExternal, refresh });
    const isExpiring = found.expiresMs < api.now() + marginMs;
    const url = isExpiring ? ((await refresh()) ?? found.url) : found.url;
    try {
      return await download(url);
    } catch (error) {
      // Another file lies there now: what came so far is thrown away, and it is fetched from the start.
      if (mediaFailureOf(error)?.reason !== 'changed') throw error;
      return await download((await refresh()) ?? url);
    }
  }

  async #download(request: MediaRequest): Promise<StoredMedia> {
    const { options, sink } = this.#context;
    const { signal } = options;
    try {
      return await sink.writeMedia(
        options.downloadMedia(signal === undefined ? request : { ...request, signal }),
      );
    } catch (error) {
      // Whatever fails because of an abort must not pass for a gap.
      throw signal?.aborted ? new EndOfRun(signal.reason) : error;
    }
  }
}

function remember({ state }: CrawlContext, identity: string, stored: StoredMedia): void {
  state.counters.add('media_fetched');
  state.counters.add('media_bytes', stored.content.size);
  state.media.save(identity, stored);
}

function replace({ file, identity }: FoundFile, reference: JsonObject): void {
  delete file.expiry_time;
  file.url = identity;
  Object.assign(file, reference);
}
