/**
 * Plans of restores, asked of Notion at the wish of a reader: one at a time, because all share one rate limit. The last few
 * are remembered, with the moment at which they were true.
 */
import type { Clock } from '../../clock.ts';
import { KlosetError } from '../../errors.ts';
import type { Place } from '../../operations/look/open-place.ts';
import type { ShownPlan } from '../../operations/restore/restore-in-place.ts';
import type { VerifiedRestorePlan } from '../../operations/restore/restore-into-notion.ts';

/** Makes plans by reading Notion. Neither writes anything there. */
export interface Planner {
  /** The plan of a restore over the existing pages. @throws KlosetError `usage`, `credentials`, `unavailable` … */
  inPlace(place: Place): Promise<ShownPlan>;
  /** The plan of a copy below the page with the id `page`. @throws KlosetError `not-found`, `usage`, `credentials` … */
  copy(place: Place, page: string): Promise<VerifiedRestorePlan>;
}

/** A plan of one kind: being made since `atMs`, made then, or failed then. */
export type Planned<Plan> =
  | { readonly state: 'asking'; readonly atMs: number }
  | { readonly state: 'planned'; readonly atMs: number; readonly plan: Plan }
  | { readonly state: 'failed'; readonly atMs: number; readonly error: unknown };

/** Plans that are remembered, and those that may wait for their turn. */
const maxKept = 12;
const maxWaiting = 4;

export class Plans {
  readonly #clock: Clock;
  readonly #states = new Map<string, Planned<unknown>>();
  readonly #ends = new Map<string, Promise<void>>();
  #turn: Promise<void> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The plan named `key`: begun when it is not known yet, and waited for at most `patienceMs`.
   * @throws KlosetError `temporary` when too many wait already
   */
  async get<Plan>(key: string, make: () => Promise<Plan>, patienceMs: number): Promise<Planned<Plan>> {
    if (!this.#states.has(key)) this.#begin(key, make);
    const end = this.#ends.get(key);
    if (end !== undefined) await endOrPatience(end, patienceMs);
    return this.#states.get(key) as Planned<Plan>;
  }

  /** Forgets a plan, so that it is made again; one that is being made goes on. */
  forget(key: string): void {
    if (this.#states.get(key)?.state !== 'asking') this.#states.delete(key);
  }

  #begin(key: string, make: () => Promise<unknown>): void {
    if (this.#ends.size >= maxWaiting)
      throw new KlosetError('temporary', 'Notion is being read for other plans, one after the other.', {
        hint: 'Look again in a moment.',
      });
    this.#states.set(key, { state: 'asking', atMs: this.#clock.now() });
    const end = this.#turn.then(async () => {
      this.#states.set(key, await this.#made(make));
      this.#ends.delete(key);
      this.#forgetOldest();
    });
    this.#ends.set(key, end);
    this.#turn = end;
  }

  async #made(make: () => Promise<unknown>): Promise<Planned<unknown>> {
    // A plan is as old as the first thing it read.
    const atMs = this.#clock.now();
    try {
      return { state: 'planned', atMs, plan: await make() };
    } catch (error) {
      return { state: 'failed', atMs, error };
    }
  }

  #forgetOldest(): void {
    const made = [...this.#states].filter(([, { state }]) => state !== 'asking');
    for (const [key] of made.slice(0, -maxKept)) this.#states.delete(key);
  }
}

/** Resolves when `end` does, or after `ms`. */
async function endOrPatience(end: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([end, patience]);
  clearTimeout(timer);
}
