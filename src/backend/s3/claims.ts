/**
 * Creation of an object by one of many on a server that cannot refuse to overwrite: whoever creates first claims the name.
 *
 * 1. Write a claim under the name, with a number of its own.
 * 2. List the claims of the name. If there is another, give way: remove the own one, pause, begin again.
 * 3. Alone: look for the object, write it if it is not there, remove the claim.
 *
 * Of two that come at once the one who lists last sees the claim of the other, or its finished object: both may give way,
 * never both write. That counts on lists that show what was written before, as those of S3 and Ceph do. A claim that a crash
 * left is old by the clock of the server, and passed over.
 */
import { randomBytes } from 'node:crypto';
import { KlosetError } from '../../errors.ts';
import type { Patience } from '../remote/patience.ts';
import type { S3Bucket } from './s3-bucket.ts';

/** Put before the names of claims. The dot keeps them apart from every object. */
export const claimsFolder = '.claims/';

/** A claim this old was left by a crash: writing one object takes less, or fails. */
const staleAfterMs = 10 * 60_000;
/** A claim held longer than this, by the clock of its holder, does not count for it any more. */
const heldForMs = 5 * 60_000;
const maxTurns = 60;

export class Claims {
  readonly #bucket: S3Bucket;
  readonly #prefix: string;
  readonly #patience: Patience;

  constructor(bucket: S3Bucket, prefix: string, patience: Patience) {
    this.#bucket = bucket;
    this.#prefix = `${prefix}${claimsFolder}`;
    this.#patience = patience;
  }

  /** Runs `create` while nobody else may create `name`. @throws KlosetError locked when others keep the claim */
  async alone<T>(name: string, create: () => Promise<T>): Promise<T> {
    const { clock, signal } = this.#patience;
    for (let turn = 1; turn <= maxTurns; turn++) {
      const folder = `${this.#prefix}${name}/`;
      const own = folder + randomBytes(16).toString('hex');
      const since = performance.now();
      await this.#bucket.put(own, new Uint8Array(), { isNew: false });
      try {
        const isFree = await this.#isAlone(folder, own);
        if (isFree && performance.now() - since < heldForMs) return await create();
      } finally {
        await this.#bucket.remove(own).catch(() => undefined);
      }
      await clock.sleep(Math.random() * Math.min(100 * turn, 2000), signal);
    }
    throw new KlosetError('locked', `Others are creating ${name} at this moment.`, {
      hint: 'Run the command again. The storage cannot refuse to overwrite, so writers take turns.',
    });
  }

  async #isAlone(folder: string, own: string): Promise<boolean> {
    const found = [];
    for await (const claim of this.#bucket.list(folder)) found.push(claim);
    const mine = found.find(({ key }) => key === own);
    if (mine === undefined) return false;
    return found.every(({ key, modifiedMs }) => key === own || mine.modifiedMs - modifiedMs > staleAfterMs);
  }
}
