/** The sink as the crawl uses it. A storage failure ends the run: every later write would fail too. */
import { createHash } from 'node:crypto';
import type { ContentSink, FileEntry, StoredContent } from '../../../document/content.ts';
import { EndOfRun } from '../state/database/end-of-run.ts';
import type { StoredMedia } from '../state/fetched-media.ts';

export class CrawlSink {
  readonly #sink: ContentSink;

  constructor(sink: ContentSink) {
    this.#sink = sink;
  }

  has(content: StoredContent): boolean {
    try {
      return this.#sink.has(content);
    } catch (error) {
      throw new EndOfRun(error);
    }
  }

  hasAll(files: readonly FileEntry[]): boolean {
    return files.every((file) => this.has(file.content));
  }

  read(content: StoredContent): AsyncIterable<Uint8Array> {
    return this.#sink.read(content);
  }

  async writeDocument(bytes: Uint8Array): Promise<StoredContent> {
    try {
      return await this.#sink.writeDocument(bytes);
    } catch (error) {
      throw new EndOfRun(error);
    }
  }

  /** Writes a media file while its digest is computed. An error of `bytes` is thrown as it is. */
  async writeMedia(bytes: AsyncIterable<Uint8Array>): Promise<StoredMedia> {
    const hash = createHash('sha256');
    let source: { readonly error: unknown } | undefined;
    async function* hashed(): AsyncIterable<Uint8Array> {
      try {
        for await (const part of bytes) {
          hash.update(part);
          yield part;
        }
      } catch (error) {
        source = { error };
        throw error;
      }
    }
    try {
      const content = await this.#sink.writeMedia(hashed());
      return { content, sha256: hash.digest('hex') };
    } catch (error) {
      throw source === undefined ? new EndOfRun(error) : source.error;
    }
  }
}
