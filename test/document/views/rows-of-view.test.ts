import { describe, expect, it } from 'vitest';
import type { Gap } from '../../../src/document/documents.ts';
import type { Json, JsonObject } from '../../../src/document/json.ts';
import { rowsOfView } from '../../../src/document/views/rows-of-view.ts';

const option = (id: string, name: string) => ({ id, name, color: 'red' });
const schema: JsonObject = {
  Name: { id: 'title', type: 'title', title: {} },
  Size: { id: 'size', type: 'select', select: { options: [option('s', 'Small'), option('l', 'Large')] } },
  Tags: { id: 'tags', type: 'multi_select', multi_select: { options: [option('z', 'z'), option('a', 'a')] } },
  State: {
    id: 'state',
    type: 'status',
    status: {
      options: [option('1', 'Open'), option('2', 'Doing'), option('3', 'Closed')],
      groups: [
        { name: 'To-do', option_ids: ['1'] },
        { name: 'Under way', option_ids: ['2', '3'] },
      ],
    },
  },
  Day: { id: 'd%3Ay', type: 'date', date: {} },
  Number: { id: 'number', type: 'number', number: {} },
  Who: { id: 'who', type: 'people', people: {} },
  Sum: { id: 'sum', type: 'formula', formula: {} },
  Next: { id: 'next', type: 'relation', relation: {} },
  Shown: { id: 'shown', type: 'rollup', rollup: {} },
  Mood: { id: 'mood', type: 'telepathy', telepathy: {} },
  Checked: { id: 'verified', type: 'verification', verification: {} },
};
const nowMs = Date.UTC(2026, 4, 20, 8);

/** A row called `name` with the values of some properties. */
function row(name: string, values: { readonly [property: string]: Json } = {}, more: JsonObject = {}) {
  const properties = Object.entries({ Name: [{ plain_text: name }], ...values }).map(([key, value]) => {
    const { id, type } = schema[key] as { id: string; type: string };
    return [key, { id, type, [type]: value }];
  });
  return { page: { id: name, properties: Object.fromEntries(properties), ...more } };
}

function names(rows: readonly { readonly page: JsonObject }[]): string {
  return rows.map(({ page }) => page.id).join('');
}

function seen(
  view: JsonObject,
  rows: ReturnType<typeof row>[],
  titleOf?: (id: string) => string | undefined,
) {
  const found = rowsOfView({ rows, schema, view, nowMs, ...(titleOf === undefined ? {} : { titleOf }) });
  return {
    rows: names(found.rows),
    notes: found.notes,
    groups: found.groups?.map((group) => `${group.name}: ${names(group.rows)}`),
    properties: found.properties?.map(({ name }) => name),
  };
}

const days = (...starts: (string | null)[]) =>
  starts.map((start, index) => row('abcdefgh'[index] ?? '', { Day: start === null ? null : { start } }));

