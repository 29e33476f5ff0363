/** Ids by number: as random as real ones, and the same in every process. */
import { createHash } from 'node:crypto';

/** @param {number} number */
export const blobIdAt = (number) => digest(`blob ${number}`);

/** Ids no packfile holds. @param {number} number */
export const absentIdAt = (number) => digest(`absent ${number}`);

/** @param {number} number */
export const packIdAt = (number) => digest(`pack ${number}`);

function digest(text) {
  return createHash('sha256').update(text).digest('hex');
}
