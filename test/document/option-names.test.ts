import { expect, test } from 'vitest';
import { writableOptionNames } from '../../src/document/option-names.ts';

const written = (...names: string[]) => writableOptionNames(names.map((name) => ({ name })));

test('names that the API can write stay', () => {
  expect(written('Red', 'green', 'a;b')).toEqual(['Red', 'green', 'a;b']);
});

test('commas become semicolons, without taking the name of another option', () => {
  expect(written('a,b', 'a;b', 'a,b')).toEqual(['a;b (2)', 'a;b', 'a;b (3)']);
});

test('names that differ in case alone are told apart', () => {
  expect(written('Red', 'red', 'RED')).toEqual(['Red', 'red (2)', 'RED (3)']);
});

test('names that are too long are told apart', () => {
  const long = 'x'.repeat(120);
  expect(written(`${long}1`, `${long}2`)).toEqual(['x'.repeat(100), `${'x'.repeat(94)} (2)`]);
});

test('an option without a name has none', () => {
  expect(written('', 'a')).toEqual(['', 'a']);
});
