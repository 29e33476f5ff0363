/**
 * S3 Object Lock: each object carries the date until which its version is kept, in compliance mode, so that not even the
 * owner of the bucket ends that earlier. The date is by the clock of the server, as far as its answers tell it.
 */
import type { Clock } from '../../clock.ts';
import { KlosetError } from '../../errors.ts';
import { objectNotFound } from '../backend.ts';
import type { ObjectLock } from '../object-lock.ts';
import type { FoundKey, S3Bucket } from './s3-bucket.ts';

const dayMs = 24 * 3600_000;

export interface S3ObjectLockParts {
  readonly bucket: S3Bucket;
  readonly location: string;
  readonly clock: Clock;
  /** The key of an object. */
  readonly keyOf: (name: string) => string;
}

export class S3ObjectLock implements ObjectLock {
  readonly #parts: S3ObjectLockParts;
  #days: number | undefined;

  constructor(parts: S3ObjectLockParts) {
    this.#parts = parts;
  }

  async requireAvailable(): Promise<void> {
    const { bucket, location } = this.#parts;
    if (await bucket.hasObjectLock()) return;
    throw new KlosetError(
      'usage',
      `${location}: the bucket has no Object Lock, so nothing in it can be kept.`,
      {
        hint: 'Create a bucket with Object Lock (it cannot be added to most), or leave out --object-lock.',
      },
    );
  }

  keepFor(days: number): void {
    this.#days = days;
  }

  /** True when this store asks the server to keep what it writes. */
  get isUsed(): boolean {
    return this.#days !== undefined;
  }

  /** The date to be written with the new object `name`; undefined when it is not kept. */
  dateFor(name: string): Date | undefined {
    if (this.#days === undefined || name.startsWith('locks/')) return undefined;
    return new Date(this.#serverNow() + this.#days * dayMs);
  }

  async keptUntil(name: string): Promise<number | undefined> {
    if (!this.isUsed) return undefined;
    const { bucket, keyOf } = this.#parts;
    const found = await bucket.head(keyOf(name));
    const until = found?.keptUntilMs;
    return until !== undefined && until > this.#serverNow() ? until : undefined;
  }

  async renew(name: string): Promise<void> {
    const until = this.dateFor(name);
    if (until === undefined) return;
    const { bucket, keyOf, location } = this.#parts;
    if ((await bucket.keep(keyOf(name), until)) === 'absent') throw objectNotFound(name, location);
  }

  /**
   * Removes the version that is there, and with it its bytes; without its number only a mark would be written over it. An
   * older one below comes to light then, where the server wrote over the object, and goes as well.
   * @throws KlosetError temporary when the server keeps it
   */
  async remove(name: string): Promise<void> {
    const key = this.#parts.keyOf(name);
    for (;;) {
      const found = await this.#parts.bucket.head(key);
      if (found === undefined) return;
      await this.#removeVersion(name, key, found);
      // Without a number there is nothing below.
      if (found.versionId === undefined) return;
    }
  }

  async #removeVersion(name: string, key: string, found: FoundKey): Promise<void> {
    const { bucket, location } = this.#parts;
    const until = found.keptUntilMs;
    if (until !== undefined && until > this.#serverNow())
      throw new KlosetError(
        'temporary',
        `${location} keeps ${name} until ${new Date(until).toISOString()}; it cannot be removed before.`,
        { hint: 'Run the command again after that; the store works as it is.' },
      );
    await bucket.remove(key, found.versionId);
  }

  #serverNow(): number {
    return this.#parts.clock.now() + this.#parts.bucket.clockOffsetMs;
  }
}
