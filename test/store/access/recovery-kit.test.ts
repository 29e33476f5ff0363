import { describe, expect, test } from 'vitest';
import { KlosetError } from '../../../src/errors.ts';
import { encodeKeyFile, newKey, parseKeyFile } from '../../../src/store/access/key-file.ts';
import {
  parseRecoveryWords,
  recoveryKitText,
  recoveryWords,
} from '../../../src/store/access/recovery-kit.ts';

const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'none';
  } catch (error) {
    return error instanceof KlosetError ? error.code : String(error);
  }
};

describe('a recovery kit', () => {
  test('gives its key back from what was printed', () => {
    for (let round = 0; round < 50; round++) {
      const key = newKey();
      expect(recoveryWords(key)).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){13}[0-9A-HJKMNP-TV-Z]{4}$/);
      expect(parseRecoveryWords(recoveryWords(key))).toEqual(key);
    }
  });

  test('of known keys has known words', () => {
    expect(recoveryWords(new Uint8Array(32)).startsWith('0000-0000-0000')).toBe(true);
    expect(recoveryWords(new Uint8Array(32).fill(255)).startsWith('ZZZZ-ZZZZ-ZZZZ')).toBe(true);
  });

  test('is read in small letters, with other separators, and with letters taken for digits', () => {
    const key = new Uint8Array(32).fill(0x08);
    const words = recoveryWords(key);
    expect(words).toMatch(/[01]/);
    const typed = words.toLowerCase().replaceAll('-', '  \n').replaceAll('0', 'o').replaceAll('1', 'l');
    expect(parseRecoveryWords(typed)).toEqual(key);
  });

  test('refuses every single wrong sign', () => {
    const words = recoveryWords(newKey());
    for (let at = 0; at < words.length; at++) {
      if (words[at] === '-') continue;
      const slip = words[at] === 'Z' ? 'Y' : 'Z';
      expect(codeOf(() => parseRecoveryWords(words.slice(0, at) + slip + words.slice(at + 1)))).toBe(
        'credentials',
      );
    }
    for (const text of ['', words.slice(1), `${words}A`, words.replace(/.$/, 'U'), 'é'.repeat(56)]) {
      expect(codeOf(() => parseRecoveryWords(text))).toBe('credentials');
    }
  });

  test('as a page holds the words and says which store they open', () => {
    const key = newKey();
    const page = recoveryKitText(key, {
      location: '/backups',
      storeId: 'ab'.repeat(16),
      created: '2026-01-01',
    });
    expect(page).toContain('/backups');
    const rows = page.split('\n').filter((row) => / - /.test(row));
    expect(parseRecoveryWords(rows.join(' '))).toEqual(key);
  });
});

describe('a key file', () => {
  test('gives its key back, also when an editor changed the end of the line', () => {
    const key = newKey();
    expect(parseKeyFile(encodeKeyFile(key))).toEqual(key);
    expect(parseKeyFile(encodeKeyFile(key).replace('\n', '\r\n'))).toEqual(key);
  });

  test('is never just any file', () => {
    for (const text of ['', 'password', 'ab'.repeat(32), `NOTION-KLOSET-KEY-1 ${'ab'.repeat(31)}`]) {
      expect(codeOf(() => parseKeyFile(text))).toBe('credentials');
    }
  });
});
