/**
 * Object lock: the promise of a server that nobody, whatever credentials they have, removes or changes an object before a
 * date. It has nothing to do with the locks of a store, which name processes at work and are never kept so.
 */

/** The part of a backend whose server can give that promise. */
export interface ObjectLock {
  /** @throws KlosetError usage when the server does not give it there, credentials when it may not be asked */
  requireAvailable(): Promise<void>;
  /** From now on every new object but locks is kept for so many days. */
  keepFor(days: number): void;
  /** The end of the time for which `name` is kept, in milliseconds since 1970; undefined when it may be removed. */
  keptUntil(name: string): Promise<number | undefined>;
  /** Keeps `name` from now on for as long as a new object; a time that ends later stays. */
  renew(name: string): Promise<void>;
}

/** The days for which a store can ask to be kept: a mistake beyond cannot be taken back by anybody. */
export const maxKeptDays = 3650;

/** Objects that the server does not let go yet. */
export interface KeptObjects {
  readonly names: readonly string[];
  /** The time at which the last of them may be removed, in milliseconds since 1970. */
  readonly untilMs: number;
}

/**
 * Removes those of `names` that may be removed. Returns the others, which the server keeps: they are left as they are.
 * @throws KlosetError unavailable, credentials
 */
export async function removeUnlessKept(
  backend: { readonly objectLock?: ObjectLock; remove(name: string): Promise<void> },
  names: Iterable<string>,
): Promise<KeptObjects> {
  const kept: string[] = [];
  let untilMs = 0;
  for (const name of names) {
    const until = await backend.objectLock?.keptUntil(name);
    if (until === undefined) {
      await backend.remove(name);
      continue;
    }
    kept.push(name);
    untilMs = Math.max(untilMs, until);
  }
  return { names: kept, untilMs };
}
