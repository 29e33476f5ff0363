/** One sealed file in the cache folder of a store: something derived from its contents, which anybody may delete. */
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { open, seal } from '../crypto/primitives.ts';
import type { SealContext } from '../format/blob.ts';
import { sealDomain } from '../format/blob.ts';
import { createFolder, orLocalError } from './local-errors.ts';

export class DerivedFile {
  readonly #path: string;
  readonly #context: SealContext;
  readonly #aad: Uint8Array;

  /** @param name lower-case letters; names the file and its use */
  constructor(folder: string, context: SealContext, name: string) {
    this.#path = join(folder, `${name}.sealed`);
    this.#context = context;
    this.#aad = Buffer.concat([sealDomain('derived file', context.storeId), Buffer.from(name, 'utf8')]);
  }

  /** The bytes last written; undefined when there are none, or when they are not what this store wrote. */
  read(): Uint8Array | undefined {
    try {
      return open(this.#context.keys.cache, this.#aad, readFileSync(this.#path));
    } catch {
      return undefined;
    }
  }

  /** Replaces the file whole. @throws KlosetError `unavailable`, `temporary` for a full disk */
  write(bytes: Uint8Array): void {
    createFolder(dirname(this.#path));
    const partial = `${this.#path}.${randomUUID()}`;
    orLocalError(this.#path, () => {
      try {
        writeFileSync(partial, seal(this.#context.keys.cache, this.#aad, bytes), { mode: 0o600, flag: 'wx' });
        renameSync(partial, this.#path);
      } finally {
        rmSync(partial, { force: true });
      }
    });
  }
}
