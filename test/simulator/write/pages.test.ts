import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/simulator/workspace/json.ts';
import { objectAt } from '../../../src/simulator/workspace/json.ts';
import { addBlock, addPage } from '../../../src/simulator/workspace/state.ts';
import { setWriteRules } from '../../../src/simulator/write/rules.ts';
import { database, row } from './database-desk.ts';
import type { Desk } from './desk.ts';
import { at, listAt, openDesk, paragraph, textAt, words } from './desk.ts';

const nobody = '3f2b1c4d-0000-4000-8000-000000000000';

async function refused(desk: Desk, path: string, body: Json, method = 'POST'): Promise<string> {
  const reply = await desk.ask(method, path, body);
  expect(reply.status).toBe(400);
  return reply.message;
}

async function child(desk: Desk, title: string, more: JsonObject = {}): Promise<JsonObject> {
  return desk.post('pages', {
    parent: { page_id: desk.page.id },
    properties: { title: words(title) },
    ...more,
  });
}

describe('creating a page', () => {
  it('makes a child page with content, icon and cover', async () => {
    const desk = openDesk();
    const page = await child(desk, 'Hello', {
      icon: { type: 'emoji', emoji: '🐍' },
      cover: { external: { url: 'https://example.com/c.png' } },
      children: [paragraph('inside')],
    });
    expect(at(page, 'parent')).toEqual({ type: 'page_id', page_id: desk.page.id });
    expect(at(page, 'icon')).toEqual({ type: 'emoji', emoji: '🐍' });
    expect(at(page, 'cover', 'type')).toBe('external');
    expect(at(page, 'properties', 'title', 'title', 0, 'plain_text')).toBe('Hello');
    const content = await desk.get(`blocks/${textAt(page, 'id')}/children`);
    expect(at(content, 'results', 0, 'paragraph', 'rich_text', 0, 'plain_text')).toBe('inside');
  });

  it('moves the time of the parent page', async () => {
    const desk = openDesk();
    desk.clock.advance(600_000);
    await child(desk, 'x');
    expect(desk.page.editedTime).toBe(desk.clock.now());
  });

  it('takes an empty list of children and no title', async () => {
    const desk = openDesk();
    const page = await desk.post('pages', {
      parent: { page_id: desk.page.id },
      properties: {},
      children: [],
    });
    expect(at(page, 'properties', 'title', 'title')).toEqual([]);
  });

  it('refuses any property but the title under a page', async () => {
    const desk = openDesk();
    const properties = { title: words('x'), Price: { number: 1 } };
    expect(await refused(desk, 'pages', { parent: { page_id: desk.page.id }, properties })).toContain(
      'Price should be not present',
    );
  });

  it('refuses parents that are blocks, databases or nothing', async () => {
    const desk = openDesk();
    for (const parent of [{ block_id: nobody }, { database_id: nobody }, {}]) {
      expect(await refused(desk, 'pages', { parent, properties: {} })).toContain(
        'body.parent.page_id should be defined',
      );
    }
    expect(await refused(desk, 'pages', { properties: {} })).toContain('body.parent should be defined');
  });

  it('refuses ids whose version digit no UUID has', async () => {
    const parent = { page_id: '12345678-1234-0234-9234-123456789abc' };
    expect(await refused(openDesk(), 'pages', { parent, properties: {} })).toBe(
      'body failed validation: body.parent.page_id should be a valid uuid, instead was `"12345678-1234-0234-9234-123456789abc"`.',
    );
  });

  it('refuses two parents at once', async () => {
    const desk = openDesk();
    const parent = { page_id: desk.page.id, data_source_id: nobody };
    expect(await refused(desk, 'pages', { parent, properties: {} })).toContain(
      'body.parent.data_source_id should be not present',
    );
  });

  it('answers 404 for a parent that is missing or hidden', async () => {
    const desk = openDesk();
    const reply = await desk.ask('POST', 'pages', { parent: { page_id: nobody }, properties: {} });
    expect(reply.status).toBe(404);
    expect(reply.message).toBe(
      `Could not find page with ID: ${nobody}. Make sure the relevant pages and databases are shared with your integration "Kloset bot".`,
    );
  });

  it('refuses the top of the workspace to an internal connection, and takes it from others', async () => {
    const desk = openDesk();
    const body = { parent: { workspace: true }, properties: { title: words('top') } };
    await refused(desk, 'pages', body);
    desk.state.botOwner = 'user';
    expect(at((await desk.ask('POST', 'pages', body)).body, 'parent')).toEqual({
      type: 'workspace',
      workspace: true,
    });
  });

  it('refuses a parent in the trash', async () => {
    const desk = openDesk();
    const page = await child(desk, 'x');
    await desk.patch(`pages/${textAt(page, 'id')}`, { in_trash: true });
    expect(
      await refused(desk, 'pages', { parent: { page_id: textAt(page, 'id') }, properties: {} }),
    ).toContain("Can't edit block that is archived");
  });

  it.each(['content', 'archived', 'url', 'id', 'in_trash'])('refuses the field %s', async (name) => {
    const desk = openDesk();
    const body = { parent: { page_id: desk.page.id }, properties: {}, [name]: 'x' };
    expect(await refused(desk, 'pages', body)).toContain(`body.${name} should be not present`);
  });

  it('takes Markdown in place of blocks, its first heading as the title under a page', async () => {
    const desk = openDesk();
    const markdown = '# Hello\n\nSome **bold** [link](https://example.com).\n- [x] done\n```js\nlet a;\n```';
    const page = await desk.post('pages', { parent: { page_id: desk.page.id }, markdown });
    expect(at(page, 'properties', 'title', 'title', 0, 'plain_text')).toBe('Hello');
    const blocks = listAt(await desk.get(`blocks/${textAt(page, 'id')}/children`), 'results');
    expect(blocks.map((block) => at(block, 'type'))).toEqual(['paragraph', 'to_do', 'code']);
    expect(at(blocks[0], 'paragraph', 'rich_text', 1, 'annotations', 'bold')).toBe(true);
    expect(at(blocks[0], 'paragraph', 'rich_text', 3, 'href')).toBe('https://example.com');
    const body = { parent: { page_id: desk.page.id }, markdown, children: [paragraph('x')] };
    expect(await refused(desk, 'pages', body)).toContain('body.markdown should be not present');
  });

  it('begins with the default template of a data source, or with the template named', async () => {
    const desk = openDesk();
    const { source } = await database(desk, {});
    const parent = { type: 'data_source_id', id: source } as const;
    const template = addPage(desk.state, { parent, isTemplate: true, icon: { type: 'emoji', emoji: '🐍' } });
    addBlock(desk.state, { parent: { type: 'page_id', id: template.id }, type: 'divider' });
    const record = desk.state.dataSources.get(source);
    if (record !== undefined) record.templates = [{ id: template.id, isDefault: true }];
    for (const given of [{ type: 'default' }, { type: 'template_id', template_id: template.id }]) {
      const row = await desk.post('pages', { parent: { data_source_id: source }, template: given });
      expect(at(row, 'icon', 'emoji')).toBe('🐍');
      const content = await desk.get(`blocks/${textAt(row, 'id')}/children`);
      expect(at(content, 'results', 0, 'type')).toBe('divider');
    }
    const both = { parent: { data_source_id: source }, template: { type: 'default' }, children: [] };
    expect(await refused(desk, 'pages', both)).toContain('body.template should be not present');
  });

  it('answers with the properties asked for', async () => {
    const desk = openDesk();
    const { source } = await database(desk, { Number: { number: {} } });
    const body = { parent: { data_source_id: source }, properties: { Number: { number: 1 } } };
    const made = await desk.post('pages?filter_properties=Number', body);
    expect(Object.keys(objectAt(made, 'properties'))).toEqual(['Number']);
    const path = `pages/${textAt(made, 'id')}`;
    const changed = await desk.patch(`${path}?filter_properties=title`, { is_locked: true });
    expect(Object.keys(objectAt(changed, 'properties'))).toEqual(['Name']);
    expect(await refused(desk, 'pages?filter_properties=Nope', body)).toContain('Nope');
  });

  it('puts the page where `position` says', async () => {
    const desk = openDesk();
    const first = await child(desk, 'a');
    await child(desk, 'c');
    await child(desk, 'b', { position: { type: 'after_block', after_block: { id: textAt(first, 'id') } } });
    await child(desk, '0', { position: { type: 'page_start' } });
    await child(desk, 'd', { position: { type: 'page_end' } });
    const all = await desk.get(`blocks/${desk.page.id}/children`);
    expect(
      listAt(all, 'results')
        .map((item) => at(item, 'child_page', 'title'))
        .join(''),
    ).toBe('0abcd');
    expect(
      await refused(desk, 'pages', {
        parent: { page_id: desk.page.id },
        properties: {},
        position: { type: 'start' },
      }),
    ).toContain('position.type');
  });

  it('leaves no trace when it is refused', async () => {
    const desk = openDesk();
    const before = desk.state.pages.size;
    const children = [paragraph('x'), { paragraph: { rich_text: [{ mention: { user: { id: nobody } } }] } }];
    await refused(desk, 'pages', { parent: { page_id: desk.page.id }, properties: {}, children });
    expect(desk.state.pages.size).toBe(before);
    expect(desk.state.blocks.size).toBe(0);
  });

  it('is a 403 where the free plan takes no more blocks, while edits go on', async () => {
    const desk = openDesk();
    setWriteRules(desk.state, { blockLimitReached: true });
    const reply = await desk.ask('POST', 'pages', { parent: { page_id: desk.page.id }, properties: {} });
    expect([reply.status, reply.body.code]).toEqual([403, 'restricted_resource']);
    expect(
      (await desk.ask('PATCH', `pages/${desk.page.id}`, { properties: { title: words('x') } })).status,
    ).toBe(200);
  });
});

