/** Parts of answers that are short, contradict themselves or lack what names them: told as gaps, never taken for nothing. */

import { describe, expect, it } from 'vitest';
import type { PreviousSnapshot } from '../../../../src/document/content.ts';
import type { Gap } from '../../../../src/document/documents.ts';
import type { JsonObject } from '../../../../src/document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../../src/document/json.ts';
import type { ApiRequest } from '../../../../src/notion/api/api.ts';
import { completeProperties } from '../../../../src/notion/crawl/read/complete-properties.ts';
import { ObjectFiles } from '../../../../src/notion/crawl/read/object-files.ts';
import { readBlocks } from '../../../../src/notion/crawl/read/read-blocks.ts';
import { readTemplates } from '../../../../src/notion/crawl/read/read-templates.ts';
import { readViews } from '../../../../src/notion/crawl/read/read-views.ts';
import { readWorkspace, writeWorkspace } from '../../../../src/notion/crawl/read/read-workspace.ts';
import { fakeContext, listOf, numberId, refusal } from '../fake-context.ts';
import type { MemorySink } from '../memory-snapshot.ts';

const page = numberId(1);

function block(n: number, more: JsonObject = {}): JsonObject {
  return { object: 'block', id: numberId(n), type: 'toggle', has_children: false, toggle: {}, ...more };
}

/** Reads the blocks of `page`, whose lists and blocks `answer` gives. */
function blocksOf(answer: (request: ApiRequest) => JsonObject) {
  const context = fakeContext(answer);
  return readBlocks(context, page, new ObjectFiles(context, page));
}

describe('a list of blocks', () => {
  it('that breaks off keeps what came, at the top and below a block, and tells of the rest', async () => {
    const toggles = Array.from({ length: 130 }, (_, index) => block(index + 10));
    const inside = Array.from({ length: 130 }, (_, index) => block(index + 1_000));
    const parent = numberId(10);
    const reading = await blocksOf((request) => {
      if (request.query?.start_cursor !== undefined) throw refusal(500, 'internal_server_error');
      if (request.path.includes('000000000001/')) {
        return listOf([block(10, { has_children: true }), ...toggles.slice(1)], request);
      }
      return listOf(inside, request);
    });
    expect(reading.blocks).toHaveLength(100);
    expect(reading.blocks[0]?.children).toHaveLength(100);
    expect(reading.gaps.map(({ what, id }) => [what, id])).toEqual([
      ['blocks', parent],
      ['blocks', page],
    ]);
    expect(reading.failure).toBeDefined();
  });

  it('that is empty below a block with children is asked for again, and then is unknown', async () => {
    const full = block(10, { has_children: true });
    const always = await blocksOf((request) => {
      if (request.path.includes('000000000001/')) return listOf([full], request);
      return request.path.endsWith('/children') ? listOf([], request) : full;
    });
    expect(always.gaps).toMatchObject([
      { what: 'blocks', id: numberId(10), reason: /has children, and lists none/ },
    ]);
    expect(always.blocks[0]).not.toHaveProperty('children');
    let lists = 0;
    const once = await blocksOf((request) => {
      if (request.path.includes('000000000001/')) return listOf([full], request);
      lists += 1;
      return listOf(lists === 1 ? [] : [block(11)], request);
    });
    expect([once.gaps, once.blocks[0]?.children?.length]).toEqual([[], 1]);
    const emptied = await blocksOf((request) => {
      if (request.path.includes('000000000001/')) return listOf([full], request);
      return request.path.endsWith('/children') ? listOf([], request) : block(10);
    });
    expect([emptied.gaps, emptied.blocks[0]?.has_children]).toEqual([[], false]);
  });

  it('with an item without an id, a type or its content is not whole', async () => {
    const { toggle: _, ...bare } = block(12);
    const reading = await blocksOf((request) => {
      if (!request.path.endsWith('/children')) throw refusal(404, 'object_not_found');
      return listOf([{ object: 'block' }, { object: 'block', id: numberId(11) }, bare, block(13)], request);
    });
    expect(reading.blocks).toHaveLength(4);
    expect(reading.gaps.map(({ what, id }) => [what, id])).toEqual([
      ['blocks', page],
      ['block', numberId(11)],
      ['block', numberId(12)],
    ]);
  });
});

