/** Asks each question once at a time: whoever asks meanwhile waits for the same answer. */
export class SingleFlight {
  readonly #running = new Map<string, Promise<void>>();
  readonly #finished = new Set<string>();

  /** Runs `ask` unless a call with this key is running. Answers are kept elsewhere, so that the key is free afterwards. */
  run(key: string, ask: () => Promise<void>): Promise<void> {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const started = ask().finally(() => this.#running.delete(key));
    this.#running.set(key, started);
    return started;
  }

  /** Like `run`, but a call that succeeded is never repeated. */
  async runOnce(key: string, ask: () => Promise<void>): Promise<void> {
    if (this.#finished.has(key)) return;
    await this.run(key, async () => {
      await ask();
      this.#finished.add(key);
    });
  }
}
