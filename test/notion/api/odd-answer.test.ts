import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../src/document/json.ts';
import type { ApiObjectKind } from '../../../src/notion/api/odd-answer.ts';
import { oddAnswer, oddObject } from '../../../src/notion/api/odd-answer.ts';
import { recordingsFolder } from '../../replay/recording.ts';

const id = '00000000000000000000000000000001';

describe('an odd answer', () => {
  it.each<[ApiObjectKind, JsonObject, JsonObject]>([
    ['page', { properties: { Name: {} } }, { properties: {} }],
    ['data_source', { properties: {} }, { title: [] }],
    ['database', { data_sources: [] }, { title: [] }],
    ['view', { type: 'table' }, { name: 'Table' }],
    ['comment', { rich_text: [] }, { discussion_id: id }],
    [
      'block',
      { type: 'image', has_children: false, image: { type: 'external', external: {} } },
      { type: 'image', has_children: false, image: { caption: [] } },
    ],
    ['block', { type: 'apparition', has_children: false, apparition: {} }, { type: 'divider', divider: {} }],
    [
      'block',
      { type: 'divider', has_children: false, divider: {} },
      { type: 'divider', has_children: false },
    ],
  ])('is a %s without what all of its kind have', (kind, whole, short) => {
    expect(oddObject(kind, { object: kind, id, ...whole })).toBeUndefined();
    expect(oddObject(kind, { object: kind, id, ...short })).toMatch(/came without its/);
    expect(oddObject(kind, { object: kind, id, request_id: 'r' })).toMatch(/only the id/);
    expect(oddObject(kind, { object: 'error', id, ...whole })).toMatch(/it is not a/);
  });

  it('is another object than the one asked for, but not one under the other form of its id', () => {
    const user = { object: 'user', id: '00000000-0000-0000-0000-000000000001', type: 'bot', bot: {} };
    expect(oddAnswer(`users/${id}`, user)).toBeUndefined();
    expect(oddAnswer('users/me', user)).toBeUndefined();
    expect(oddAnswer('users/00000000000000000000000000000002', user)).toMatch(/another user/);
  });

  it.skipIf(recordingsFolder() === undefined)('is none that the real API was ever seen to give', () => {
    const folder = recordingsFolder() ?? '';
    const odd: string[] = [];
    let looked = 0;
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.json') || /INDEX|REPLAY/.test(file)) continue;
      const exchange: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      const response = objectAt(exchange, 'response');
      const body = objectAt(response, 'body');
      if (!isObject(exchange) || exchange.live !== true || response?.status !== 200 || body === undefined)
        continue;
      const request = objectAt(exchange, 'request');
      const path = stringAt(request, 'path')?.replace(/^\/v1\//, '') ?? '';
      const alone = request?.method === 'GET' ? oddAnswer(path, body) : undefined;
      // Lists of views name them only, and so do the results of a view's query.
      const items = /^views/.test(path) ? [] : arrayAt(body, 'results').filter(isObject);
      const listed = items.flatMap((item) => oddOf(item) ?? []);
      for (const reason of [...(alone === undefined ? [] : [alone]), ...listed])
        odd.push(`${file}: ${reason}`);
      looked += 1;
    }
    expect(odd).toEqual([]);
    expect(looked).toBeGreaterThan(1_000);
  });
});

function oddOf(item: JsonObject): string | undefined {
  const kind = item.object;
  const known: readonly ApiObjectKind[] = ['page', 'block', 'database', 'data_source', 'comment', 'user'];
  const same = known.find((each) => each === kind);
  return same === undefined ? undefined : oddObject(same, item);
}
