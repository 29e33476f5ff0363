import { describe, expect, it } from 'vitest';
import { safeName } from '../../../src/document/names.ts';
import { decide } from '../../../src/document/selection/decide.ts';
import type { PathPart } from '../../../src/document/selection/pattern.ts';
import { matchesPattern, parsePattern } from '../../../src/document/selection/pattern.ts';
import {
  parseSelection,
  patternsOfFile,
  selectionKey,
  textsOf,
} from '../../../src/document/selection/selection.ts';

const id = (digit: string) => digit.repeat(32);

function part(title: string, digit: string, kind: 'page' | 'database' = 'page'): PathPart {
  const sources = kind === 'database' ? [id('f')] : [];
  return { id: id(digit), kind, name: safeName(title), sources, hasAllSources: true };
}

function matches(pattern: string, ...path: PathPart[]): boolean | undefined {
  return matchesPattern(parsePattern(pattern, '--exclude'), path, { isWhole: true });
}

const home = part('Home', '1');
const notes = part('Notes: a/b', '2');
const tasks = part('Tasks', '3', 'database');
const row = part('Buy milk', '4');

describe('a pattern', () => {
  it.each([
    ['Home', [home], true],
    ['home', [home], false],
    ['Ho', [home], false],
    ['Ho*', [home], true],
    ['H?me', [home], true],
    ['Notes: a/b', [home, notes], false],
    ['Notes_ a_b', [home, notes], true],
    ['title:Notes: a/b', [home, notes], true],
    ['title:Ho*', [home], false],
    ['Notes: a\\/b', [home, notes], false],
    ['/Home', [home], true],
    ['/Home/', [home], true],
    ['/Home', [notes, home], false],
    ['Home/Tasks', [home, tasks], true],
    ['Home/Tasks', [notes, home, tasks], false],
    ['**/Home/Tasks', [notes, home, tasks], true],
    ['/Home/*', [home, tasks], true],
    ['/Home/*', [home, tasks, row], false],
    ['/Home/**', [home, tasks, row], true],
    ['/Home/**', [home], false],
    ['**/Buy*', [home, tasks, row], true],
    ['/**/Tasks', [tasks], true],
    ['database:Tasks', [home, tasks], true],
    ['page:Tasks', [home, tasks], false],
    ['database:*', [home], false],
    ['page:*', [home], true],
    [id('3'), [home, tasks], true],
    [id('f'), [home, tasks], true],
    ['33333333-3333-3333-3333-333333333333', [home, tasks], true],
    [`https://www.notion.so/acme/Tasks-${id('3')}?v=1`, [home, tasks], true],
    ['33333333', [home, tasks], true],
    ['Tasks~33333333', [home, tasks], true],
    ['Tasks~44444444', [home, tasks], false],
    [`/Home~11111111/Tasks~33333333`, [home, tasks], true],
    ['*~33333333', [home, tasks], true],
    ['20261130', [part('20261130', '9')], true],
    ['/_templates', [home, tasks, { folder: '_templates' }], false],
    ['**/_templates/*', [home, tasks, { folder: '_templates' }, row], true],
    ['***********************************b', [part('a'.repeat(110), '5')], false],
  ] as const)('%s', (pattern, path, expected) => {
    expect(matches(pattern, ...path)).toBe(expected);
  });

  it.each(['', '   ', '/', '//', 'title:', 'database: ', 'page:', 'https://example.org/nothing'])(
    'that can name nothing is refused: %j',
    (text) => {
      expect(() => parsePattern(text, '--exclude')).toThrow(/^--exclude: the pattern/);
    },
  );

  it('of a path waits until the whole path is known', () => {
    const blank = { ...part('', '6'), name: undefined };
    expect(matchesPattern(parsePattern('/Home/Tasks', ''), [home, blank], { isWhole: true })).toBe(undefined);
    expect(matchesPattern(parsePattern('/Home/Tasks', ''), [tasks], { isWhole: false })).toBe(undefined);
    expect(matchesPattern(parsePattern(id('6'), ''), [blank], { isWhole: false })).toBe(true);
  });
});

describe('a selection', () => {
  const objects = new Map<string, PathPart & { above?: string }>();
  const tree = [
    ['Home', '1', undefined],
    ['Private', '2', '1'],
    ['Diary', '3', '2'],
    ['Keep', '4', '2'],
    ['Work', '5', '1'],
  ] as const;
  for (const [title, digit, above] of tree)
    objects.set(id(digit), { ...part(title, digit), ...(above === undefined ? {} : { above: id(above) }) });

  function chosen(include: string[], exclude: string[]): string {
    const selection = parseSelection({ include, exclude });
    return tree
      .filter(([, digit]) => {
        if (selection === undefined) return true;
        const { fate } = decide(selection, id(digit), (each) => {
          const found = objects.get(each);
          if (found === undefined || 'folder' in found) return undefined;
          const above = found.above;
          return { ...found, above: above === undefined ? { type: 'top' } : { type: 'in', id: above } };
        });
        return fate === 'chosen';
      })
      .map(([title]) => title)
      .join(' ');
  }

  it.each([
    [[], ['Private'], 'Home Work'],
    [['Private'], [], 'Private Diary Keep'],
    [['Private'], ['Diary'], 'Private Keep'],
    // An exclude cuts what lies below it, whatever is included there.
    [['Keep'], ['Private'], ''],
    // `!` takes an exclude back for the object it names, not for what lies below another one.
    [[], ['/Home/Private/*', '!Keep'], 'Home Private Keep Work'],
    [[], ['Private', '!Keep'], 'Home Work'],
    [[], ['!Keep', '/Home/Private/*'], 'Home Private Work'],
  ])('of include %j and exclude %j chooses %j', (include, exclude, expected) => {
    expect(chosen(include, exclude)).toBe(expected);
  });

  it('that includes and excludes the same pattern is refused by the names of both options', () => {
    const names = { include: '--include', exclude: '--exclude' };
    expect(() => parseSelection({ include: ['Home'], exclude: ['Home'] }, names)).toThrow(
      '--include and --exclude both name Home.',
    );
  });

  it('has one key whatever the order, unless an exclude takes another back', () => {
    const keyOf = (include: string[], exclude: string[]) => {
      const selection = parseSelection({ include, exclude });
      return selection === undefined ? '' : selectionKey(selection);
    };
    expect(keyOf([], ['A', 'B'])).toBe(keyOf([], ['B', 'A', 'B']));
    expect(keyOf([], ['A', '!B'])).not.toBe(keyOf([], ['!B', 'A']));
    expect(keyOf([], ['A'])).toMatch(/^without-[0-9a-f]{12}$/);
    expect(keyOf(['A'], ['B'])).toMatch(/^only-[0-9a-f]{12}$/);
  });

  it('of a file has a pattern a line, comments and empty lines aside', () => {
    const texts = patternsOfFile('\ufeff# what is nobody’s business\n\n  Private  \r\n!Keep\n\\#1 hit\n');
    expect(texts).toEqual(['Private', '!Keep', '\\#1 hit']);
    const selection = parseSelection({ include: [], exclude: texts });
    expect(selection && textsOf(selection).exclude).toEqual(['Private', '!Keep', '#1 hit']);
  });
});