describe('changing a page', () => {
  it('locks, archives, trashes and takes out of the trash', async () => {
    const desk = openDesk();
    const path = `pages/${textAt(await child(desk, 'x'), 'id')}`;
    expect(at(await desk.patch(path, { is_locked: true }), 'is_locked')).toBe(true);
    expect(at(await desk.patch(path, { properties: { title: words('y') } }), 'is_locked')).toBe(true);
    expect(at(await desk.patch(path, { is_archived: true }), 'is_archived')).toBe(true);
    expect(at(await desk.patch(path, { in_trash: true }), 'in_trash')).toBe(true);
    expect(await refused(desk, path, { properties: { title: words('z') } }, 'PATCH')).toContain('archived');
    expect(at(await desk.patch(path, { in_trash: false }), 'in_trash')).toBe(false);
  });

  it('marks the page as edited by the connection', async () => {
    const desk = openDesk();
    desk.clock.advance(120_000);
    await desk.patch(`pages/${desk.page.id}`, { properties: { title: words('y') } });
    expect([desk.page.editedTime, desk.page.editedBy]).toEqual([desk.clock.now(), desk.state.botId]);
  });

  it('erases the content for good', async () => {
    const desk = openDesk();
    const page = await child(desk, 'x', { children: [paragraph('a')] });
    await desk.patch(`pages/${textAt(page, 'id')}`, { erase_content: true });
    expect(listAt(await desk.get(`blocks/${textAt(page, 'id')}/children`), 'results')).toEqual([]);
  });

  it('names unknown properties as recorded, whatever their values', async () => {
    const desk = openDesk();
    expect(await refused(desk, `pages/${desk.page.id}`, { properties: { created_time: 'x' } }, 'PATCH')).toBe(
      "Couldn't find editable properties for these identifiers: created_time",
    );
  });

  it('does not move it within its parent', async () => {
    const desk = openDesk();
    const position = { type: 'page_start' };
    expect(await refused(desk, `pages/${desk.page.id}`, { position }, 'PATCH')).toBe(
      'body failed validation: body.position should be not present, instead was `{"type":"page_start"}`.',
    );
  });

  it('keeps its blocks while it is in the trash', async () => {
    const desk = openDesk();
    const page = textAt(await child(desk, 'x', { children: [paragraph('a'), paragraph('b')] }), 'id');
    const before = listAt(await desk.get(`blocks/${page}/children`), 'results');
    await desk.patch(`pages/${page}`, { in_trash: true });
    await desk.patch(`pages/${page}`, { in_trash: false });
    expect(listAt(await desk.get(`blocks/${page}/children`), 'results')).toEqual(before);
    expect(before).toHaveLength(2);
  });

  it('shows every flag of the trash, the archive and the lock, in old versions `archived` too', async () => {
    const desk = openDesk();
    const page = await desk.get(`pages/${desk.page.id}`);
    expect(page).toMatchObject({ in_trash: false, is_archived: false, is_locked: false });
    expect(page).not.toHaveProperty('archived');
    const { body } = await desk.ask('GET', `pages/${desk.page.id}`, undefined, { version: '2022-06-28' });
    expect(body).toMatchObject({ in_trash: false, is_archived: false, is_locked: false, archived: false });
  });

  it.each(['archived', 'parent', 'created_time', 'public_url', 'children'])(
    'refuses the field %s',
    async (name) => {
      const desk = openDesk();
      expect(await refused(desk, `pages/${desk.page.id}`, { [name]: true }, 'PATCH')).toContain(
        `body.${name} should be not present`,
      );
    },
  );
});

