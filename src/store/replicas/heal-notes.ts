/** Notes of healing a store: what came from a copy, and what stays damaged. */
import type { Backend } from '../../backend/backend.ts';
import { isThere } from '../../backend/backend.ts';
import { createVerified } from '../../backend/verified-write.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import type { UnreadablePaths } from '../check/unreadable-paths.ts';

export interface HealReport {
  /** Names of objects put back as the copy has them. */
  readonly objects: readonly string[];
  /** Blobs taken one by one, into new packfiles. */
  readonly blobs: number;
  /** Names of damaged packfiles that went, because all they held now lies elsewhere, and of damaged index deltas. */
  readonly dropped: readonly string[];
  /** Objects that are still damaged or missing. */
  readonly remaining: readonly { readonly object: string; readonly problem: string }[];
  /** Paths that still cannot be read, by snapshot. */
  readonly losses: readonly UnreadablePaths[];
}

/** Collects the report while the work goes on. */
export class HealNotes {
  readonly objects: string[] = [];
  readonly dropped: string[] = [];
  readonly #remaining = new Map<string, string>();

  /** Notes that the object stays as it is; the first reason is kept. */
  remains(object: string, problem: string): void {
    if (!this.#remaining.has(object)) this.#remaining.set(object, problem);
  }

  get remaining(): HealReport['remaining'] {
    return [...this.#remaining].map(([object, problem]) => ({ object, problem }));
  }

  /**
   * Puts `bytes`, which the caller has verified, where nothing is or what is there is damaged. An append-only place takes
   * only what is missing. @throws KlosetError unavailable
   */
  async putBack(backend: Backend, name: string, bytes: Uint8Array): Promise<void> {
    if (!(await isThere(backend, name))) await createVerified(backend, name, bytes);
    else if (backend.isAppendOnly === true)
      return this.remains(name, `It is damaged, and ${backend.location} is used append-only.`);
    else await replaceDamaged(backend, name, bytes);
    this.objects.push(name);
  }
}

async function replaceDamaged(backend: Backend, name: string, bytes: Uint8Array): Promise<void> {
  await backend.replace(name, bytes);
  if ((await backend.size(name)) === bytes.length) return;
  throw new KlosetError('unavailable', `Incomplete write of ${name} to ${backend.location}.`, {
    hint: 'Check whether the storage is full or failing; then run the command again.',
  });
}

/** The result of `read`, or undefined when that is damaged or missing. */
export async function soundOrNone<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isKlosetError(error, 'integrity') || isKlosetError(error, 'not-found')) return undefined;
    throw error;
  }
}
