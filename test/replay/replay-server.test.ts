import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/document/json.ts';
import { arrayAt, isObject, stringAt } from '../../src/document/json.ts';
import { notHeld, recordedObjects, recordedValues } from './recorded-objects.ts';
import { recordedWorkspaces, recordingsFolder } from './recording.ts';
import type { Replay, ReplayOptions } from './replay-server.ts';
import { startReplay } from './replay-server.ts';

const workspace = 'ultimate-notion-2026';
const known = '00000000-0000-4000-8000-000000000003';
const unknown = '38c9ce7b-60a4-81aa-8aaa-aaaaaaaaaaaa';

async function withReplay(
  name: string,
  options: ReplayOptions,
  use: (replay: Replay, ask: Ask) => Promise<void>,
): Promise<void> {
  const replay = await startReplay(name, options);
  try {
    await use(replay, asker(replay.url));
  } finally {
    await replay.close();
  }
}

type Ask = (method: string, path: string, body?: JsonObject) => Promise<{ status: number; body: JsonObject }>;

function asker(url: string): Ask {
  return async (method, path, body) => {
    const response = await fetch(`${url}/v1/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!isObject(answer)) throw new Error('no object');
    return { status: response.status, body: answer };
  };
}

test('the recordings are here, or this run says that replays were left out', ({ skip }) => {
  skip(recordingsFolder() === undefined, 'left out: ../shared/notion-recordings is missing');
  expect(recordedWorkspaces()).toContain(workspace);
});

describe.skipIf(recordingsFolder() === undefined)('replay server', () => {
  test('answers a recorded request whether its ids are dashed or not', async () => {
    await withReplay(workspace, {}, async (replay, ask) => {
      const dashed = await ask('GET', `blocks/${known}/children?page_size=100`);
      const undashed = await ask('GET', `blocks/${known.replaceAll('-', '')}/children`);
      expect(dashed.status).toBe(200);
      expect(arrayAt(dashed.body, 'results')).toHaveLength(12);
      expect(undashed.body).toEqual(dashed.body);
      expect(replay.requests.map((each) => each.status)).toEqual([200, 200]);
      expect(replay.holes).toEqual([]);
    });
  });

  test('takes an object that was never read by itself out of the answer that shows it', async () => {
    await withReplay(workspace, {}, async (_replay, ask) => {
      const page = await ask('GET', `pages/${known}`);
      expect(page.status).toBe(200);
      expect(page.body.id).toBe(known);
    });
  });

  test('answers what was never recorded with the 404 of the API, and lists it', async () => {
    await withReplay(workspace, {}, async (replay, ask) => {
      const hole = await ask('GET', `pages/${unknown}`);
      expect(hole.status).toBe(404);
      expect(hole.body).toMatchObject({ object: 'error', status: 404, code: 'object_not_found' });
      expect(stringAt(hole.body, 'message')).toContain(unknown);
      expect(replay.holes).toEqual([`GET /v1/pages/${unknown}`]);
      expect(replay.recorded).toEqual([]);
    });
  });

  test('follows recorded cursors and refuses others', async () => {
    await withReplay('devblog-2022api', {}, async (_replay, ask) => {
      const list = 'blocks/1efc60f1-f6d8-4c67-a9da-60d85120bf29/children';
      let cursor = '';
      let blocks = 0;
      do {
        const { body } = await ask('GET', `${list}?page_size=100${cursor && `&start_cursor=${cursor}`}`);
        blocks += arrayAt(body, 'results').length;
        cursor = stringAt(body, 'next_cursor') ?? '';
      } while (cursor !== '');
      expect(blocks).toBeGreaterThan(200);
      expect((await ask('GET', `${list}?start_cursor=${unknown}`)).status).toBe(404);
    });
  });

  test('answers a search with another sort only when told to be sortless', async () => {
    const search = {
      filter: { value: 'page', property: 'object' },
      sort: { timestamp: 'last_edited_time', direction: 'ascending' },
    };
    await withReplay(workspace, { strictness: 'exact' }, async (_replay, ask) => {
      expect((await ask('POST', 'search', search)).status).toBe(404);
      expect((await ask('POST', 'search', { filter: search.filter, page_size: 7 })).status).toBe(200);
    });
    await withReplay(workspace, { strictness: 'sortless' }, async (_replay, ask) => {
      const found = await ask('POST', 'search', search);
      expect(arrayAt(found.body, 'results')).toHaveLength(30);
      const filtered = { ...search, filter: { property: 'object', value: 'page', in_trash: true } };
      expect((await ask('POST', 'search', filtered)).status).toBe(404);
    });
  });

  test('answers property items whose ids are percent-encoded', async () => {
    await withReplay(workspace, {}, async (replay, ask) => {
      const line = propertyRequest(replay);
      expect((await ask('GET', line)).status).toBe(200);
      expect(recordedValues(replay.recorded)).toHaveLength(1);
    });
  });

  test('gives rows without recorded blocks an empty list only when asked to', async () => {
    await withReplay(workspace, { emptyRows: true }, async (replay, ask) => {
      const hole = replay.recording.partialRoots
        .flatMap(({ kind, holes }) => (kind === 'data_source' ? holes : []))
        .find((each) => each.startsWith('GET /v1/blocks/'));
      const path = hole?.slice('GET /v1/'.length) ?? '';
      const { status, body } = await ask('GET', path);
      expect([status, body.results, replay.recorded]).toEqual([200, [], []]);
      await withReplay(workspace, {}, async (_strict, strictly) => {
        expect((await strictly('GET', path)).status).toBe(404);
      });
    });
  });

  test.each(recordedWorkspaces())('every complete root of %s is served without a hole', async (name) => {
    await withReplay(name, {}, async (replay, ask) => {
      for (const { id, kind } of replay.recording.completeRoots) {
        if (kind === 'page') await descend(ask, id);
      }
      expect(replay.holes).toEqual([]);
      expect(recordedObjects(replay.recorded).size).toBeGreaterThan(30);
    });
  });

  test('what was served is held by itself, and not by a document that lost a block', async () => {
    await withReplay('devblog-2022api', {}, async (replay, ask) => {
      const first = replay.recording.completeRoots[0];
      await ask('GET', `pages/${first?.id}`);
      await descend(ask, first?.id ?? '');
      const documents = replay.recorded.map(({ body }) => body);
      expect(notHeld(documents, replay.recorded)).toEqual([]);
      const [list] = documents.filter((body) => arrayAt(body, 'results').length > 1);
      const poorer = documents.map((body) =>
        body === list ? { ...body, results: arrayAt(body, 'results').slice(1) } : body,
      );
      expect(notHeld(poorer, replay.recorded)).toEqual([expect.stringContaining('not in any document')]);
    });
  });
});

async function descend(ask: Ask, id: string): Promise<void> {
  const { body } = await ask('GET', `blocks/${id}/children`);
  for (const block of arrayAt(body, 'results')) {
    const isPage = isObject(block) && (block.type === 'child_page' || block.type === 'child_database');
    if (isObject(block) && block.has_children === true && !isPage) await descend(ask, String(block.id));
  }
}

function propertyRequest(replay: Replay): string {
  const [line] = replay.recording.questions().filter((each) => each.includes('/properties/%'));
  return (line ?? '').replace('GET /v1/', '');
}
