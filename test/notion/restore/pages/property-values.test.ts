import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/document/json.ts';
import { arrayAt, stringAt } from '../../../../src/document/json.ts';
import { rowValues } from '../../../../src/notion/restore/pages/property-values.ts';
import { anyProperty, targetProperties } from '../../../../src/notion/restore/pages/target-property.ts';
import { id, knownTarget, run } from '../known-target.ts';

const objects = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`r${index}`, `new-${index}`]));

function written(properties: JsonObject, coming: readonly string[] = []) {
  const conversion = knownTarget({ objects: { ...objects, [id('a')]: 'new-a' }, people: ['ada'] });
  const result = rowValues({ properties }, 'row', {
    conversion,
    isWrittenElsewhere: (property) => property === 'mirror',
    isStillToCome: (page) => coming.includes(page),
    target: (property) => ({
      ...anyProperty(property),
      option: (option) => {
        const name = stringAt(option, 'name') ?? '';
        return property.type !== 'status' || name === 'Done'
          ? { name: name.replace(',', ';'), isExact: !name.includes(',') }
          : undefined;
      },
    }),
  });
  return { ...result, notes: conversion.notes, files: conversion.files };
}

const value = (type: string, given: JsonObject[string], property = 'p'): JsonObject => ({
  id: property,
  type,
  [type]: given,
});

describe('values for requests', () => {
  it('leave out what is empty and what only Notion sets', () => {
    const { values, notes } = written({
      A: value('number', null),
      B: value('checkbox', false),
      C: value('multi_select', []),
      D: value('created_time', '2026-01-01T00:00:00.000Z'),
      E: value('button', {}),
      F: value('unique_id', { prefix: 'T', number: 3 }),
    });
    expect(values).toEqual({});
    expect(notes.map(({ kind, outcome }) => `${outcome} ${kind}`)).toEqual([
      'lost value created_time',
      'lost value button',
      'lost value unique_id',
    ]);
  });

  it('keep zero, dates with their offset, options by name, places', () => {
    const { values } = written({
      Zero: value('number', 0),
      Due: value('date', { start: '2026-03-01T10:00:00.000+02:00', end: null, time_zone: null }),
      Zoned: value('date', {
        start: '2026-03-01T10:00:00',
        end: '2026-03-01T11:00:00',
        time_zone: 'Europe/Paris',
      }),
      Kind: value('select', { id: 'x', name: 'Chore', color: 'red' }),
      Tags: value('multi_select', [{ name: 'a' }, { name: 'b' }]),
      Where: value('place', { lat: 1, lon: 2, name: 'Here', address: null, google_place_id: 'g' }),
    });
    expect(values).toEqual({
      Zero: { number: 0 },
      Due: { date: { start: '2026-03-01T10:00:00.000+02:00' } },
      Zoned: {
        date: { start: '2026-03-01T10:00:00', end: '2026-03-01T11:00:00', time_zone: 'Europe/Paris' },
      },
      Kind: { select: { name: 'Chore' } },
      Tags: { multi_select: [{ name: 'a' }, { name: 'b' }] },
      Where: { place: { lat: 1, lon: 2, name: 'Here', google_place_id: 'g' } },
    });
  });

  it('lose a status the schema lacks and people who are not there', () => {
    const { values, notes } = written({
      Status: value('status', { name: 'Limbo' }),
      Done: value('status', { name: 'Done' }),
      Who: value('people', [{ id: 'ada' }, { id: 'gone', name: 'Gus' }]),
    });
    expect(values).toEqual({
      Done: { status: { name: 'Done' } },
      Who: { people: [{ object: 'user', id: 'ada' }] },
    });
    expect(notes).toHaveLength(2);
  });

  it('relate at most 100 pages in one request, say what is missing, and leave mirrors to the other side', () => {
    const many = Array.from({ length: 130 }, (_, index) => ({ id: `r${index}` }));
    const { values, notes } = written({
      Many: value('relation', many),
      Mirror: value('relation', many, 'mirror'),
    });
    expect(Object.keys(values)).toEqual(['Many']);
    expect(JSON.stringify(values)).toContain('new-99');
    expect(JSON.stringify(values)).not.toContain('new-100');
    expect(notes).toEqual([
      { outcome: 'lost', kind: 'value relation', reason: expect.stringContaining('30 are missing') },
    ]);
  });

  it('set at most 100 options, people and files in one request, and say what is missing', () => {
    const numbered = <Item>(item: (index: number) => Item) =>
      Array.from({ length: 103 }, (_, index) => item(index));
    const external = (index: number) => ({
      name: `f${index}`,
      type: 'external',
      external: { url: `https://example.com/${index}` },
    });
    const { values, notes } = written({
      Tags: value(
        'multi_select',
        numbered((index) => ({ name: `t${index}` })),
      ),
      Who: value(
        'people',
        numbered(() => ({ object: 'user', id: 'ada' })),
      ),
      Files: value('files', numbered(external)),
    });
    for (const [name, type] of [
      ['Tags', 'multi_select'],
      ['Who', 'people'],
      ['Files', 'files'],
    ] as const) {
      expect(arrayAt(values[name], type)).toHaveLength(100);
      expect(notes).toContainEqual({
        outcome: 'lost',
        kind: `value ${type}`,
        reason: expect.stringContaining('3 are missing'),
      });
    }
  });

  it('cut the name of a file that is longer than a request takes, and say so', () => {
    const file = (name: string) => ({ name, type: 'external', external: { url: 'https://example.com/f' } });
    const { values, notes } = written({
      Files: value('files', [file('x'.repeat(150)), file(''), file('ok')]),
    });
    expect(arrayAt(values.Files, 'files').map((each) => stringAt(each, 'name'))).toEqual([
      'x'.repeat(100),
      'untitled',
      'ok',
    ]);
    expect(notes.map(({ outcome, kind }) => `${outcome} ${kind}`)).toEqual([
      'approximated value files',
      'approximated value files',
    ]);
  });

  it('leave for later what points at pages still to come', () => {
    const { values, pending } = written({ Rel: value('relation', [{ id: 'r1' }, { id: 'later' }]) }, [
      'later',
    ]);
    expect(pending).toEqual(['Rel']);
    expect(values).toEqual({ Rel: { relation: [{ id: 'new-1' }] } });
  });

  it('upload hosted files and name external ones', () => {
    const { values, files } = written({
      Files: value('files', [
        {
          name: 'a.pdf',
          type: 'file',
          file: { url: 'https://f/a.pdf', path: 'files/a.pdf', size: 5, sha256: 'x' },
        },
        { name: 'site', type: 'external', external: { url: 'https://example.com/x' } },
      ]),
    });
    expect(files.map(({ filename }) => filename)).toEqual(['a.pdf']);
    expect(values).toMatchObject({
      Files: {
        files: [
          { name: 'a.pdf', type: 'file_upload' },
          { name: 'site', type: 'external' },
        ],
      },
    });
  });

  it('take property names for data, whatever they are', () => {
    const properties = JSON.parse(
      '{"__proto__": {"id": "p", "type": "number", "number": 1}, "constructor": {"id": "q", "type": "title", "title": []}}',
    );
    properties.constructor.title = [run('x')];
    const { values } = written(properties);
    expect(Object.keys(values).sort()).toEqual(['__proto__', 'constructor']);
  });
});

