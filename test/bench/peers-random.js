/** Numbers that look random and are the same for the same seed (mulberry32). */

/** @param {number} seed */
export function seededRandom(seed) {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count) => Math.floor(next() * count);
  const signs = (length, alphabet) => Array.from({ length }, () => alphabet[below(alphabet.length)]).join('');
  const hex = (length) => signs(length, '0123456789abcdef');
  return {
    next,
    below,
    hex,
    chance: (share) => next() < share,
    pick: (from) => from[below(from.length)],
    sign: (length) => signs(length, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:=@|'),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[below(4)]}${hex(3)}-${hex(12)}`,
    /** A factor of about 1 on average, mostly smaller, seldom 5 times as large. */
    spread: () => 0.25 + 2.25 * next() ** 2,
  };
}
