import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/document/json.ts';
import { viewBody } from '../../../../src/notion/restore/databases/view-payload.ts';
import { id, knownTarget } from '../known-target.ts';

const schema: JsonObject[] = [
  { id: 'title', name: 'Name', type: 'title' },
  { id: 'a%3Ab', name: 'Kind', type: 'select', select: { options: [{ name: 'Chore' }] } },
  { id: 'date', name: 'Due', type: 'date' },
  { id: 'rel', name: 'Project', type: 'relation' },
  { id: 'who', name: 'Who', type: 'people' },
  { id: 'gone', name: 'Button', type: 'button' },
];
const fresh = new Map([
  ['title', 'title'],
  ['a:b', 'n1'],
  ['a%3Ab', 'n1'],
  ['date', 'n2'],
  ['rel', 'n3'],
  ['who', 'n4'],
]);

function written(
  view: JsonObject,
  target = knownTarget({ objects: { [id('a')]: 'new-a' }, people: ['ada'] }),
) {
  const body = viewBody(
    { id: id('f'), name: 'V', filter: null, sorts: null, quick_filters: null, configuration: null, ...view },
    {
      conversion: target,
      schema,
      propertyId: (property) => fresh.get(property),
    },
  );
  return { body: body?.body, sortsByTime: body?.sortsByTime, notes: target.notes };
}

describe('views for requests', () => {
  it('name properties by the copy’s ids and leave out what only answers have', () => {
    const { body } = written({
      type: 'board',
      configuration: {
        type: 'board',
        group_by: { type: 'select', property_id: 'a%3Ab', property_name: 'Kind', sort: { type: 'manual' } },
        cover: { type: 'page_content_first' },
        properties: [
          { property_id: 'date', property_name: 'Due', visible: true },
          { property_id: 'gone', visible: false },
        ],
        card_layout: null,
      },
    });
    expect(body?.configuration).toEqual({
      type: 'board',
      group_by: { type: 'select', property_id: 'n1', sort: { type: 'manual' } },
      cover: { type: 'page_content' },
      properties: [{ property_id: 'n2', visible: true }],
    });
  });

  it('leave out a view of a type that the API does not know, and say so', () => {
    const { body, notes } = written({ type: 'hologram', configuration: { type: 'hologram', depth: 3 } });
    expect(body).toBeUndefined();
    expect(notes).toEqual([
      { outcome: 'lost', kind: 'view hologram', reason: 'the API does not know its type' },
    ]);
  });

  it('make a grouping fit the type of its property', () => {
    const { body, notes } = written({
      type: 'table',
      configuration: {
        type: 'table',
        group_by: { type: 'select', property_id: 'date', sort: { type: 'manual' } },
      },
    });
    expect(body?.configuration).toEqual({
      type: 'table',
      group_by: { type: 'date', property_id: 'n2', sort: { type: 'manual' }, group_by: 'relative' },
    });
    expect(notes).toHaveLength(1);
  });

  it('keep the conditions of a filter that can be said, with pages and people remapped', () => {
    const { body, notes } = written({
      type: 'table',
      filter: {
        and: [
          { property: 'rel', relation: { contains: id('a') } },
          { property: 'rel', relation: { contains: id('b') } },
          {
            or: [
              { property: 'Kind', select: { equals: 'Chore' } },
              { property: 'a%3Ab', select: { equals: 'Unknown' } },
            ],
          },
          { property: 'who', people: { contains: 'me' } },
          { timestamp: 'created_time', created_time: { past_week: {} } },
        ],
      },
    });
    expect(body?.filter).toEqual({
      and: [
        { property: 'n3', relation: { contains: 'new-a' } },
        { or: [{ property: 'n1', select: { equals: 'Chore' } }] },
        { property: 'n4', people: { contains: 'me' } },
        { timestamp: 'created_time', created_time: { past_week: {} } },
      ],
    });
    expect(notes).toHaveLength(2);
  });

  it('tell sorts by time apart: they can only be said when a view is made', () => {
    const sorts = [
      { property: 'date', direction: 'descending' },
      { timestamp: 'last_edited_time', direction: 'ascending' },
      { property: 'gone', direction: 'ascending' },
    ];
    const { body, sortsByTime } = written({ type: 'list', sorts });
    expect(body?.sorts).toEqual([
      { property: 'n2', direction: 'descending' },
      { timestamp: 'last_edited_time', direction: 'ascending' },
    ]);
    expect(sortsByTime).toBe(true);
  });

  it('cannot be without what their type needs', () => {
    const { body, notes } = written({
      type: 'calendar',
      configuration: { type: 'calendar', date_property_id: 'gone' },
    });
    expect(body).toBeUndefined();
    expect(notes.map(({ outcome }) => outcome)).toContain('lost');
  });

  it('have a name', () => {
    expect(written({ type: 'gallery', name: '' }).body?.name).toBe('Gallery');
  });
});
