import { expect, test } from 'vitest';
import { generateWorkspace } from '../../../src/simulator/sample/generated/generate.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { LoggedRequest } from '../../../src/simulator/server.ts';
import type { State } from '../../../src/simulator/workspace/state.ts';
import { withWorkspace } from '../../notion/restore/workspace.ts';
import { countShapes, judgedTypes, mismatches, unjudged } from './request-types.ts';

/** Requests a restore of everything in `state` sends. */
async function restored(state: State): Promise<readonly LoggedRequest[]> {
  let log: readonly LoggedRequest[] = [];
  await withWorkspace({ state, logsBodies: true }, async (workspace) => {
    const snapshot = await workspace.snapshot();
    const from = workspace.simulator.log.length;
    await workspace.restore(snapshot, workspace.addTarget());
    log = workspace.requests(from);
  });
  return log;
}

test('everything a restore of the sample sends fits the request types of the official SDK', async () => {
  const log = await restored(sampleWorkspace());
  expect(countShapes(log)).toBeGreaterThan(100);
  expect(mismatches(log)).toEqual([]);
  expect(unjudged(log)).toEqual([]);
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

test.each([5, 6])(
  'everything a restore of generated workspace %i sends fits them',
  async (seed) => {
    const log = await restored(
      generateWorkspace({
        seed,
        pages: 40,
        databases: 3,
        rowsPerDatabase: 10,
        containersPerPage: 8,
        comments: 10,
        media: 5,
      }),
    );
    expect(countShapes(log)).toBeGreaterThan(40);
    expect(mismatches(log)).toEqual([]);
    expect(unjudged(log)).toEqual([]);
  },
  300_000,
);

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
