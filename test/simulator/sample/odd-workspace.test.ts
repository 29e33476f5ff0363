import { describe, expect, it } from 'vitest';
import { appOptionNames } from '../../../src/simulator/sample/odd/app-options.ts';
import { oddPropertyIds } from '../../../src/simulator/sample/odd/odd-property-ids.ts';
import { oddWorkspace } from '../../../src/simulator/sample/odd/odd-workspace.ts';
import { objectAt } from '../../../src/simulator/workspace/json.ts';
import { arrayOf, everything, withSimulator } from '../workspace.ts';

describe('the odd workspace', () => {
  it('is the same at every call', () => {
    expect(JSON.stringify([...oddWorkspace().state.pages.values()])).toBe(
      JSON.stringify([...oddWorkspace().state.pages.values()]),
    );
  });

  it('has a branch in the trash, in which what lies below comes back with the top, but for what was trashed before', () => {
    const { state, trashed } = oddWorkspace();
    return withSimulator({ state }, async (_, send) => {
      const inTrash = async () => ({
        top: (await send('GET', `pages/${trashed.top.id}`)).body.in_trash,
        bottom: (await send('GET', `pages/${trashed.bottom.id}`)).body.in_trash,
        block: (await send('GET', `blocks/${trashed.bottomBlock.id}`)).body.in_trash,
        row: (await send('GET', `pages/${trashed.row.id}`)).body.in_trash,
        database: (await send('GET', `databases/${trashed.source.databaseId}`)).body.in_trash,
        before: (await send('GET', `pages/${trashed.trashedBefore.id}`)).body.in_trash,
      });
      const all = { top: true, bottom: true, block: true, row: true, database: true, before: true };
      expect(await inTrash()).toEqual(all);
      const refused = await send('PATCH', `pages/${trashed.bottom.id}`, { in_trash: false });
      expect(refused).toMatchObject({ status: 400, body: { code: 'validation_error' } });
      expect((await send('PATCH', `pages/${trashed.top.id}`, { in_trash: false })).status).toBe(200);
      expect(await inTrash()).toEqual({
        top: false,
        bottom: false,
        block: false,
        row: false,
        database: false,
        before: true,
      });
      expect(await everything(send, 'GET', `blocks/${trashed.bottom.id}/children`)).toHaveLength(1);
    });
  });

  it('has a wiki with pages and a data source as rows', () => {
    const { state, wiki } = oddWorkspace();
    return withSimulator({ state }, async (_, send) => {
      const rows = await everything(send, 'POST', `data_sources/${wiki.dataSources[0]}/query`);
      expect(rows.map(({ object }) => object).sort()).toEqual(['data_source', 'page', 'page']);
    });
  });

  it('has options that differ only by commas and case, which the API tells apart when read and not when written', () => {
    const { state, appOptions } = oddWorkspace();
    return withSimulator({ state }, async (_, send) => {
      const rows = await everything(send, 'POST', `data_sources/${appOptions.id}/query`);
      const names = rows.map(
        (row) => objectAt(objectAt(objectAt(row, 'properties'), 'Colour'), 'select').name,
      );
      expect(names.sort()).toEqual([...appOptionNames].sort());
      const write = (name: string) =>
        send('PATCH', `pages/${rows[0]?.id}`, { properties: { Colour: { select: { name } } } });
      expect((await write('Blue, grey')).status).toBe(400);
      expect((await write('Red, green')).body.message).toContain('commas not allowed');
      const written = (await write('red GREEN')).body;
      expect(objectAt(objectAt(objectAt(written, 'properties'), 'Colour'), 'select').name).toBe('Red green');
    });
  });

  it('has property ids that a URL must encode, at which long values are read whole', () => {
    const { state, propertyIds } = oddWorkspace();
    return withSimulator({ state }, async (_, send) => {
      const { body } = await send('GET', `pages/${propertyIds.row.id}`);
      const relation = objectAt(objectAt(body, 'properties'), 'Related');
      expect(relation).toMatchObject({ id: 'a%2Fb%5C', has_more: true });
      expect(arrayOf(relation.relation)).toHaveLength(25);
      const path = `pages/${propertyIds.row.id}/properties/${String(relation.id)}`;
      expect(await everything(send, 'GET', path)).toHaveLength(30);
      const ids = Object.values(objectAt(body, 'properties')).map((value) => objectAt({ value }, 'value').id);
      expect(ids).toEqual(['title', ...oddPropertyIds.map(encodeURIComponent)]);
    });
  });

  it('has a thread under other names than its author’s', () => {
    const { state, home } = oddWorkspace();
    return withSimulator({ state }, async (_, send) => {
      const comments = await everything(send, 'GET', `comments?block_id=${home.id}`);
      expect(comments.map((comment) => objectAt(comment, 'display_name'))).toEqual([
        { type: 'custom', resolved_name: 'Grace Hopper' },
        { type: 'custom', resolved_name: 'Ada Lovelace (1843)' },
      ]);
      expect(new Set(comments.map((comment) => objectAt(comment, 'created_by').id))).toEqual(
        new Set([state.botId]),
      );
    });
  });
});
