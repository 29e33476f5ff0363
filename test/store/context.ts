/** Keys that are the same in every test, and stores' contexts made of them. */

import { deriveStoreKeys } from '../../src/store/crypto/keys.ts';
import type { SealContext } from '../../src/store/format/blob.ts';
import type { BlobId, DeltaId, PackId, SnapshotId } from '../../src/store/format/ids.ts';
import { isHex64 } from '../../src/store/format/ids.ts';

export function contextOf(storeId = '00112233445566778899aabbccddeeff', seed = 1): SealContext {
  return { storeId, keys: deriveStoreKeys(new Uint8Array(32).fill(seed)) };
}

/** An id that stands for whatever a test needs. */
export type TestId = BlobId & PackId & DeltaId & SnapshotId;

/** An id that nothing has. */
export function anyId(digit: string): TestId {
  return testId(digit.repeat(64));
}

/** 64 hex digits as an id. */
export function testId(text: string): TestId {
  if (isTestId(text)) return text;
  throw new Error(`not an id: ${text}`);
}

function isTestId(text: string): text is TestId {
  return isHex64(text);
}
