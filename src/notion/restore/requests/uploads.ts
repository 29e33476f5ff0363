/** Uploads files of the snapshot, once for each content and name, and fills their ids into the requests that name them. */
import type { SnapshotReader } from '../../../document/content.ts';
import { KlosetError } from '../../../errors.ts';
import type { NotionApi } from '../../api/api.ts';
import { apiFailureOf } from '../../api/api.ts';
import { uploadFile } from '../../files/file-upload.ts';
import type { Journal } from '../journal/journal.ts';
import type { PendingFile } from './conversion.ts';

/** Largest file that is uploaded in one part, and the size of the parts of larger ones, in bytes (§7). */
export const singlePartBytes = 20 * 1024 * 1024;
export const partBytes = 10 * 1024 * 1024;

/** An upload that no request names within an hour expires; ours count as stale a little before. */
const freshMs = 50 * 60_000;

/** Requests one upload of `size` bytes takes. */
export function uploadRequests(size: number): number {
  return size <= singlePartBytes ? 2 : 2 + Math.ceil(size / partBytes);
}

/** The upload's identity: files with the same bytes and name are uploaded once. */
export function uploadKey(file: PendingFile): string {
  return `${file.sha256} ${file.filename}`;
}

/** Uploads as steps use them; a dry run only counts them. */
export interface Uploads {
  /** Bytes uploaded so far. */
  readonly bytesSent: number;
  /**
   * Fills in the ids of `files`, which lie beside the document of the directory `directory`.
   * @throws KlosetError when the bytes cannot be read or Notion refuses them
   */
  fill(files: readonly PendingFile[], directory: string): Promise<void>;
  /** A request naming `files` succeeded: their uploads no longer expire. */
  markAttached(files: readonly PendingFile[]): void;
  /** These uploads can no longer be used. */
  discard(files: readonly PendingFile[]): void;
}

/** Uploads files through the API. */
export class FileUploads implements Uploads {
  readonly #api: NotionApi;
  readonly #journal: Journal;
  readonly #snapshot: SnapshotReader;
  readonly #running = new Map<string, Promise<string>>();
  #bytesSent = 0;

  constructor(api: NotionApi, journal: Journal, snapshot: SnapshotReader) {
    this.#api = api;
    this.#journal = journal;
    this.#snapshot = snapshot;
  }

  get bytesSent(): number {
    return this.#bytesSent;
  }

  async fill(files: readonly PendingFile[], directory: string): Promise<void> {
    for (const file of files) file.holder.id = await this.#idOf(file, directory);
  }

  markAttached(files: readonly PendingFile[]): void {
    for (const file of files) this.#journal.uploads.markAttached(uploadKey(file));
  }

  discard(files: readonly PendingFile[]): void {
    for (const file of files) this.#journal.uploads.remove(uploadKey(file));
  }

  async #idOf(file: PendingFile, directory: string): Promise<string> {
    const key = uploadKey(file);
    const known = this.#journal.uploads.get(key);
    const isUsable =
      known !== undefined && (known.isAttached || this.#api.clock.now() - known.createdAt < freshMs);
    if (isUsable) return known.id;
    const running =
      this.#running.get(key) ?? this.#upload(file, directory).finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    return running;
  }

  async #upload(file: PendingFile, directory: string): Promise<string> {
    const entry = await this.#snapshot.entry(`${directory === '/' ? '' : directory}/${file.path}`);
    if (entry?.type !== 'file')
      throw new KlosetError('integrity', `The snapshot has no file ${file.path} in ${directory}.`);
    const { content } = entry;
    const createdAt = this.#api.clock.now();
    const id = await uploadFile(this.#api, {
      filename: file.filename,
      sizeBytes: content.size,
      open: () => this.#snapshot.read(content),
    });
    this.#bytesSent += content.size;
    this.#journal.uploads.add(uploadKey(file), id, createdAt);
    return id;
  }
}

/**
 * Sends a request that names uploads. When Notion says that one of them can no longer be attached, all are uploaded again
 * and the request is sent once more.
 */
export async function withUploads<T>(
  uploads: Uploads,
  files: readonly PendingFile[],
  send: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const sent = await send();
      uploads.markAttached(files);
      return sent;
    } catch (error) {
      const failure = apiFailureOf(error);
      const isExpired = failure?.status === 400 && /upload/i.test(failure.message) && files.length > 0;
      if (!isExpired || attempt === 3) throw error;
      uploads.discard(files);
    }
  }
}