describe('moving a page', () => {
  it('puts it under another page, at the end', async () => {
    const desk = openDesk();
    const target = textAt(await child(desk, 'target'), 'id');
    const moving = textAt(await child(desk, 'moving'), 'id');
    const moved = await desk.post(`pages/${moving}/move`, { parent: { page_id: target } });
    expect(at(moved, 'parent', 'page_id')).toBe(target);
    expect(at(await desk.get(`blocks/${target}/children`), 'results', 0, 'id')).toBe(moving);
  });

  it('makes a row of it, with the first status of To-do, as recorded', async () => {
    const desk = openDesk();
    const database = await desk.post('databases', {
      parent: { page_id: desk.page.id },
      initial_data_source: {
        properties: {
          Title: { title: {} },
          Status: { status: { options: [{ name: 'To do' }, { name: 'Done' }] } },
          ID: { unique_id: {} },
        },
      },
    });
    const moving = textAt(await child(desk, 'moving'), 'id');
    const moved = await desk.post(`pages/${moving}/move`, {
      parent: { data_source_id: textAt(database, 'data_sources', 0, 'id') },
    });
    expect(at(moved, 'properties', 'Title', 'title', 0, 'plain_text')).toBe('moving');
    expect(at(moved, 'properties', 'Status', 'status', 'name')).toBe('To do');
    expect(at(moved, 'properties', 'ID', 'unique_id', 'number')).toBe(1);
  });

  it('refuses to put it below itself, into a block, or to the top', async () => {
    const desk = openDesk();
    const outer = textAt(await child(desk, 'outer'), 'id');
    const inner = textAt(await desk.post('pages', { parent: { page_id: outer }, properties: {} }), 'id');
    expect(await refused(desk, `pages/${outer}/move`, { parent: { page_id: inner } })).toContain('below it');
    expect(await refused(desk, `pages/${outer}/move`, { parent: { block_id: inner } })).toContain(
      'page_id should be defined',
    );
    expect(await refused(desk, `pages/${outer}/move`, { parent: { workspace: true } })).toContain(
      'page_id should be defined',
    );
  });
});

