/** Sizes of what `seal` and Argon2id take and give. */

export const nonceBytes = 24;
export const tagBytes = 16;
/** Bytes that `seal` adds to a plaintext. */
export const sealOverheadBytes = nonceBytes + tagBytes;

export interface Argon2Cost {
  readonly memoryKiB: number;
  readonly iterations: number;
  readonly parallelism: number;
}
