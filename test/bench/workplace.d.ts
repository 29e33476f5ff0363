/** Types of workplace.js, for the tests that use it. */

export function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T>;
