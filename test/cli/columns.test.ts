/** Places on a terminal, with the tables of emoji and without them. */
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { widthOf } from '../../src/cli/text/columns.ts';

test('every character takes as many places as the tables say, also beside others', () => {
  const wrong: string[] = [];
  for (let code = 0; code <= 0xffff; code += 1) {
    const text = `a${String.fromCharCode(code)}b`;
    if (widthOf(text) !== stringWidth(text)) wrong.push(code.toString(16));
  }
  expect(wrong).toEqual([]);
  for (const text of ['', '日本', '👩‍👩‍👧', 'e\u0301', '1\u20e3', '+3 ~12 −1', '~4cf5a3c0…'])
    expect({ text, width: widthOf(text) }).toEqual({ text, width: stringWidth(text) });
});
