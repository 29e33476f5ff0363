/** The few values that were used last, by key. */
export class Recent<Key, Value> {
  readonly #max: number;
  readonly #values = new Map<Key, Value>();

  /** @param max values that are kept */
  constructor(max: number) {
    this.#max = max;
  }

  /** The value, when it is still kept. */
  get(key: Key): Value | undefined {
    return this.#values.get(key);
  }

  /** Keeps a value as the one used last; where there are too many the one not used for longest goes. Returns it. */
  keep(key: Key, value: Value): Value {
    this.#values.delete(key);
    this.#values.set(key, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > this.#max && oldest !== undefined) this.#values.delete(oldest);
    return value;
  }

  delete(key: Key): void {
    this.#values.delete(key);
  }
}