describe('a value of a page', () => {
  const read = async (value: JsonObject | null, answer: (request: ApiRequest) => JsonObject) => {
    const object: JsonObject = { properties: { P: value } };
    const gaps = await completeProperties(fakeContext(answer), page, object);
    return { gaps: gaps.map(({ what }) => what), value: objectAt(objectAt(object, 'properties'), 'P') };
  };
  const item = (type: string, value: JsonObject) => ({
    object: 'property_item',
    id: 'p',
    type,
    [type]: value,
  });

  it('that came without what its type promises is asked for, and else a gap', async () => {
    const number = await read({ id: 'p', type: 'number' }, () => ({ ...item('number', {}), number: 7 }));
    expect(number).toEqual({ gaps: [], value: { id: 'p', type: 'number', number: 7 } });
    const text = await read({ id: 'p', type: 'rich_text' }, (request) =>
      listOf([item('rich_text', { plain_text: 'all' })], request),
    );
    expect(text).toMatchObject({ gaps: [], value: { rich_text: [{ plain_text: 'all' }] } });
    for (const value of [{ id: 'p', type: 'number' }, { id: 'p', type: 'rich_text' }, { id: 'p' }, null])
      expect((await read(value, () => ({}))).gaps).toEqual(['property P']);
  });

  it('that says that it has more items than its list gives is a gap', async () => {
    const relation = Array.from({ length: 25 }, (_, index) => ({ id: numberId(index) }));
    const value = { id: 'p', type: 'relation', relation, has_more: true };
    const same = await read(value, (request) =>
      listOf(
        relation.map((each) => item('relation', each)),
        request,
      ),
    );
    expect(same.gaps).toEqual(['property P']);
    const odd = await read(value, (request) =>
      listOf(
        [...relation, ...relation].map(() => ({ id: 'p' })),
        request,
      ),
    );
    expect(odd.gaps).toEqual(['property P']);
  });
});

describe('an item that lacks its id', () => {
  it('is a gap among views and templates', async () => {
    const context = fakeContext((request) =>
      request.path === 'views'
        ? listOf([{ object: 'view' }], request)
        : { templates: [{ name: 'Meeting' }], has_more: false, next_cursor: null },
    );
    const gaps: Gap[] = [];
    await readViews(context, page, false, gaps);
    await readTemplates(context, { id: page }, gaps);
    expect(gaps.map(({ what, reason }) => `${what}: ${reason}`)).toEqual([
      'views: a view came without its id',
      'templates: a template came without its id',
    ]);
  });
});

describe('one database', () => {
  it('whose views or templates are refused says nothing of others, unless the server has no such endpoint', async () => {
    for (const code of ['validation_error', 'invalid_request_url']) {
      const context = fakeContext(() => {
        throw refusal(400, code);
      });
      const gaps: Gap[] = [];
      await readViews(context, page, false, gaps);
      await readTemplates(context, { id: page }, gaps);
      const isUnknown = code === 'invalid_request_url';
      expect([gaps.length, context.refused.has('views'), context.refused.has('templates')]).toEqual(
        isUnknown ? [0, true, true] : [2, false, false],
      );
    }
  });
});

describe('people and emoji', () => {
  it('of whom only an id came are asked for, and whoever cannot be read is a gap', async () => {
    const [ada, bob, eve] = [numberId(0xa), numberId(0xb), numberId(0xe)];
    const context = fakeContext((request) => {
      if (request.path === 'users/me') return { object: 'user', id: numberId(2), type: 'bot', bot: {} };
      if (request.path === 'users')
        return listOf(
          [ada, bob, eve].map((id) => ({ object: 'user', id })),
          request,
        );
      if (request.path === 'custom_emojis') return listOf([{ id: numberId(5), name: 'party' }], request);
      if (request.path.endsWith('0000a')) return { object: 'user', id: ada, type: 'person', name: 'Ada' };
      if (request.path.endsWith('0000b')) return { object: 'user', id: bob };
      throw refusal(404, 'object_not_found');
    });
    const reading = await readWorkspace(context);
    const [entry] = await writeWorkspace(context, reading, '2026-01-01T00:00:00.000Z');
    const sink = context.options.sink as MemorySink;
    const document: unknown = entry === undefined ? null : JSON.parse(sink.text(entry.content));
    expect(arrayAt(document, 'users').map((user) => stringAt(user, 'name'))).toEqual(['Ada']);
    expect(arrayAt(document, 'gaps').filter(isObject)).toMatchObject([
      { what: 'user', id: bob, reason: /only the id of the user came/ },
      { what: 'custom_emoji', id: numberId(5) },
    ]);
    expect(context.state.errors.count()).toBe(2);
    expect(context.state.progress.unknownPeople).toEqual([eve]);
  });

  it('whom Notion does not know are counted on while pages that are taken over may name them', async () => {
    const [eve, bob] = [numberId(0xe), numberId(0xb)];
    const previous: PreviousSnapshot = {
      id: 'a'.repeat(64),
      time: '2026-01-01T00:00:00.000Z',
      manifest: { unknown_people: [bob, eve] },
      object: () => undefined,
      objects: () => [],
    };
    const answer = (request: ApiRequest): JsonObject =>
      request.path === 'users/me'
        ? { object: 'user', id: numberId(2), type: 'bot', bot: {} }
        : listOf(
            request.path === 'users' ? [{ object: 'user', id: bob, type: 'person', name: 'Bob' }] : [],
            request,
          );
    const context = fakeContext(answer, { previous });
    await writeWorkspace(context, await readWorkspace(context), '2026-01-01T00:00:00.000Z');
    expect(context.state.progress.unknownPeople).toEqual([eve]);
    expect(context.requests).toHaveLength(3);
  });
});
