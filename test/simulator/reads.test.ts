import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/simulator/workspace/json.ts';
import {
  addBlock,
  addComment,
  addDatabase,
  addDataSource,
  addPage,
  addUser,
  addView,
  richText,
} from '../../src/simulator/workspace/state.ts';
import { arrayOf, everything, smallWorkspace, someTime, withSimulator } from './workspace.ts';

const workspace = { type: 'workspace', id: '' } as const;

describe('times', () => {
  it('are floored to the minute for pages, and exact for databases', () => {
    const { state, home, source } = smallWorkspace();
    return withSimulator({ state }, async (_, send) => {
      const page = await send('GET', `pages/${home.id}`);
      expect(page.body.last_edited_time).toBe('2026-05-20T08:30:00.000Z');
      const database = await send('GET', `databases/${source.databaseId}`);
      expect(database.body.last_edited_time).toBe('2026-05-20T08:30:12.345+00:00');
      const dataSource = await send('GET', `data_sources/${source.id}`);
      expect(dataSource.body.last_edited_time).toBe('2026-05-20T08:30:00.000Z');
    });
  });
});

describe('blocks', () => {
  it('that are unsupported cannot be listed, children or not', () => {
    const { state, home } = smallWorkspace();
    const odd = addBlock(state, {
      parent: { type: 'page_id', id: home.id },
      type: 'unsupported',
      payload: { block_type: 'ai_block' },
    });
    addBlock(state, { parent: { type: 'block_id', id: odd.id }, type: 'paragraph' });
    return withSimulator({ state }, async (_, send) => {
      expect((await send('GET', `blocks/${odd.id}`)).body.has_children).toBe(true);
      const reply = await send('GET', `blocks/${odd.id}/children`);
      expect(reply).toMatchObject({ status: 400, body: { code: 'validation_error' } });
      expect(reply.body.message).toBe('Block type ai_block is not supported via the API.');
    });
  });

  it('that copy a synced block list the original, or are missing with it', () => {
    const { state, home } = smallWorkspace();
    const elsewhere = addPage(state, { parent: workspace });
    const original = addBlock(state, { parent: { type: 'page_id', id: elsewhere.id }, type: 'synced_block' });
    const inside = addBlock(state, { parent: { type: 'block_id', id: original.id }, type: 'divider' });
    const copy = addBlock(state, {
      parent: { type: 'page_id', id: home.id },
      type: 'synced_block',
      payload: { synced_from: { type: 'block_id', block_id: original.id } },
    });
    return withSimulator({ state }, async ({ faults }, send) => {
      const path = `blocks/${copy.id}/children`;
      expect((await send('GET', path)).status).toBe(404);
      faults.rates.syncedCopy404 = 0;
      expect((await send('GET', path)).body.results).toEqual([]);
      state.shared.add(elsewhere.id);
      expect(arrayOf((await send('GET', path)).body.results).map(({ id }) => id)).toEqual([inside.id]);
      expect((await send('GET', `blocks/${copy.id}`)).body.has_children).toBe(true);
    });
  });

  it('read as meeting_notes now and as transcription before', () => {
    const { state, home } = smallWorkspace();
    const notes = addBlock(state, {
      parent: { type: 'page_id', id: home.id },
      type: 'meeting_notes',
      payload: { title: richText('Weekly'), status: 'notes_ready', children: {} },
    });
    return withSimulator({ state }, async (_, send) => {
      expect((await send('GET', `blocks/${notes.id}`)).body).toMatchObject({ type: 'meeting_notes' });
      const before = await send('GET', `blocks/${notes.id}`, undefined, { 'notion-version': '2025-09-03' });
      expect(before.body).toMatchObject({ type: 'transcription', archived: false, in_trash: false });
      const listed = await send('POST', 'blocks/meeting_notes/query', {});
      expect(arrayOf(listed.body.results).map(({ id }) => id)).toEqual([notes.id]);
    });
  });
});

