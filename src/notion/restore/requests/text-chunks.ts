/** Spreads the runs of a text over as many blocks as it takes. */
import type { JsonObject } from '../../../document/json.ts';
import { maxRuns } from './rich-text.ts';

/** Runs in lists that one block may hold: by number, and by size where characters take many bytes. */
export function chunksOf(runs: readonly JsonObject[]): JsonObject[][] {
  const chunks: JsonObject[][] = [];
  let bytes = 0;
  for (const run of runs) {
    const size = Buffer.byteLength(JSON.stringify(run));
    const last = chunks.at(-1);
    if (last === undefined || last.length === maxRuns || bytes + size > maxTextBytes) {
      chunks.push([run]);
      bytes = size;
    } else {
      last.push(run);
      bytes += size;
    }
  }
  return chunks;
}

/** Well below the 500 KB of a request. */
const maxTextBytes = 300_000;
