import { describe, expect, it } from 'vitest';
import { change, creation, database, names, refusal, row } from './database-desk.ts';
import { at, listAt, openDesk, textAt } from './desk.ts';

const nobody = '3f2b1c4d-0000-4000-8000-000000000000';

describe('relations', () => {
  it('made dual have a mirror named after where they come from', async () => {
    const desk = openDesk();
    const target = await database(desk, {}, 'Targets');
    const { source } = await database(
      desk,
      { R: { relation: { data_source_id: target.source, dual_property: {} } } },
      'Sources',
    );
    const config = at(await desk.get(`data_sources/${source}`), 'properties', 'R', 'relation');
    const mirror = at(
      await desk.get(`data_sources/${target.source}`),
      'properties',
      'Related to Sources (R)',
    );
    expect(at(config, 'dual_property', 'synced_property_name')).toBe('Related to Sources (R)');
    expect(at(config, 'dual_property', 'synced_property_id')).toBe(at(mirror, 'id'));
    expect(at(mirror, 'relation', 'data_source_id')).toBe(source);
  });

  it('write both sides', async () => {
    const desk = openDesk();
    const target = await database(desk, {}, 'T');
    const { source } = await database(
      desk,
      { R: { relation: { data_source_id: target.source, dual_property: {} } } },
      'S',
    );
    const there = textAt(await row(desk, target.source, {}), 'id');
    const here = textAt(await row(desk, source, { R: { relation: [{ id: there }], has_more: false } }), 'id');
    const mirrored = async () =>
      listAt(await desk.get(`pages/${there}`), 'properties', 'Related to S (R)', 'relation');
    expect(await mirrored()).toEqual([{ id: here }]);
    await desk.patch(`pages/${here}`, { properties: { R: { relation: [] } } });
    expect(await mirrored()).toEqual([]);
    await desk.patch(`pages/${there}`, { properties: { 'Related to S (R)': { relation: [{ id: here }] } } });
    expect(at(await desk.get(`pages/${here}`), 'properties', 'R', 'relation')).toEqual([{ id: there }]);
  });

  it('to the data source itself put the mirror beside them', async () => {
    const desk = openDesk();
    const { source } = await database(desk, {}, 'Tasks');
    const changed = await change(desk, source, {
      Parent: { relation: { data_source_id: source, dual_property: {} } },
    });
    expect(names(changed)).toEqual(['Name', 'Parent', 'Related to Tasks (Parent)']);
  });

  it('that become dual show their values on the other side, and stay there alone when that ends', async () => {
    const desk = openDesk();
    const target = await database(desk, {}, 'T');
    const { source } = await database(
      desk,
      { R: { relation: { data_source_id: target.source, single_property: {} } } },
      'S',
    );
    const there = textAt(await row(desk, target.source, {}), 'id');
    const here = textAt(await row(desk, source, { R: { relation: [{ id: there }] } }), 'id');
    await change(desk, source, { R: { relation: { data_source_id: target.source, dual_property: {} } } });
    expect(at(await desk.get(`pages/${there}`), 'properties', 'Related to S (R)', 'relation')).toEqual([
      { id: here },
    ]);
    await change(desk, source, { R: null });
    expect(
      at(
        await desk.get(`data_sources/${target.source}`),
        'properties',
        'Related to S (R)',
        'relation',
        'type',
      ),
    ).toBe('single_property');
  });

  it('are refused to data sources out of reach, and with a mirror’s name of one’s own', async () => {
    const desk = openDesk();
    const { source } = await database(desk, {});
    const reply = await desk.ask('PATCH', `data_sources/${source}`, {
      properties: { R: { relation: { data_source_id: nobody, single_property: {} } } },
    });
    expect(reply.status).toBe(404);
    const named = { data_source_id: source, dual_property: { synced_property_name: 'Mine' } };
    expect(await refusal(desk, source, { R: { relation: named } })).toContain(
      'synced_property_name should be not present',
    );
    expect(await refusal(desk, source, { R: { relation: { data_source_id: source } } })).toContain(
      'single_property should be defined',
    );
  });
});

describe('formulas and rollups', () => {
  it('keep formulas by property id and show them as tokens', async () => {
    const desk = openDesk();
    const { source } = await database(desk, {
      Price: { number: {} },
      F: { formula: { expression: 'prop("Price") * 2 + length(prop("Name"))' } },
    });
    const shown = await desk.get(`data_sources/${source}`);
    const id = textAt(shown, 'properties', 'Price', 'id');
    const token = (key: string) => `{{notion:block_property:${key}:${source}:${desk.state.workspaceId}}}`;
    expect(at(shown, 'properties', 'F', 'formula', 'expression')).toBe(
      `${token(id)} * 2 + length(${token('title')})`,
    );
  });

  it.each([
    ['prop("Nothing")', 'Undefined property'],
    ['prop("F")', 'cannot refer to itself'],
    ['(1 + 2', 'Invalid syntax'],
    ['"open', 'Invalid syntax'],
    ['prop(Name)', 'prop takes the name'],
    ['{{notion:block_property:title:a:b}}', 'Invalid syntax'],
  ])('refuse the formula %s', async (expression, message) => {
    const reply = await creation({ Name: { title: {} }, F: { formula: { expression } } });
    expect(reply.status).toBe(400);
    expect(reply.message).toContain(message);
  });

  it('take brackets and quotes inside texts', async () => {
    const reply = await creation({
      Name: { title: {} },
      F: { formula: { expression: 'prop("Name") + ") it\'s (" + \'"\'' } },
    });
    expect(reply.status).toBe(200);
  });

  it('roll up what a relation of the same request leads to, by name or id', async () => {
    const desk = openDesk();
    const target = await database(desk, { Price: { number: {} } });
    const { source } = await database(desk, {
      R: { relation: { data_source_id: target.source, single_property: {} } },
      Sum: { rollup: { function: 'sum', relation_property_name: 'R', rollup_property_name: 'Price' } },
    });
    const there = textAt(await row(desk, target.source, { Price: { number: 5 } }), 'id');
    const here = await row(desk, source, { R: { relation: [{ id: there }] } });
    expect(at(here, 'properties', 'Sum', 'rollup', 'number')).toBe(5);
    await change(desk, target.source, { Price: { name: 'Cost' } });
    expect(
      at(await desk.get(`data_sources/${source}`), 'properties', 'Sum', 'rollup', 'rollup_property_name'),
    ).toBe('Cost');
  });

  it.each([
    [
      { function: 'sum', relation_property_name: 'Nope', rollup_property_name: 'Name' },
      'does not exist or is not a relation',
    ],
    [
      { function: 'sum', relation_property_name: 'R', rollup_property_name: 'Nope' },
      'does not exist in the related',
    ],
    [{ function: 'sum', relation_property_name: 'R', rollup_property_name: 'Name' }, 'cannot be used on'],
    [
      { function: 'conjure', relation_property_name: 'R', rollup_property_name: 'Name' },
      'function should be',
    ],
    [{ function: 'count', relation_property_name: 'R' }, 'rollup_property_name should be defined'],
  ])('refuse the rollup %j', async (rollup, message) => {
    const desk = openDesk();
    const { source } = await database(desk, {});
    await change(desk, source, { R: { relation: { data_source_id: source, single_property: {} } } });
    expect(await refusal(desk, source, { X: { rollup } })).toContain(message);
  });
});
