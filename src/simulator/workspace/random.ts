/** Randomness that a seed repeats: ids, faults and shuffles come out the same in every run. */

export interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** An integer at least 0 and below `bound`. */
  below(bound: number): number;
  /** True with probability `rate`. A rate of 0 draws nothing, so switching one fault off leaves the others alone. */
  chance(rate: number): boolean;
  /** A UUID of version 8, as Notion's newer ids are. */
  uuid(): string;
}

/** mulberry32: 32 bits of state are plenty for choosing faults. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const hex = (digits: number) => {
    let text = '';
    while (text.length < digits)
      text += Math.floor(next() * 65_536)
        .toString(16)
        .padStart(4, '0');
    return text.slice(0, digits);
  };
  return {
    next,
    below: (bound) => Math.floor(next() * bound),
    chance: (rate) => rate > 0 && next() < rate,
    uuid: () => `${hex(8)}-${hex(4)}-8${hex(3)}-9${hex(3)}-${hex(12)}`,
  };
}

/** `items` in an order chosen by `random`; the input stays as it is. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    const a = result[last];
    const b = result[other];
    if (a === undefined || b === undefined) continue;
    result[last] = b;
    result[other] = a;
  }
  return result;
}

/** A 32-bit number that stands for `text` (FNV-1a): to choose by name rather than by turn. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
