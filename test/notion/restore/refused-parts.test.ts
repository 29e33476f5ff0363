/** Parts of databases, views and comments that Notion refuses: the others are written, and each loss is told with its reason. */
import { expect, it } from 'vitest';
import { KlosetError } from '../../../src/errors.ts';
import type { ApiRequest, NotionApi } from '../../../src/notion/api/api.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { Workspace } from './workspace.ts';
import { sampleSnapshot, withWorkspace } from './workspace.ts';

type Predicate = (request: ApiRequest, body: string) => boolean;

/** The API of `inner`, which refuses the writes that fit. */
function refusing(inner: NotionApi, isRefused: Predicate): NotionApi {
  return {
    clock: inner.clock,
    get requestsSpent() {
      return inner.requestsSpent;
    },
    sendFilePart: (id, part) => inner.sendFilePart(id, part),
    request: async (request) => {
      if (request.effect === 'write' && isRefused(request, JSON.stringify(request.body ?? null)))
        throw refusal('Notion refused the request: 400 something in it is not allowed.');
      return await inner.request(request);
    },
  };
}

function refusal(message: string): KlosetError {
  const cause = { type: 'api-failure', status: 400, code: 'validation_error', message, additionalData: null };
  return new KlosetError('internal', message, { cause });
}

/** Restores the database of this title, or the page, while `isRefused` is refused; gives what is missing, and the copy. */
async function restoreRefused(workspace: Workspace, title: string, isRefused: Predicate) {
  const snapshot = await sampleSnapshot();
  const path = snapshot.entries.find(
    (entry) => entry.type === 'directory' && new RegExp(`^/Home~\\w+/${title}~\\w+$`).test(entry.path),
  )?.path;
  if (path === undefined) throw new Error(`no ${title}`);
  const target = workspace.addTarget();
  const api = refusing(workspace.api, isRefused);
  const result = await workspace.restore(snapshot, target, { path, api });
  const { databases, dataSources, views, pages, comments } = workspace.simulator.state;
  const database = databases.get(result.roots[0]?.id ?? '');
  const sources = (database?.dataSources ?? []).map((id) => dataSources.get(id));
  return { result, database, sources, views, pages, comments };
}

it('creates a database though its icon is refused, with its properties, rows and views', async () => {
  await withWorkspace({ state: sampleWorkspace() }, async (workspace) => {
    const whole = await restoreRefused(workspace, 'Tasks', () => false);
    expect(whole.result.refused).toEqual([]);
    const { result, database, sources } = await restoreRefused(
      workspace,
      'Tasks',
      ({ path, body }) => path.startsWith('databases') && body?.icon !== undefined,
    );
    expect(result.errors).toEqual([]);
    expect(result.refused.map(({ kind }) => kind)).toEqual([expect.stringMatching(/^icon /)]);
    expect(result.refused[0]?.reason).toMatch(/^Notion refused it: 400 something in it is not allowed\./);
    expect(database?.icon).toBeNull();
    expect(database?.views).toHaveLength(whole.database?.views.length ?? -1);
    const names = (found: typeof sources) =>
      found.map((source) => source?.schema.map(({ name }) => name).sort());
    expect(names(sources)).toEqual(names(whole.sources));
    const rows = (found: typeof sources) => found.map((source) => source?.rows.length);
    expect(rows(sources)).toEqual(rows(whole.sources));
  });
});

it('creates a data source without the one property that is refused, and its rows without values of it', async () => {
  await withWorkspace({ state: sampleWorkspace() }, async (workspace) => {
    for (const [type, kind] of [
      ['place', 'property place'],
      ['formula', 'property formula'],
      ['relation', 'property relation'],
    ] as const) {
      const whole = await restoreRefused(workspace, 'Tasks', () => false);
      const { result, sources } = await restoreRefused(
        workspace,
        'Tasks',
        ({ path }, body) => /^(databases|data_sources)/.test(path) && body.includes(`"type":"${type}"`),
      );
      expect(result.errors).toEqual([]);
      expect(new Set(result.refused.map((note) => note.kind))).toEqual(new Set([kind]));
      const names = (found: typeof sources) =>
        found.flatMap((source) => source?.schema.map((property) => property.type) ?? []);
      const lost = new Set(type === 'relation' ? ['relation', 'rollup', 'formula'] : [type]);
      expect(
        names(sources)
          .filter((each) => !lost.has(each))
          .sort(),
      ).toEqual(
        names(whole.sources)
          .filter((each) => !lost.has(each))
          .sort(),
      );
      expect(sources.map((source) => source?.rows.length)).toEqual(
        whole.sources.map((source) => source?.rows.length),
      );
    }
    // No row is sent with a value of a property that is known to be missing.
    expect(workspace.requests().filter(({ path, status }) => path === '/v1/pages' && status === 400)).toEqual(
      [],
    );
  });
}, 60_000);

it('creates a view without the one setting that is refused, and the views after one that is refused', async () => {
  await withWorkspace({ state: sampleWorkspace() }, async (workspace) => {
    const whole = await restoreRefused(workspace, 'Tasks', () => false);
    const filter = await restoreRefused(
      workspace,
      'Tasks',
      ({ path, body }) => path.startsWith('views') && body?.filter !== undefined,
    );
    expect(filter.result.errors).toEqual([]);
    expect(filter.database?.views).toHaveLength(whole.database?.views.length ?? -1);
    const board = await restoreRefused(
      workspace,
      'Tasks',
      ({ path, body }) => path.startsWith('views') && body?.type === 'board',
    );
    expect(board.result.errors).toEqual([]);
    expect(board.result.refused.map(({ kind }) => kind)).toEqual(['view board']);
    const types = (found: typeof whole) =>
      (found.database?.views ?? []).map((id) => found.views.get(id)?.type);
    expect(types(board)).toEqual(types(whole).filter((type) => type !== 'board'));
  });
}, 60_000);

it('writes the other comments of a page when one is refused', async () => {
  await withWorkspace({ state: sampleWorkspace() }, async (workspace) => {
    const count = async (isRefused: Predicate) => {
      const before = workspace.simulator.state.comments.size;
      const { result } = await restoreRefused(workspace, 'Discussions', isRefused);
      return { result, written: workspace.simulator.state.comments.size - before };
    };
    const whole = await count(() => false);
    expect(whole.written).toBeGreaterThan(1);
    let asked = 0;
    const { result, written } = await count(({ path }) => {
      if (path === 'comments') asked += 1;
      return path === 'comments' && asked === 1;
    });
    expect(result.errors).toEqual([]);
    expect(result.refused.map(({ kind }) => kind)).toEqual([expect.stringMatching(/^comment on a /)]);
    expect(written).toBe(whole.written - 1);
  });
}, 60_000);
