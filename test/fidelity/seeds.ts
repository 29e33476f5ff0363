/** Generated workspaces for round trips: small, with every kind of block, property and view. */
import type { GenerateOptions } from '../../src/simulator/sample/generated/generate.ts';

export function seedOptions(seed: number): GenerateOptions {
  return {
    seed,
    pages: 25,
    databases: 2,
    rowsPerDatabase: 8,
    viewsPerDatabase: 4,
    depth: 4,
    blocksPerPage: 12,
    variety: 'every',
    media: 5,
    mediaBytes: 4_000,
    comments: 10,
  };
}
