import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/document/json.ts';
import { arrayAt, objectAt } from '../../../../src/document/json.ts';
import { completeProperties } from '../../../../src/notion/crawl/read/complete-properties.ts';
import { fakeContext, listOf, numberId, refusal } from '../fake-context.ts';

const page = numberId(1);
const refs = (count: number): JsonObject[] =>
  Array.from({ length: count }, (_, n) => ({ id: numberId(n + 10) }));

function items(type: string, values: readonly JsonObject[]): JsonObject[] {
  return values.map((value) => ({ object: 'property_item', type, id: 'x', [type]: value }));
}

describe('completing the properties of a page', () => {
  it('fetches values that say there is more, and values as long as the cut, with their ids as they came', async () => {
    const context = fakeContext((request) => ({
      ...listOf(items('relation', refs(130)), request),
      property_item: { id: 'x', type: 'relation', relation: {} },
    }));
    const object = {
      properties: {
        Cut: { id: '%3Fa', type: 'relation', relation: refs(20), has_more: true },
        Long: { id: 'b%40', type: 'relation', relation: refs(25), has_more: false },
        Short: { id: 'c', type: 'relation', relation: refs(24), has_more: false },
      },
    };
    expect(await completeProperties(context, page, object)).toEqual([]);
    expect(object.properties.Cut.relation).toEqual(refs(130));
    expect(object.properties.Cut.has_more).toBe(false);
    expect(object.properties.Long.relation).toHaveLength(130);
    expect(object.properties.Short.relation).toHaveLength(24);
    const paths = new Set(context.requests.map(({ path }) => path.split('/properties/')[1]));
    expect([...paths].sort()).toEqual(['%3Fa', 'b%40']);
  });

  it('never makes a value poorer than the page object showed it', async () => {
    const context = fakeContext((request) => listOf(items('people', refs(3)), request));
    const object = { properties: { Who: { id: 'w', type: 'people', people: refs(30) } } };
    expect(await completeProperties(context, page, object)).toEqual([]);
    expect(object.properties.Who.people).toHaveLength(30);
  });

  it.each<[string, JsonObject, JsonObject, number]>([
    ['that comes now is kept', { type: 'number', number: 3 }, { type: 'number', number: 3 }, 0],
    ['that stays so is a gap', { type: 'incomplete', incomplete: {} }, { type: 'incomplete' }, 1],
    ['that is not supported is no gap', { type: 'unsupported' }, { type: 'unsupported' }, 0],
  ])('asks once more for an incomplete rollup: one %s', async (_title, answer, kept, gaps) => {
    const context = fakeContext((request) => ({
      ...listOf([], request),
      property_item: { id: 's', type: 'rollup', rollup: { ...answer, function: 'median' } },
    }));
    const rollup = { type: 'incomplete', incomplete: {}, function: 'median' };
    const object = { properties: { Sum: { id: 's', type: 'rollup', rollup } } };
    const told = await completeProperties(context, page, object);
    expect(told).toHaveLength(gaps);
    for (const gap of told) expect(gap).toMatchObject({ what: 'property Sum', id: 's' });
    expect(object.properties.Sum.rollup).toMatchObject({ ...kept, function: 'median' });
  });

  it('computes rollups and formulas again where the relation below them was cut', async () => {
    const context = fakeContext((request) => {
      const id = request.path.split('/').at(-1);
      if (id === 'f')
        return { object: 'property_item', type: 'formula', id: 'f', formula: { type: 'number', number: 90 } };
      if (id === 'n') {
        const rollup = { type: 'number', number: 90, function: 'count' };
        return { ...listOf([], request), property_item: { id: 'n', type: 'rollup', rollup } };
      }
      if (id === 's') {
        const rollup = { type: 'array', array: [], function: 'show_original' };
        const titles = items(
          'title',
          refs(40).map((ref) => ({ plain_text: String(ref.id) })),
        );
        return { ...listOf(titles, request), property_item: { id: 's', type: 'rollup', rollup } };
      }
      return listOf(items('relation', refs(90)), request);
    });
    const object: JsonObject = {
      properties: {
        Tasks: { id: 'r', type: 'relation', relation: refs(25), has_more: true },
        Count: { id: 'n', type: 'rollup', rollup: { type: 'number', number: 25, function: 'count' } },
        Names: {
          id: 's',
          type: 'rollup',
          rollup: { type: 'array', array: refs(25), function: 'show_original' },
        },
        Sum: { id: 'f', type: 'formula', formula: { type: 'number', number: 25 } },
      },
    };
    expect(await completeProperties(context, page, object)).toEqual([]);
    const properties = objectAt(object, 'properties');
    expect(objectAt(objectAt(properties, 'Count'), 'rollup')?.number).toBe(90);
    expect(objectAt(objectAt(properties, 'Sum'), 'formula')?.number).toBe(90);
    const names = arrayAt(objectAt(objectAt(properties, 'Names'), 'rollup'), 'array');
    expect(names).toHaveLength(40);
    // One item of a title stands in a list there, as in the page object.
    expect(names[0]).toEqual({ type: 'title', title: [{ plain_text: numberId(10) }] });
  });

  it('tells a value it cannot complete as a gap and completes the others', async () => {
    const context = fakeContext((request) => {
      if (request.path.endsWith('/a')) throw refusal(404, 'object_not_found', 'gone');
      return listOf(items('people', refs(40)), request);
    });
    const object = {
      properties: {
        A: { id: 'a', type: 'relation', relation: refs(25), has_more: true },
        B: { id: 'b', type: 'people', people: refs(25) },
      },
    };
    expect(await completeProperties(context, page, object)).toEqual([
      { what: 'property A', id: 'a', reason: '404 object_not_found: gone' },
    ]);
    expect(object.properties.B.people).toHaveLength(40);
  });

  it('asks for nothing when nothing can have been cut', async () => {
    const context = fakeContext(() => ({}));
    const title = { id: 'title', type: 'title', title: refs(3) };
    await completeProperties(context, page, {
      properties: { Name: title, N: { id: 'n', type: 'number', number: 1 } },
    });
    await completeProperties(context, page, {});
    expect(context.requests).toEqual([]);
  });
});
