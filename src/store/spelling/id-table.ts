/** The ids of one text, numbered in the order in which they first occur, found by their 16 bytes. */
import { rememberedIds } from './signs.ts';

/** Words of 4 bytes in an id. */
const idWords = 4;
/** Slots of the hash table; a power of two, four times as many as ids. */
const slots = 4 * rememberedIds;

export class IdTable {
  readonly #words = new Int32Array(rememberedIds * idWords);
  /** Number of the id in each slot, plus one; 0 for a free slot. */
  readonly #slots = new Uint16Array(slots);
  #count = 0;

  clear(): void {
    if (this.#count > 0) this.#slots.fill(0);
    this.#count = 0;
  }

  /** The number of the id whose words these are. A new one is remembered while there is room, and gives -1. */
  number(a: number, b: number, c: number, d: number): number {
    const words = this.#words;
    let slot = (a ^ (b >>> 3) ^ c ^ (d << 1) ^ (d >>> 15)) & (slots - 1);
    for (; ; slot = (slot + 1) & (slots - 1)) {
      const number = (this.#slots[slot] as number) - 1;
      if (number < 0) break;
      const at = number * idWords;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return number;
    }
    if (this.#count < rememberedIds) {
      this.#slots[slot] = this.#count + 1;
      const at = this.#count * idWords;
      words[at] = a;
      words[at + 1] = b;
      words[at + 2] = c;
      words[at + 3] = d;
      this.#count += 1;
    }
    return -1;
  }
}
