/** The place of a store as `check` reads it: every byte is counted, and a folder that cannot be listed is a finding. */
import type { ByteRange, ObjectEntry, ReadBackend } from '../../backend/backend.ts';
import { isKlosetError } from '../../errors.ts';
import type { Findings } from './check-findings.ts';

export class CheckedBackend implements ReadBackend {
  readonly location: string;
  /** Of all objects, whatever for they were read. */
  bytesRead = 0;
  readonly #inner: ReadBackend;
  readonly #findings: Findings;

  constructor(inner: ReadBackend, findings: Findings) {
    this.#inner = inner;
    this.#findings = findings;
    this.location = inner.location;
  }

  async read(name: string, range?: ByteRange): Promise<Uint8Array> {
    const bytes = await this.#inner.read(name, range);
    this.bytesRead += bytes.length;
    return bytes;
  }

  size(name: string): Promise<number> {
    return this.#inner.size(name);
  }

  /** A link in the place of a folder is damage; what should lie there is missing then. */
  async *list(prefix: string): AsyncIterable<ObjectEntry> {
    try {
      yield* this.#inner.list(prefix);
    } catch (error) {
      if (!isKlosetError(error, 'integrity')) throw error;
      this.#findings.addError(prefix.replace(/\/$/, ''), error);
    }
  }

  async *listSpecial(): AsyncIterable<string> {
    if (this.#inner.listSpecial !== undefined) yield* this.#inner.listSpecial();
  }
}
