/** Padmé (Nikitin et al., PETS 2019): sizes that tell an observer little. */

/**
 * The padded size for `length` bytes: at most 12 % more (3 % at 16 MiB), and one of so few values that it leaks
 * O(log log length) bits. `length` is padded up to the next multiple of
 * 2^(exponent − bits of the exponent).
 */
export function padmeSize(length: number): number {
  if (length < 2) return length;
  const exponent = Math.floor(Math.log2(length));
  const kept = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** Math.max(0, exponent - kept);
  return Math.ceil(length / step) * step;
}