describe('comments', () => {
  it('are listed for one object only, oldest first, open ones only', () => {
    const { state, home } = smallWorkspace();
    const block = addBlock(state, { parent: { type: 'page_id', id: home.id }, type: 'paragraph' });
    const onPage = { type: 'page_id', id: home.id } as const;
    addComment(state, { parent: onPage, richText: richText('later'), createdTime: someTime + 60_000 });
    addComment(state, { parent: onPage, richText: richText('earlier'), createdTime: someTime });
    addComment(state, { parent: onPage, richText: richText('settled'), isResolved: true });
    addComment(state, { parent: { type: 'block_id', id: block.id }, richText: richText('on the block') });
    return withSimulator({ state }, async (_, send) => {
      const texts = async (id: string) =>
        (await everything(send, 'GET', `comments?block_id=${id}`)).map((comment) =>
          arrayOf(comment.rich_text)
            .map((part) => part.plain_text)
            .join(''),
        );
      expect(await texts(home.id)).toEqual(['earlier', 'later']);
      expect(await texts(block.id)).toEqual(['on the block']);
      expect((await send('GET', 'comments')).status).toBe(400);
    });
  });

  it('need a capability of their own', () => {
    const { state, home } = smallWorkspace();
    return withSimulator({ state, capabilities: ['read_content'] }, async (_, send) => {
      expect((await send('GET', `comments?block_id=${home.id}`)).body.code).toBe('restricted_resource');
    });
  });
});

describe('users', () => {
  it('leave guests out of the list, and let them be looked up', () => {
    const { state } = smallWorkspace();
    const member = addUser(state, { name: 'Mia', email: 'mia@example.com' });
    const guest = addUser(state, { name: 'Gus', isGuest: true });
    const otherBot = addUser(state, { type: 'bot', name: 'Other' });
    return withSimulator({ state }, async (_, send) => {
      const users = await everything(send, 'GET', 'users?page_size=2');
      expect(users.map(({ id }) => id)).toEqual([state.botId, member.id, otherBot.id]);
      expect(users[2]).toMatchObject({ type: 'bot', bot: {} });
      expect((await send('GET', `users/${guest.id}`)).body).toMatchObject({ name: 'Gus', person: {} });
      const me = await send('GET', 'users/me');
      expect(me.body.bot).toMatchObject({ workspace_name: 'Simulated workspace', workspace_limits: {} });
      const unknown = await send('GET', `users/${state.workspaceId}`);
      expect(unknown.body.message).toContain('Could not find user with ID');
    });
  });
});

describe('templates and views', () => {
  it('list templates in a form of their own, outside the query', () => {
    const { state, source } = smallWorkspace();
    const template = addPage(state, {
      parent: { type: 'data_source_id', id: source.id },
      isTemplate: true,
      values: { title: richText('Blank task') },
    });
    source.templates = [{ id: template.id, isDefault: true }];
    return withSimulator({ state }, async (_, send) => {
      const { body } = await send('GET', `data_sources/${source.id}/templates`);
      expect(body).toMatchObject({
        templates: [{ id: template.id, name: 'Blank task', is_default: true }],
        has_more: false,
        next_cursor: null,
      });
      expect(Object.keys(body)).not.toContain('results');
      expect((await send('GET', `pages/${template.id}`)).status).toBe(200);
      expect(await everything(send, 'POST', `data_sources/${source.id}/query`)).toHaveLength(5);
    });
  });

  it('list views as references, and by data source also those of linked databases', () => {
    const { state, home, source } = smallWorkspace();
    const own = addView(state, {
      databaseId: source.databaseId,
      dataSourceId: source.id,
      type: 'table',
      name: 'All',
    });
    const link = addDatabase(state, {
      parent: { type: 'page_id', id: home.id },
      isLinked: true,
      dataSources: [source.id],
    });
    const linked = addView(state, {
      databaseId: link.id,
      dataSourceId: source.id,
      type: 'board',
      name: 'Board',
    });
    return withSimulator({ state }, async (_, send) => {
      const ids = async (query: string) =>
        (await everything(send, 'GET', `views?${query}`)).map(({ id }) => id);
      expect(await ids(`database_id=${source.databaseId}`)).toEqual([own.id]);
      expect(await ids(`data_source_id=${source.id}`)).toEqual([own.id, linked.id]);
      expect((await send('GET', 'views')).status).toBe(400);
      expect((await send('GET', `views/${linked.id}`)).body).toMatchObject({
        object: 'view',
        type: 'board',
        parent: { type: 'database_id', database_id: link.id },
      });
    });
  });

  it('keep the results of a view query for a quarter of an hour', () => {
    const { state, source } = smallWorkspace();
    const view = addView(state, {
      databaseId: source.databaseId,
      dataSourceId: source.id,
      type: 'table',
      name: 'Big ones',
      filter: { property: 'Points', number: { greater_than: 2 } },
      sorts: [{ property: 'Points', direction: 'descending' }],
    });
    return withSimulator({ state }, async ({ clock }, send) => {
      const made = await send('POST', `views/${view.id}/queries`, {});
      expect(made.body).toMatchObject({ object: 'view_query', total_count: 2, view_id: view.id });
      const path = `views/${view.id}/queries/${made.body.id}`;
      expect((await send('GET', path)).body.results).toEqual(made.body.results);
      clock.advance(15 * 60_000);
      expect((await send('GET', path)).status).toBe(404);
    });
  });
});

