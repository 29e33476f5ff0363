/** A row of numbers as bars of one character each. */

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** The smallest number is the lowest bar, the largest the highest; equal numbers are all of middle height. */
export function chart(values: readonly number[]): string {
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const heightOf = (value: number) =>
    max === min ? 3 : Math.round(((value - min) / (max - min)) * (bars.length - 1));
  return values.map((value) => bars[heightOf(value)]).join('');
}
