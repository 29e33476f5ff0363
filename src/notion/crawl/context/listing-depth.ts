/** The depth of listing of this run: as planned, unless something shows that everything has to be listed after all. */
export class ListingDepth {
  #sinceMs: number | null;

  /** @param sinceMs list what was edited since then; null for everything */
  constructor(sinceMs: number | null) {
    this.#sinceMs = sinceMs;
  }

  /** The time since which edits are listed; null when everything is. */
  get sinceMs(): number | null {
    return this.#sinceMs;
  }

  get isFull(): boolean {
    return this.#sinceMs === null;
  }

  /** From here on everything is listed. */
  listEverything(): void {
    this.#sinceMs = null;
  }
}