describe('what a connection may not know', () => {
  it('is left out: e-mail addresses, or all but the id', () => {
    const { state } = smallWorkspace();
    const mia = addUser(state, { name: 'Mia', email: 'mia@example.com' });
    const page = addPage(state, { parent: { type: 'workspace', id: '' } });
    state.shared.add(page.id);
    const mention = { type: 'mention', mention: { type: 'user', user: { object: 'user', id: mia.id } } };
    page.values = { title: [{ ...mention, plain_text: '@Mia', href: null }] };
    return withSimulator({ state, capabilities: ['read_content', 'read_users'] }, async (_, send) => {
      expect((await send('GET', `users/${mia.id}`)).body).toMatchObject({ name: 'Mia', person: {} });
    }).then(() =>
      withSimulator({ state, capabilities: ['read_content'] }, async (_, send) => {
        const title = await send('GET', `pages/${page.id}/properties/title`);
        expect(JSON.stringify(title.body)).toContain(mia.id);
        expect(JSON.stringify(title.body)).not.toContain('"Mia"');
      }),
    );
  });
});

describe('databases of more than one kind of row', () => {
  it('with several data sources are refused to versions that know only one', () => {
    const { state, source } = smallWorkspace();
    const second = addDataSource(state, { databaseId: source.databaseId });
    return withSimulator({ state }, async (_, send) => {
      const path = `databases/${source.databaseId}`;
      expect((await send('GET', path)).body.data_sources).toEqual([
        { id: source.id, name: 'Tasks' },
        { id: second.id, name: 'New database' },
      ]);
      const old = await send('GET', path, undefined, { 'notion-version': '2022-06-28' });
      expect(old.body).toMatchObject({
        code: 'validation_error',
        message: 'Databases with multiple data sources are not supported in this API version.',
        additional_data: {
          error_type: 'multiple_data_sources_for_database',
          child_data_source_ids: [source.id, second.id],
        },
      });
    });
  });

  it('that are wikis mix pages and data sources, and give either alone', () => {
    const { state, home, source, rows } = smallWorkspace();
    const wiki = addDatabase(state, { parent: { type: 'page_id', id: home.id }, isWiki: true });
    const wikiSource = addDataSource(state, { databaseId: wiki.id, rows: [source.id] });
    const page = addPage(state, { parent: { type: 'data_source_id', id: wikiSource.id } });
    return withSimulator({ state }, async (_, send) => {
      const kinds = async (body: JsonObject) =>
        (await everything(send, 'POST', `data_sources/${wikiSource.id}/query`, body))
          .map(({ id }) => id)
          .sort();
      expect(await kinds({})).toEqual([page.id, source.id].sort());
      expect(await kinds({ result_type: 'page' })).toEqual([page.id]);
      expect(await kinds({ result_type: 'data_source' })).toEqual([source.id]);
      expect(rows).toHaveLength(5);
    });
  });
});
