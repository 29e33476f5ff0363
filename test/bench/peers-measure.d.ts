/** Types of peers-measure.js, for the tests that use it. */
export function medianOf(numbers: readonly number[]): number;
export function bytesIn(folder: string): number;
export function digestOf(folder: string): string;
