import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../src/simulator/workspace/json.ts';
import { addDatabase, addDataSource, addPage, moveTo, purge } from '../../src/simulator/workspace/state.ts';
import { everything, smallWorkspace, withSimulator } from './workspace.ts';

const workspace = { type: 'workspace', id: '' } as const;

describe('what is not shared', () => {
  it('is missing, and so is all below it', () => {
    const { state, home } = smallWorkspace();
    const secret = addPage(state, { parent: workspace });
    const below = addPage(state, { parent: { type: 'page_id', id: secret.id } });
    const cut = addPage(state, { parent: { type: 'page_id', id: home.id } });
    state.hidden.add(cut.id);
    return withSimulator({ state }, async (_, send) => {
      for (const { id } of [secret, below, cut]) expect((await send('GET', `pages/${id}`)).status).toBe(404);
      const children = await everything(send, 'GET', `blocks/${home.id}/children`);
      expect(children.map(({ id }) => id)).not.toContain(cut.id);
    });
  });

  it('makes a linked database a 404 of its own kind', () => {
    const { state, home } = smallWorkspace();
    const far = addDatabase(state, { parent: workspace });
    const source = addDataSource(state, { databaseId: far.id });
    const link = addDatabase(state, {
      parent: { type: 'page_id', id: home.id },
      isLinked: true,
      dataSources: [source.id],
    });
    return withSimulator({ state }, async (_, send) => {
      const reply = await send('GET', `databases/${link.id}`);
      expect(reply.status).toBe(404);
      expect(reply.body.message).toBe(
        `Database with ID ${link.id} does not contain any data sources accessible by this API bot.`,
      );
      const block = await send('GET', `blocks/${link.id}`);
      expect(block.body).toMatchObject({
        type: 'child_database',
        child_database: { title: '' },
        has_children: false,
      });
      state.shared.add(far.id);
      expect((await send('GET', `databases/${link.id}`)).body.data_sources).toEqual([
        { id: source.id, name: 'New database' },
      ]);
      const found = await everything(send, 'POST', 'search', {
        filter: { property: 'object', value: 'data_source' },
      });
      expect(found.filter(({ id }) => id === source.id)).toHaveLength(1);
    });
  });

  it('makes relations to it read as empty', () => {
    const { state, source, rows } = smallWorkspace();
    const far = addDatabase(state, { parent: workspace });
    const farSource = addDataSource(state, { databaseId: far.id });
    const farRow = addPage(state, { parent: { type: 'data_source_id', id: farSource.id } });
    source.schema = [
      ...source.schema,
      {
        id: 'rel',
        name: 'Far',
        description: null,
        type: 'relation',
        config: { data_source_id: farSource.id, type: 'single_property', single_property: {} },
      },
    ];
    const row = rows[0];
    if (row === undefined) throw new Error('no row');
    row.values = { ...row.values, rel: [{ id: farRow.id }] };
    return withSimulator({ state }, async (_, send) => {
      const read = async () => propertyOf((await send('GET', `pages/${row.id}`)).body, 'Far').relation;
      expect(await read()).toEqual([]);
      state.shared.add(far.id);
      expect(await read()).toEqual([{ id: farRow.id }]);
    });
  });
});

describe('the trash', () => {
  it('takes the subtree along, hides rows from queries and search, and keeps them readable', () => {
    const { state, home, source, rows } = smallWorkspace();
    const row = rows[1];
    const child = home.children.map((id) => state.pages.get(id)).find((page) => page !== undefined);
    if (row === undefined || child === undefined) throw new Error('no row or child');
    const below = addPage(state, { parent: { type: 'page_id', id: child.id } });
    row.inTrash = true;
    child.inTrash = true;
    return withSimulator({ state }, async (_, send) => {
      expect((await send('GET', `pages/${row.id}`)).body).toMatchObject({
        in_trash: true,
        is_archived: false,
      });
      expect((await send('GET', `pages/${below.id}`)).body.in_trash).toBe(true);
      expect(await everything(send, 'POST', `data_sources/${source.id}/query`)).toHaveLength(4);
      const live = (await everything(send, 'POST', 'search')).map(({ id }) => id);
      expect(live).not.toContain(below.id);
      const dead = await everything(send, 'POST', 'search', { filter: { in_trash: true } });
      expect(dead.map(({ id }) => id).sort()).toEqual([row.id, child.id, below.id].sort());
    });
  });

  it('is another thing than the archive', () => {
    const { state, source, rows } = smallWorkspace();
    const row = rows[2];
    if (row === undefined) throw new Error('no row');
    row.isArchived = true;
    return withSimulator({ state }, async (_, send) => {
      const path = `data_sources/${source.id}/query`;
      expect(await everything(send, 'POST', path)).toHaveLength(4);
      const archived = await everything(send, 'POST', path, { is_archived: true });
      expect(archived.map(({ id }) => id)).toEqual([row.id]);
    });
  });

  it('is not what a moved or purged row went to', () => {
    const { state, home, source, rows } = smallWorkspace();
    const [moved, purged] = rows;
    if (moved === undefined || purged === undefined) throw new Error('no rows');
    moveTo(state, moved, { type: 'page_id', id: home.id });
    purge(state, purged);
    return withSimulator({ state }, async (_, send) => {
      expect(await everything(send, 'POST', `data_sources/${source.id}/query`)).toHaveLength(3);
      expect((await send('GET', `pages/${moved.id}`)).body.parent).toEqual({
        type: 'page_id',
        page_id: home.id,
      });
      expect((await send('GET', `pages/${purged.id}`)).status).toBe(404);
    });
  });
});

function propertyOf(page: JsonObject, name: string): JsonObject {
  const properties: Json | undefined = page.properties;
  const property = isJsonObject(properties) ? properties[name] : undefined;
  if (!isJsonObject(property)) throw new Error(`no property ${name}`);
  return property;
}
