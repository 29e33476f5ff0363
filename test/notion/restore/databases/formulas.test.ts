import { describe, expect, it } from 'vitest';
import {
  expressionReferences,
  translatedExpression,
} from '../../../../src/notion/restore/databases/formulas.ts';

const source = '3839ce7b-60a4-8148-99ed-000b1e2cf103';
const space = '00000000-0000-4000-8000-0000000000f0';
const token = (id: string) => `{{notion:block_property:${id}:${source}:${space}}}`;

describe('formula expressions', () => {
  it('name properties where Notion showed tokens', () => {
    const stored = `if(${token('U%60%3BC')} == "Done", "✅", empty(${token('lwnn')}))`;
    const names = new Map([
      ['U`;C', 'Status'],
      ['lwnn', 'A "quoted" one'],
    ]);
    expect(translatedExpression(stored, (_, id) => names.get(id))).toBe(
      'if(prop("Status") == "Done", "✅", empty(prop("A \\"quoted\\" one")))',
    );
  });

  it('cannot be told when a token names what nobody knows', () => {
    expect(translatedExpression(`${token('gone')} + 1`, () => undefined)).toBeUndefined();
  });

  it('refer to properties by token and by name', () => {
    expect([...expressionReferences(`${token('a%3D')} + prop('B') + prop("C \\"d\\"")`)]).toEqual([
      { property: 'a=', source: source.replaceAll('-', '') },
      { name: 'B' },
      { name: 'C "d"' },
    ]);
  });
});
