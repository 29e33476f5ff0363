import { expect, test } from 'vitest';
import { guessBits, passphraseWeakness } from '../../../src/store/crypto/passphrase.ts';

test.each([
  '',
  'a',
  'password',
  'P4ssw0rd!',
  'notion-backup',
  'notionbackup2026',
  'qwertyuiop',
  'abcdefghijklmnop',
  '1234567890',
  'aaaaaaaaaaaaaaaaaaaaaaaaa',
  'xyxyxyxyxyxyxyxyxyxyxy',
  'passwordpasswordpassword',
  'summer2026',
  'hunter2',
  'Tr0ub4d',
])('%j is too weak', (passphrase) => {
  expect(passphraseWeakness(passphrase)).toBeDefined();
});

test.each([
  'correct horse battery staple',
  'x7#Lq9!vT2mZ',
  'gruenes fahrrad am hafen',
  'vj3n8q0w1zkd6',
  'пять случайных слов тут',
  '雪 電車 海苔 机 窓 空 星',
])('%j is strong enough', (passphrase) => {
  expect(passphraseWeakness(passphrase)).toBeUndefined();
});

test('a longer passphrase of chance signs is never weaker', () => {
  const signs = 'k3Vw9TzP0bYhM2xQ';
  const bits = Array.from(signs, (_, at) => guessBits(signs.slice(0, at + 1)));
  expect(bits).toEqual([...bits].sort((left, right) => left - right));
});