describe('a filter', () => {
  it.each([
    ['today', 'b'],
    ['tomorrow', 'c'],
    ['yesterday', 'a'],
    ['one_week_ago', 'd'],
    ['one_week_from_now', 'e'],
    ['one_month_ago', 'f'],
    ['one_month_from_now', 'g'],
  ])('that asks for %s counts from the time of the snapshot', (word, expected) => {
    const all = [
      '2026-05-19',
      '2026-05-20',
      '2026-05-21',
      '2026-05-13',
      '2026-05-27',
      '2026-04-20',
      '2026-06-20',
    ];
    const view = { filter: { property: 'd%3Ay', date: { equals: word } } };
    const found = seen(view, days(...all, null));
    expect(found.rows).toBe(expected);
    expect(found.notes).toEqual([
      'Dates relative to today are counted from 2026-05-20, the day of the snapshot in UTC; weeks begin on Sunday.',
    ]);
  });

  it('keeps the rows and says so where the time of the snapshot is not known', () => {
    const rows = days('2026-05-19');
    for (const date of [{ past_week: {} }, { equals: 'today' }] as JsonObject[]) {
      const view = { filter: { property: 'Day', date } };
      const found = rowsOfView({ rows, schema, view, nowMs: Number.NaN });
      expect(names(found.rows)).toBe('a');
      expect(found.notes.join()).toMatch(/^This filter could not be applied: Day /);
    }
    const configuration = { group_by: { type: 'date', property_id: 'd:y', group_by: 'relative' } };
    const found = rowsOfView({ rows, schema, view: { configuration }, nowMs: Number.NaN });
    expect(found.groups).toBeUndefined();
    expect(found.notes).toEqual(['This grouping could not be followed: by Day.']);
  });

  it('takes a time without an offset for UTC, wherever the program runs', () => {
    const view = { filter: { property: 'Day', date: { on_or_after: '2026-05-20T12:00:00Z' } } };
    expect(
      seen(view, days('2026-05-20T12:00:00', '2026-05-20T11:59:00', '2026-05-20T08:59:00-04:00')).rows,
    ).toBe('ac');
  });

  it('names one option, several, or a group of statuses', () => {
    const rows = ['Open', 'Doing', 'Closed'].map((name, index) =>
      row('abc'[index] ?? '', { State: { name } }),
    );
    const found = (operator: string, operand: Json) =>
      seen({ filter: { property: 'State', status: { [operator]: operand } } }, rows);
    expect(found('equals', 'Doing').rows).toBe('b');
    expect(found('equals', ['Doing', 'Open']).rows).toBe('ab');
    expect(found('does_not_equal', ['Doing', 'Open']).rows).toBe('c');
    expect(found('equals', 'Under way').rows).toBe('bc');
    expect(found('equals', 'Under way').notes).toEqual([]);
  });

  it('knows an option that was renamed after the row was read', () => {
    const rows = [
      row('a', { Size: { id: 's', name: 'Tiny' } }),
      row('b', { Size: { id: 'l', name: 'Large' } }),
    ];
    expect(seen({ filter: { property: 'Size', select: { equals: 'Small' } } }, rows).rows).toBe('a');
  });

  it('looks at verifications', () => {
    const rows = [
      row('a', { Checked: { state: 'verified' } }),
      row('b', { Checked: { state: 'unverified' } }),
      row('c', { Checked: null }),
    ];
    expect(seen({ filter: { property: 'Checked', verification: { status: 'verified' } } }, rows).rows).toBe(
      'a',
    );
    expect(seen({ filter: { property: 'Checked', verification: { status: 'none' } } }, rows).rows).toBe('bc');
  });

  const strange: readonly [string, JsonObject, string][] = [
    ['an unknown operator', { property: 'Number', number: { resembles: 3 } }, 'Number resembles 3'],
    ['a property that is gone', { property: 'gone', number: { equals: 3 } }, 'gone equals 3'],
    ['another type', { property: 'Number', checkbox: { equals: true } }, 'Number equals'],
    ['a type of tomorrow', { property: 'Mood', telepathy: { equals: 'well' } }, 'Mood equals "well"'],
    ['an option that is gone', { property: 'Size', select: { equals: 'Huge' } }, 'Size equals "Huge"'],
    ['whoever looks', { property: 'Who', people: { contains: 'me' } }, 'Who contains "me"'],
    ['no condition', { property: 'Who' }, '{"property":"Who"}'],
    ['an operand of the wrong kind', { property: 'Number', number: { equals: 'x' } }, 'Number equals "x"'],
    ['an unknown time', { timestamp: 'birth', birth: { before: '2026-01-01' } }, 'birth before "2026-01-01"'],
    ['something else', { not: { property: 'Who' } }, '{"not":{"property":"Who"}}'],
  ];
  it.each(strange)('that asks for %s keeps the rows and says so', (_, filter, words) => {
    const rows = [row('a', { Number: 1 }), row('b', { Number: 2 })];
    const note = `This filter could not be applied: ${words}.`;
    expect(seen({ filter }, rows)).toMatchObject({ rows: 'ab', notes: [note] });
    // What is certain whatever the unknown part says is certain.
    const number = { property: 'Number', number: { equals: 1 } };
    expect(seen({ filter: { and: [filter, number] } }, rows)).toMatchObject({ rows: 'a', notes: [note] });
    expect(seen({ filter: { or: [number, filter] } }, rows)).toMatchObject({ rows: 'ab', notes: [note] });
  });

  it('keeps rows whose value is not known, and says so', () => {
    const gap: Gap = { what: 'property Number', id: 'number', reason: 'refused' };
    const rows = [
      row('a', { Number: 1 }),
      row('b'),
      { ...row('c', { Number: null }), gaps: [gap] },
      row('d', { Number: null }),
    ];
    const found = seen({ filter: { property: 'Number', number: { equals: 2 } } }, rows);
    expect(found).toMatchObject({
      rows: 'bc',
      notes: ['Rows whose Number is not known are shown although the view asks for it.'],
    });
  });

  it('keeps rows whose formula Notion could not compute, or whose rollup is no list', () => {
    const rows = [
      row('a', { Sum: { type: 'unsupported', unsupported: {} } }),
      row('b', { Sum: { type: 'number', number: 3 } }),
      row('c', { Sum: { type: 'string', string: '3' } }),
    ];
    expect(seen({ filter: { property: 'Sum', formula: { number: { equals: 2 } } } }, rows).rows).toBe('ac');
    const shown = [
      row('a', { Shown: { type: 'array', array: [{ type: 'select', select: { name: 'x' } }] } }),
      row('b', { Shown: { type: 'array', array: [{ type: 'select', select: { name: 'y' } }] } }),
      row('c', { Shown: { type: 'number', number: 3 } }),
    ];
    expect(
      seen({ filter: { property: 'Shown', rollup: { any: { select: { equals: 'x' } } } } }, shown).rows,
    ).toBe('ac');
  });

  it('never shows templates, archived rows and rows in the trash', () => {
    const rows = [
      row('a'),
      row('b', {}, { is_archived: true }),
      row('c', {}, { in_trash: true }),
      { ...row('d'), template_of: 'source' },
    ];
    expect(seen({}, rows).rows).toBe('a');
  });

  it('leaves quick filters to the reader and says so', () => {
    const view = { quick_filters: { who: { people: { contains: 'x' } }, number: null } };
    expect(seen(view, [row('a')])).toMatchObject({
      rows: 'a',
      notes: ['Its quick filters are not applied: Who.'],
    });
  });
});