describe('values of rows that were read before their schema changed', () => {
  const options = [
    { id: 'o1', name: 'Duty', color: 'red' },
    { id: 'o2', name: 'Red', color: 'red' },
    { id: 'o3', name: 'red', color: 'red' },
    { id: 'o4', name: 'red, green', color: 'red' },
  ];
  const schema = [
    { id: 'a%2Fb', name: 'Amount', type: 'number', number: {} },
    { id: 'k', name: 'Kind', type: 'select', select: { options } },
    { id: 't', name: 'Tags', type: 'multi_select', multi_select: { options } },
    { id: 'n', name: 'Note', type: 'rich_text', rich_text: {} },
  ];
  const row = (properties: JsonObject, truncated?: string) => {
    const conversion = knownTarget();
    const result = rowValues({ properties }, 'row', {
      conversion: { ...conversion, truncated: () => truncated },
      isWrittenElsewhere: () => false,
      isStillToCome: () => false,
      target: targetProperties(schema),
    });
    return { ...result, notes: conversion.notes };
  };

  it('are written under the names the copy has, found by the ids of properties and options', () => {
    const { values, notes } = row({
      Count: value('number', 3, 'a/b'),
      Sort: value('select', { id: 'o1', name: 'Chore' }, 'k'),
    });
    expect(values).toEqual({ Amount: { number: 3 }, Kind: { select: { name: 'Duty' } } });
    expect(notes).toEqual([]);
  });

  it('tell options apart that the API would take for one, and say so', () => {
    const { values, notes } = row({
      Tags: value('multi_select', [options[1] ?? null, options[2] ?? null, options[3] ?? null], 't'),
    });
    expect(values).toEqual({
      Tags: { multi_select: [{ name: 'Red' }, { name: 'red (2)' }, { name: 'red; green' }] },
    });
    expect(notes.map(({ reason }) => reason)).toEqual([
      'the API does not take the option red: written as red (2)',
      'the API does not take the option red, green: written as red; green',
    ]);
  });

  it('are lost where the property is gone or of another type, and nothing else is', () => {
    const { values, notes } = row({
      Gone: value('number', 1, 'gone'),
      Note: value('number', 2, 'n'),
      Count: value('number', 3, 'a%2Fb'),
    });
    expect(values).toEqual({ Amount: { number: 3 } });
    expect(notes.map(({ outcome, reason }) => `${outcome}: ${reason}`)).toEqual([
      'lost: its data source has no such property',
      'lost: the property is of type rich_text in the copy',
    ]);
  });

  it('say so where the snapshot has only a part of them', () => {
    const { notes } = row({ Count: value('number', 3, 'a/b') }, 'not found');
    expect(notes).toMatchObject([{ outcome: 'approximated', kind: 'value number' }]);
  });
});
