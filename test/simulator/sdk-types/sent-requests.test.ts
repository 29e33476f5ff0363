import { expect, test } from 'vitest';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { LoggedRequest } from '../../../src/simulator/server.ts';
import { judgedTypes, mismatches, unjudged } from './request-types.ts';
import { expectFitting, generated, restored } from './restored-requests.ts';

test('everything a restore of the sample sends fits the request types of the official SDK', async () => {
  const log = await restored(sampleWorkspace());
  expectFitting(log, 100);
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

// Larger ones: test/torture/sent-requests.test.ts.
test('everything a restore of a generated workspace sends fits them', async () => {
  expectFitting(await restored(generated(5, 0.25)), 40);
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
  expect(mismatches([sent({ children: [block({})] })])).toEqual([]);
  expect(mismatches([sent({ children: [block({}), block({ icon: null })] })])).toHaveLength(1);
  expect(mismatches([sent({ children: [block({ colour: 'red' })] })])).toHaveLength(1);
});
