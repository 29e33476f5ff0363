import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/document/json.ts';
import { rowValues } from '../../../../src/notion/restore/pages/property-values.ts';
import { id, knownTarget, run } from '../known-target.ts';

const objects = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`r${index}`, `new-${index}`]));

function written(properties: JsonObject, coming: readonly string[] = []) {
  const conversion = knownTarget({ objects: { ...objects, [id('a')]: 'new-a' }, people: ['ada'] });
  const result = rowValues({ properties }, 'row', {
    conversion,
    isWrittenElsewhere: (property) => property === 'mirror',
    isStillToCome: (page) => coming.includes(page),
    hasStatus: (_, option) => option === 'Done',
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
