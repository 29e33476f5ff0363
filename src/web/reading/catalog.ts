/** The snapshots of the store while it is served: listed again after a while, so that a new backup shows up; a few kept open. */
import type { Clock } from '../../clock.ts';
import { KlosetError } from '../../errors.ts';
import type { KnownSnapshot, KnownSurvey } from '../../operations/look/known-snapshots.ts';
import { isBackup, surveyKnownSnapshots } from '../../operations/look/known-snapshots.ts';
import type { Store } from '../../operations/stores/open-store.ts';
import { Recent } from './recent.ts';
import { OpenSnapshot } from './snapshot.ts';

const maxAgeMs = 5_000;
const maxOpen = 4;

export class Catalog {
  readonly store: Store;
  readonly #clock: Clock;
  readonly #open = new Recent<string, Promise<OpenSnapshot>>(maxOpen);
  #survey: { readonly atMs: number; readonly found: Promise<KnownSurvey> } | undefined;

  constructor(store: Store, clock: Clock) {
    this.store = store;
    this.#clock = clock;
  }

  get nowMs(): number {
    return this.#clock.now();
  }

  /** Every snapshot, newest first, and what is lost. @throws KlosetError `integrity`, `unavailable` */
  survey(): Promise<KnownSurvey> {
    const now = this.#clock.now();
    if (this.#survey === undefined || Math.abs(now - this.#survey.atMs) > maxAgeMs) {
      this.store.lookAgain();
      const found = surveyKnownSnapshots(this.store);
      found.catch(() => {
        this.#survey = undefined;
      });
      this.#survey = { atMs: now, found };
    }
    return this.#survey.found;
  }

  /** The readable snapshots, newest first. @throws KlosetError `integrity`, `unavailable` */
  async readable(): Promise<KnownSnapshot[]> {
    const { snapshots } = await this.survey();
    return snapshots.filter(({ header, problem }) => header !== undefined && problem === undefined);
  }

  /** The snapshot whose id begins so; `latest` for the newest backup. @throws KlosetError `not-found` */
  async find(word: string): Promise<KnownSnapshot> {
    const { snapshots } = await this.survey();
    const found =
      word === 'latest'
        ? snapshots.find(isBackup)
        : snapshots.find(({ id }) => word.length >= 8 && id.startsWith(word));
    if (found !== undefined) return found;
    const what =
      word === 'latest' ? 'The store has no readable backup yet.' : `The store has no snapshot ${word}.`;
    throw new KlosetError('not-found', what, { hint: 'See the list of snapshots.' });
  }

  /** Opens the snapshot whose id begins so. @throws KlosetError `not-found`, `integrity` */
  async open(word: string): Promise<OpenSnapshot> {
    const known = await this.find(word);
    return await this.#open.keep(known.id, this.#open.get(known.id) ?? this.#opened(known));
  }

  async #opened(known: KnownSnapshot): Promise<OpenSnapshot> {
    try {
      return new OpenSnapshot(known, await this.store.openSnapshot(known.id));
    } catch (error) {
      this.#open.delete(known.id);
      throw error;
    }
  }
}
