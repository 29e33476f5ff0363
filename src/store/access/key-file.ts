/** A key file: one line of text that opens a store without anybody typing. Keep it apart from the store. */
import { KlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import { randomBytes } from '../crypto/primitives.ts';

export const keyFileKeyBytes = 32;

export function newKey(): Uint8Array {
  return randomBytes(keyFileKeyBytes);
}

/** The text of a key file. */
export function encodeKeyFile(key: Uint8Array): string {
  return `NOTION-KLOSET-KEY-1 ${hexOf(key)}\n`;
}

/** @throws KlosetError credentials when the text is not that of a key file */
export function parseKeyFile(text: string): Uint8Array {
  const digits = /^NOTION-KLOSET-KEY-1 ([0-9a-f]{64})\s*$/.exec(text)?.[1];
  if (digits !== undefined) return new Uint8Array(Buffer.from(digits, 'hex'));
  throw new KlosetError('credentials', 'This is not a key file of notion-kloset.', {
    hint: 'Create one with `notion-kloset key add --key-file FILE`.',
  });
}
