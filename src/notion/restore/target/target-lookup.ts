/** Finds things of the snapshot in the target: each is looked for once, after the target's list of such things was read. */
import type { CompactId } from '../../../document/notion-id.ts';
import { SingleFlight } from './single-flight.ts';

/** The thing that is looked for; `find` gives its id in the target, or null. */
export interface Sought {
  isKnown(): boolean;
  find(): Promise<string | null>;
  keep(found: string | null): void;
}

export class TargetLookup {
  readonly #readList: () => Promise<void>;
  readonly #flights = new SingleFlight();

  /** @param readList reads the target's list into the journal; called at most once */
  constructor(readList: () => Promise<void>) {
    this.#readList = readList;
  }

  /** Looks for the thing with this id, unless that was done before. */
  async resolve(id: CompactId, sought: Sought): Promise<void> {
    if (sought.isKnown()) return;
    await this.#flights.run(id, async () => {
      await this.#flights.runOnce('list', this.#readList);
      sought.keep(await sought.find());
    });
  }
}
