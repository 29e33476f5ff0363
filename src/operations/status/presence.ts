/**
 * Tells whether the data of a store is all there, without reading every byte. What a store holds does not change while names and
 * sizes stay the same: packfiles and index deltas are named by their content. So a look that found everything is remembered for
 * a day, and until something is added, removed or cut the list of names is all that is read.
 */
import { isObject } from '../../document/json.ts';
import { isKlosetError } from '../../errors.ts';
import type { Store } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';

export interface Presence {
  /** Problems that a fast check of the store found. */
  readonly problems: number;
  /** Objects of which that check could not find out anything, because the place did not let it. */
  readonly unread: number;
  /** ISO time of that check. */
  readonly lookedAt: string;
  /** True when that was an earlier one, and nothing was added, removed or cut since. */
  readonly isRemembered: boolean;
}

/** Bytes that change in their place keep name and size: a day later they are found all the same. */
const rememberedForMs = 86_400_000;

/** A look of this machine that found everything, at one place. */
interface Look {
  readonly state: string;
  readonly timeMs: number;
}

/** Looks at everything, where `isSuspect` or the store changed since the last look; else tells of that one. */
export async function presenceOf(
  job: Pick<JobContext, 'clock'>,
  store: Store,
  isSuspect: boolean,
): Promise<Presence> {
  const looks = new RememberedLooks(job, store);
  const state = await store.listedState();
  const last = isSuspect ? undefined : looks.ofState(state);
  if (last !== undefined)
    return { problems: 0, unread: 0, lookedAt: new Date(last.timeMs).toISOString(), isRemembered: true };
  const timeMs = job.clock.now();
  const { findings } = await store.check({ fast: true });
  const errors = findings.filter(({ severity }) => severity === 'error');
  const unread = errors.filter(({ kind }) => kind === 'unreachable').length;
  // What changed meanwhile was seen in part at most.
  if (errors.length === 0 && (await store.listedState()) === state) looks.remember({ state, timeMs });
  const lookedAt = new Date(timeMs).toISOString();
  return { problems: errors.length - unread, unread, lookedAt, isRemembered: false };
}

/** The looks at a store that are not too old, by its places: copies of it have one id. */
class RememberedLooks {
  readonly #file;
  readonly #place: string;
  readonly #looks: Map<string, Look>;

  constructor(job: Pick<JobContext, 'clock'>, store: Store) {
    this.#file = store.derivedFile('presence');
    this.#place = store.location;
    const nowMs = job.clock.now();
    // A time to come is one of a clock that was set back.
    const isRecent = ({ timeMs }: Look) => timeMs <= nowMs && nowMs - timeMs < rememberedForMs;
    this.#looks = new Map(storedLooks(this.#file.read()).filter(([, look]) => isRecent(look)));
  }

  ofState(state: string): Look | undefined {
    const look = this.#looks.get(this.#place);
    return look?.state === state ? look : undefined;
  }

  /** A machine whose cache cannot be written looks again next time. */
  remember(look: Look): void {
    this.#looks.set(this.#place, look);
    try {
      this.#file.write(
        Buffer.from(JSON.stringify({ version, looks: Object.fromEntries(this.#looks) }), 'utf8'),
      );
    } catch (error) {
      if (!isKlosetError(error)) throw error;
    }
  }
}

/** Another number means that another check looked: it is not relied on. */
const version = 1;

function storedLooks(bytes: Uint8Array | undefined): [place: string, look: Look][] {
  if (bytes === undefined) return [];
  const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
  if (!isObject(value) || value.version !== version || !isObject(value.looks)) return [];
  return Object.entries(value.looks).flatMap(([place, look]) => {
    if (!isObject(look) || typeof look.state !== 'string' || typeof look.timeMs !== 'number') return [];
    return [[place, { state: look.state, timeMs: look.timeMs }]];
  });
}
