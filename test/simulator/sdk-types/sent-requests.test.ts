import { expect, test } from 'vitest';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { LoggedRequest } from '../../../src/simulator/server.ts';
import { sampleSnapshot } from '../../notion/restore/workspace.ts';
import { countShapes, judgedTypes, mismatches, unjudged } from './request-types.ts';
import { expectFitting, generated, restored } from './restored-requests.ts';

// Larger ones: test/torture/sent-requests.test.ts. One run of the compiler judges both.
test('everything that restores of the sample and of a generated workspace send fits the request types of the official SDK', async () => {
  const log = await restored(sampleWorkspace(), await sampleSnapshot());
  const more = await restored(generated(5, 0.25));
  expect(countShapes(log)).toBeGreaterThan(100);
  expect(countShapes(more)).toBeGreaterThan(40);
  expectFitting([...log, ...more], 100);
  expect(judgedTypes(log)).toEqual([
    'AppendBlockChildrenParameters',
    'CreateCommentParameters',
    'CreateDataSourceParameters',
    'CreateDatabaseParameters',
    'CreateFileUploadParameters',
    'CreatePageParameters',
    'CreateViewParameters',
    'UpdateBlockParameters',
    'UpdateDataSourceParameters',
    'UpdateDatabaseParameters',
    'UpdatePageParameters',
    'UpdateViewParameters',
  ]);
}, 300_000);

test('a write of a kind that no type judges is noticed', () => {
  const sent = (path: string): LoggedRequest => ({
    method: 'POST',
    path: `/v1/${path}`,
    query: '',
    status: 200,
    time: 0,
    ignoredRetryAfter: false,
    body: '{"a":1}',
  });
  expect(unjudged([sent('pages'), sent('search'), sent('oracles')])).toEqual(['POST /v1/oracles']);
});

test('a body that does not fit is noticed', () => {
  const sent = (body: object): LoggedRequest => ({
    method: 'PATCH',
    path: '/v1/blocks/x/children',
    query: '',
    status: 200,
    time: 0,
    ignoredRetryAfter: false,
    body: JSON.stringify(body),
  });
  const block = (more: object) => ({ type: 'paragraph', paragraph: { rich_text: [], ...more } });
  const found = mismatches([
    sent({ children: [block({})] }),
    sent({ children: [block({}), block({ icon: null })] }),
    sent({ children: [block({ colour: 'red' })] }),
  ]);
  expect(found.map(({ body }) => body.children)).toEqual([
    [block({ icon: null })],
    [block({ colour: 'red' })],
  ]);
});
