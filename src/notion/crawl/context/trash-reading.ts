/** Decides about trashed objects: they are read when asked for, or when a root named by its id is in the trash. */
export class TrashReading {
  #isOn: boolean;

  constructor(isOn: boolean) {
    this.#isOn = isOn;
  }

  /** True when trashed objects are read. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** From here on trashed objects are read. */
  turnOn(): void {
    this.#isOn = true;
  }
}
