/** Keys that are the same in every test, and stores' contexts made of them. */

import { deriveStoreKeys } from '../../src/store/crypto/keys.ts';
import type { SealContext } from '../../src/store/format/blob.ts';

export function contextOf(storeId = '00112233445566778899aabbccddeeff', seed = 1): SealContext {
  return { storeId, keys: deriveStoreKeys(new Uint8Array(32).fill(seed)) };
}

/** An id that nothing has. */
export function anyId(digit: string): string {
  return digit.repeat(64);
}
