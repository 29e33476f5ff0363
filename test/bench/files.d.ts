/** Types of files.js, for the tests that use it. */
export function filesBelow(folder: string): { path: string; name: string }[];