describe('writes that go wrong', () => {
  it('conflict when two under one parent overlap in time', async () => {
    const desk = openDesk();
    const body = { parent: { page_id: desk.page.id }, properties: {} };
    const statuses: number[] = [];
    const outer = await desk.ask('POST', 'pages', body, {
      meanwhile: async () => {
        statuses.push((await desk.ask('POST', 'pages', body)).status);
        statuses.push(
          (await desk.ask('PATCH', `blocks/${desk.page.id}/children`, { children: [paragraph('x')] })).status,
        );
      },
    });
    expect([outer.status, ...statuses]).toEqual([200, 409, 409]);
    expect((await desk.ask('POST', 'pages', body)).status).toBe(200);
  });

  it('merge when they change one page at once, a trash request among them', async () => {
    const desk = openDesk();
    const { source } = await database(desk, { A: { number: {} }, B: { number: {} } });
    const path = `pages/${textAt(await row(desk, source, {}), 'id')}`;
    const statuses: number[] = [];
    const outer = await desk.ask(
      'PATCH',
      path,
      { properties: { A: { number: 1 } } },
      {
        meanwhile: async () => {
          statuses.push((await desk.ask('PATCH', path, { properties: { B: { number: 2 } } })).status);
        },
      },
    );
    const trashed = await desk.ask('PATCH', path, { in_trash: true });
    expect([outer.status, ...statuses, trashed.status]).toEqual([200, 200, 200]);
    expect(at(await desk.get(path), 'properties', 'A', 'number')).toBe(1);
    expect(at(await desk.get(path), 'properties', 'B', 'number')).toBe(2);
  });

  it('may have been carried out though the answer is a 503, which can name what was made', async () => {
    const desk = openDesk({ unavailableAfterCommit: 1, namesCommitted: 1 });
    const reply = await desk.ask('PATCH', `blocks/${desk.page.id}/children`, {
      children: [paragraph('a'), paragraph('b')],
    });
    expect(reply.status).toBe(503);
    expect(at(reply.body, 'additional_data', 'committed_resource_id')).toBe(desk.page.id);
    expect(listAt(reply.body, 'additional_data', 'committed_child_ids')).toEqual([...desk.page.children]);
    expect(desk.page.children).toHaveLength(2);
  });
});
