/** Restores of the sample or parts of it through the real client, held against the original by the comparator. */
import { describe, expect, it } from 'vitest';
import { silentMonitor } from '../../../src/monitor.ts';
import type { NotionApi } from '../../../src/notion/api/api.ts';
import { readIdMap, readNotes } from '../../../src/notion/restore/journal/restore-result.ts';
import { undoRestore } from '../../../src/notion/restore/undo.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import { isTrashed } from '../../../src/simulator/workspace/state.ts';
import type { MemoryReader } from './snapshot-reader.ts';
import { avoidable } from './unavoidable.ts';
import type { Workspace } from './workspace.ts';
import { sampleSnapshot, withWorkspace } from './workspace.ts';

function pathOf(snapshot: MemoryReader, title: string): string {
  const found = snapshot.entries.find(
    (entry) =>
      entry.type === 'directory' &&
      entry.object !== undefined &&
      entry.path.includes(`/${title}~`) &&
      entry.path.split('/').at(-1)?.startsWith(`${title}~`),
  );
  if (found === undefined) throw new Error(`no ${title}`);
  return found.path;
}

/** Names of the properties of a database of the simulator. */
function schemaNames({ simulator }: Workspace, id = ''): string[] {
  const sources = simulator.state.databases.get(id)?.dataSources ?? [];
  return sources.flatMap(
    (source) => simulator.state.dataSources.get(source)?.schema.map(({ name }) => name) ?? [],
  );
}

