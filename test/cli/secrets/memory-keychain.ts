/** A keychain in memory. */
import type { Keychain } from '../../../src/cli/app/keychain.ts';
import { KlosetError } from '../../../src/errors.ts';

export class MemoryKeychain implements Keychain {
  readonly entries = new Map<string, string>();
  /** Set to have it refuse everything. */
  isBroken = false;

  async read(name: string): Promise<string | undefined> {
    this.#check();
    return this.entries.get(name);
  }

  async write(name: string, secret: string): Promise<void> {
    this.#check();
    this.entries.set(name, secret);
  }

  async remove(name: string): Promise<void> {
    this.#check();
    this.entries.delete(name);
  }

  #check(): void {
    if (this.isBroken)
      throw new KlosetError('credentials', 'The keychain of this system cannot be used: it is broken.');
  }
}