describe('a sort', () => {
  const sorts = (property: string, direction = 'ascending') => ({ sorts: [{ property, direction }] });

  it('puts options in the order of the schema, and rows without one last', () => {
    const rows = [
      row('a', { Size: { name: 'Large' } }),
      row('b', { Size: null }),
      row('c', { Size: { name: 'Small' } }),
      row('d', { Size: { name: 'Large' } }),
    ];
    expect(seen(sorts('Size'), rows).rows).toBe('cadb');
    expect(seen(sorts('size', 'descending'), rows).rows).toBe('adcb');
  });

  it('puts lists of options in order of their first, then the next', () => {
    const rows = [[{ name: 'a' }], [{ name: 'z' }, { name: 'a' }], [], [{ name: 'z' }]].map((tags, index) =>
      row('abcd'[index] ?? '', { Tags: tags }),
    );
    expect(seen(sorts('Tags'), rows).rows).toBe('dbac');
  });

  it('puts relations in the order of their titles', () => {
    const rows = ['1', '2', '3'].map((id, index) => row('abc'[index] ?? '', { Next: [{ id }] }));
    const titles: { readonly [id: string]: string } = { '1': 'Zebra', '2': 'ant', '3': 'Bee' };
    expect(seen(sorts('Next'), rows, (id) => titles[id]).rows).toBe('bca');
  });

  it.each(['Mood', 'gone'])('by %s, which nobody knows how to sort by, is left out and told', (name) => {
    expect(seen(sorts(name), [row('b'), row('a')])).toMatchObject({
      rows: 'ba',
      notes: [`This sort could not be applied: by ${name}.`],
    });
  });

  it('puts values that are not known last and says so', () => {
    const rows = [row('a'), row('b', { Number: 1 })];
    expect(seen(sorts('Number', 'descending'), rows)).toMatchObject({
      rows: 'ba',
      notes: ['Rows whose Number is not known come last, though the view sorts by it.'],
    });
  });
});