describe('a restore into Notion', () => {
  // The whole sample and a generated workspace, held against their plans: test/fidelity.
  it('puts files of more than 20 MiB up in parts', async () => {
    await withWorkspace({ state: sampleWorkspace({ small: true, large: true }) }, async (workspace) => {
      const snapshot = await workspace.snapshot();
      const result = await workspace.restore(snapshot, workspace.addTarget());
      expect(result.errors).toEqual([]);
      expect(result.bytesUploaded).toBeGreaterThan(20 * 1024 * 1024);
      expect(workspace.requests().filter(({ path }) => path.endsWith('/complete'))).toHaveLength(1);
      const comparison = await workspace.compare(snapshot, result.journalFile);
      expect(avoidable(comparison.findings)).toEqual([]);
    });
  });

  it('restores one page, one database or one row by its path', async () => {
    const snapshot = await sampleSnapshot();
    await withWorkspace({ state: sampleWorkspace() }, async (workspace) => {
      for (const [title, kind] of [
        ['Layouts', 'page'],
        ['Projects', 'database'],
        ['Water the plants by 2026-04-02', 'page'],
      ] as const) {
        const target = workspace.addTarget();
        const result = await workspace.restore(snapshot, target, { path: pathOf(snapshot, title) });
        expect(result.errors).toEqual([]);
        expect(result.roots.map((root) => root.kind)).toEqual([kind]);
        if (title === 'Projects') expect(schemaNames(workspace, result.roots[0]?.id)).toContain('Heavy');
      }
      expect(workspace.requests().filter(({ status }) => status === 400)).toEqual([]);
    });
  }, 120_000);

  it('restores a linked database by its path, as a linked view, and undoes it', async () => {
    const snapshot = await sampleSnapshot();
    const path = snapshot.entries.find(({ path: each }) =>
      /\/Linked databases~\w+\/Tasks~\w+$/.test(each),
    )?.path;
    if (path === undefined) throw new Error('no linked database');
    await withWorkspace({ state: sampleWorkspace() }, async (workspace) => {
      const target = workspace.addTarget();
      const result = await workspace.restore(snapshot, target, { path });
      expect(result.errors).toEqual([]);
      const { databases, pages } = workspace.simulator.state;
      expect(result.roots.map(({ kind }) => kind)).toEqual(['database']);
      expect(databases.get(result.roots[0]?.id ?? '')?.isLinked).toBe(true);
      expect(pages.get(target)?.children).toEqual([result.roots[0]?.id]);
      await undoRestore({ api: workspace.api, journalFile: result.journalFile, monitor: silentMonitor });
      expect(databases.get(result.roots[0]?.id ?? '')?.inTrash).toBe(true);
    });
  });

  it('leaves a sign where something is missing when markers are wanted', async () => {
    const snapshot = await sampleSnapshot();
    await withWorkspace({ state: sampleWorkspace() }, async (workspace) => {
      const target = workspace.addTarget();
      const result = await workspace.restore(snapshot, target, {
        markers: true,
        path: pathOf(snapshot, 'Home'),
      });
      expect(result.errors).toEqual([]);
      const texts = [...workspace.simulator.state.blocks.values()].map(({ payload }) =>
        JSON.stringify(payload),
      );
      expect(texts.some((text) => text.includes('Not restored') && text.includes('button'))).toBe(true);
      expect(texts.some((text) => text.includes('Not restored') && text.includes('TASK-'))).toBe(true);
      expect(workspace.requests().filter(({ status }) => status === 400)).toEqual([]);
    });
  }, 120_000);

  it('restores to the top of the workspace where the connection may', async () => {
    await withWorkspace({ state: sampleWorkspace({ small: true }) }, async (workspace) => {
      workspace.simulator.state.botOwner = 'user';
      const snapshot = await workspace.snapshot();
      // What a connection makes at the top it may see; the simulator shows it only what is shared.
      const { api: real, simulator } = workspace;
      const api: NotionApi = {
        clock: real.clock,
        requestsSpent: 0,
        sendFilePart: (id, part) => real.sendFilePart(id, part),
        request: async (request) => {
          const answer = await real.request(request);
          if (request.path === 'pages') simulator.state.shared.add(String(answer.id));
          return answer;
        },
      };
      const result = await workspace.restore(snapshot, 'top', { api, destination: { type: 'workspace' } });
      expect(result.errors).toEqual([]);
      const [root] = result.roots;
      expect(workspace.simulator.state.pages.get(root?.id ?? '')?.parent.type).toBe('workspace');
    });
  });

  it('restores below a page of the snapshot itself', async () => {
    await withWorkspace({ state: sampleWorkspace({ small: true }) }, async (workspace) => {
      const snapshot = await workspace.snapshot();
      const home = [...workspace.simulator.state.shared][0] ?? '';
      const result = await workspace.restore(snapshot, home);
      expect(result.errors).toEqual([]);
      const comparison = await workspace.compare(snapshot, result.journalFile);
      expect(avoidable(comparison.findings)).toEqual([]);
    });
  });

  it('says so when the destination cannot be written to', async () => {
    await withWorkspace({ state: sampleWorkspace({ small: true }) }, async (workspace) => {
      const snapshot = await workspace.snapshot();
      const nowhere = '11111111-1111-4111-8111-111111111111';
      await expect(workspace.restore(snapshot, nowhere)).rejects.toMatchObject({ code: 'not-found' });
      const trashed = workspace.addTarget();
      const page = workspace.simulator.state.pages.get(trashed);
      if (page !== undefined) page.inTrash = true;
      await expect(workspace.restore(snapshot, trashed)).rejects.toMatchObject({ code: 'usage' });
      await expect(
        workspace.restore(snapshot, workspace.addTarget(), { path: '/nothing' }),
      ).rejects.toMatchObject({ code: 'not-found' });
      expect(
        workspace.requests().every(({ method, path }) => method === 'GET' || !path.endsWith('/pages')),
      ).toBe(true);
    });
  });

  it('refuses the journal of another restore', async () => {
    await withWorkspace({ state: sampleWorkspace({ small: true }) }, async (workspace) => {
      const snapshot = await workspace.snapshot();
      const [one, other] = [workspace.addTarget(), workspace.addTarget()];
      await workspace.restore(snapshot, one);
      await expect(
        workspace.restore(snapshot, other, { journalFile: workspace.journal(one) }),
      ).rejects.toMatchObject({ code: 'usage' });
    });
  });

  it('does nothing more when it is repeated', async () => {
    await withWorkspace({ state: sampleWorkspace({ small: true }) }, async (workspace) => {
      const snapshot = await workspace.snapshot();
      const target = workspace.addTarget();
      const first = await workspace.restore(snapshot, target);
      const from = workspace.simulator.log.length;
      expect(await workspace.restore(snapshot, target)).toMatchObject({
        roots: first.roots,
        counts: first.counts,
        complete: true,
      });
      expect(workspace.requests(from)).toEqual([]);
    });
  });

  it('gives the ids of what it made, and notes with paths', async () => {
    await withWorkspace({ state: sampleWorkspace({ small: true }) }, async (workspace) => {
      const snapshot = await workspace.snapshot();
      const result = await workspace.restore(snapshot, workspace.addTarget());
      const ids = [...readIdMap(result.journalFile)];
      expect(ids.filter(({ kind }) => kind === 'page')).toHaveLength(9);
      for (const { fresh, kind } of ids)
        if (kind === 'page') expect(workspace.simulator.state.pages.has(fresh)).toBe(true);
      const notes = [...readNotes(result.journalFile)];
      expect(notes.length).toBe(result.approximated + result.lost);
      expect(notes.every(({ path }) => path.startsWith('/'))).toBe(true);
    });
  });
});

describe('undoing a restore', () => {
  it('trashes what it made and nothing else, however often it is asked', async () => {
    await withWorkspace({ state: sampleWorkspace({ small: true }) }, async (workspace) => {
      const { state } = workspace.simulator;
      const snapshot = await workspace.snapshot();
      const target = workspace.addTarget();
      const before = [...state.pages.values()].filter((page) => !isTrashed(state, page)).map(({ id }) => id);
      const result = await workspace.restore(snapshot, target);
      const undo = () =>
        undoRestore({ api: workspace.api, journalFile: result.journalFile, monitor: silentMonitor });
      expect(await undo()).toEqual({ trashed: 1, errors: [] });
      expect([...state.pages.values()].filter((page) => !isTrashed(state, page)).map(({ id }) => id)).toEqual(
        before,
      );
      expect(await undo()).toEqual({ trashed: 1, errors: [] });
    });
  });

  it('needs a journal', async () => {
    await withWorkspace({ state: sampleWorkspace({ small: true }) }, async (workspace) => {
      const undo = undoRestore({
        api: workspace.api,
        journalFile: workspace.journal('none'),
        monitor: silentMonitor,
      });
      await expect(undo).rejects.toMatchObject({ code: 'not-found' });
    });
  });
});
