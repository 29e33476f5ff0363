/** Reads every file below `from` and hashes it: the least that anything careful does with these bytes. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { filesBelow } from '../files.js';
import { measureStep, stepInput } from '../step.js';

const { from } = stepInput();

await measureStep(async () => {
  let bytes = 0;
  for (const { path } of filesBelow(from)) {
    const hash = createHash('sha256');
    for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) {
      hash.update(part);
      bytes += part.length;
    }
    hash.digest();
  }
  return { bytes };
});