describe('groups', () => {
  const grouped = (group_by: JsonObject) => ({ configuration: { type: 'board', group_by } });

  it('of options come in the order of the schema or by name, empty ones too, rows without an option last', () => {
    const rows = [row('a', { Size: null }), row('b', { Size: { id: 'l', name: 'Large' } })];
    const by = (type: string, more: JsonObject = {}) =>
      seen(grouped({ type: 'select', property_id: 'size', sort: { type }, ...more }), rows).groups;
    expect(by('manual')).toEqual(['Small: ', 'Large: b', ': a']);
    expect(by('ascending')).toEqual(['Large: b', 'Small: ', ': a']);
    expect(by('descending', { hide_empty_groups: true })).toEqual(['Large: b', ': a']);
  });

  it('of statuses are options or groups of them', () => {
    const rows = [
      row('a', { State: { id: '3', name: 'Closed' } }),
      row('b', { State: { id: '1', name: 'Open' } }),
    ];
    const by = (group_by: string) =>
      seen(grouped({ type: 'status', property_id: 'state', group_by, sort: { type: 'manual' } }), rows)
        .groups;
    expect(by('group')).toEqual(['To-do: b', 'Under way: a']);
    expect(by('option')).toEqual(['Open: b', 'Doing: ', 'Closed: a']);
  });

  it('of lists show a row in each of its groups', () => {
    const rows = [row('a', { Tags: [{ name: 'a' }, { name: 'z' }] }), row('b', { Tags: [{ name: 'a' }] })];
    expect(seen(grouped({ type: 'multi_select', property_id: 'tags' }), rows).groups).toEqual([
      'z: a',
      'a: ab',
    ]);
  });

  it.each([
    ['day', ['2025-12-31: b', '2026-05-17: d', '2026-05-19: a', '2026-05-20: c', ': e']],
    ['week', ['Week of 2025-12-28: b', 'Week of 2026-05-17: acd', ': e']],
    ['month', ['2025-12: b', '2026-05: acd', ': e']],
    ['year', ['2025: b', '2026: acd', ': e']],
    ['relative', ['2025-12: b', 'Last 7 days: d', 'Yesterday: a', 'Today: c', ': e']],
  ])('of dates are by %s', (group_by, expected) => {
    const rows = days('2026-05-19', '2025-12-31', '2026-05-20T23:59:00Z', '2026-05-17', null);
    const view = grouped({ type: 'date', property_id: 'd%3Ay', group_by, sort: { type: 'ascending' } });
    expect(seen(view, rows).groups).toEqual(expected);
  });

  it('of weeks may begin on Monday', () => {
    const view = grouped({ type: 'date', property_id: 'Day', group_by: 'week', start_day_of_week: 1 });
    expect(seen(view, days('2026-05-17')).groups).toEqual(['Week of 2026-05-11: a']);
  });

  it('of numbers are ranges where the view names their size', () => {
    const rows = [-5, 0, 9.5, 10, 100, null].map((number, index) =>
      row('abcdef'[index] ?? '', { Number: number }),
    );
    const range = { range_start: 0, range_end: 20, range_size: 10 };
    const by = (more: JsonObject) =>
      seen(grouped({ type: 'number', property_id: 'number', ...more }), rows).groups;
    expect(by(range)).toEqual(['below 0: a', '0 to 10: bc', '10 to 20: d', '20 and more: e', ': f']);
    expect(by({})).toEqual(['-5: a', '0: b', '9.5: c', '10: d', '100: e', ': f']);
  });

  it('of texts are whole or by the first letter', () => {
    const by = (group_by: string) =>
      seen(grouped({ type: 'title', property_id: 'title', group_by }), [row('äpfel'), row('B')]).groups;
    expect(by('exact')).toEqual(['B: B', 'äpfel: äpfel']);
    expect(by('alphabet_prefix')).toEqual(['B: B', 'Ä: äpfel']);
  });

  it('that cannot be followed are told', () => {
    const view = grouped({ type: 'telepathy', property_id: 'mood' });
    expect(seen(view, [row('a')])).toMatchObject({
      rows: 'a',
      groups: undefined,
      notes: ['This grouping could not be followed: by Mood.'],
    });
  });
});

describe('the properties of a view', () => {
  const listed = (...entries: JsonObject[]) =>
    seen({ configuration: { properties: entries } }, []).properties;

  it('come in its order, those that it hides left out, with the title', () => {
    expect(
      listed(
        { property_id: 'number' },
        { property_id: 'who', visible: false },
        { property_id: 'd:y', visible: true },
        { property_id: 'gone' },
      ),
    ).toEqual(['Name', 'Number', 'Day']);
    expect(listed({ property_id: 'number' }, { property_id: 'title' })).toEqual(['Number', 'Name']);
  });

  it('are not known where it names none', () => {
    expect(listed()).toBeUndefined();
  });
});
