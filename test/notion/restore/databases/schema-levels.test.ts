/** The order in which properties that name others can be created. */
import { expect, it } from 'vitest';
import { compactId } from '../../../../src/document/notion-id.ts';
import { levelsOf } from '../../../../src/notion/restore/databases/schema-levels.ts';

it('puts a formula above another that it names, also where its token names a data source of zeros', () => {
  const source = compactId('3839ce7b-60a4-8148-99ed-000b1e2cf103');
  const zeros = '00000000-0000-0000-0000-000000000000';
  const token = (id: string) =>
    `{{notion:block_property:${id}:${zeros}:da8dc9fd-77ac-4597-8c35-df32f04bdd4a}}`;
  const formula = (id: string, expression: string) => ({
    id,
    name: id,
    type: 'formula',
    formula: { expression },
  });
  const schema = [
    { id: 'nmbr', name: 'Number', type: 'number', number: {} },
    formula('three', `${token('two%3B')} * 2`),
    formula('two%3B', `${token('one')} + 1`),
    formula('one', `${token('nmbr')} + 1`),
  ];
  const levels = levelsOf(new Map([[source, schema]]), new Map());
  expect([...levels].sort(([, a], [, b]) => a - b)).toEqual([
    [`${source}/one`, 1],
    [`${source}/two;`, 2],
    [`${source}/three`, 3],
  ]);
});
