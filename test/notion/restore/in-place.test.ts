/** Restores in place: a workspace that was changed, trashed and purged in parts is what it was again, ids included. */
import { describe, expect, it } from 'vitest';
import { silentMonitor } from '../../../src/monitor.ts';
import type { InPlaceOptions } from '../../../src/notion/restore/in-place.ts';
import { planInPlace, restoreInPlace } from '../../../src/notion/restore/in-place.ts';
import { readIdMap } from '../../../src/notion/restore/journal/restore-result.ts';
import { compareSnapshots } from '../../../src/operations/verify/compare.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { State } from '../../../src/simulator/workspace/state.ts';
import type { MemoryReader } from './snapshot-reader.ts';
import type { Workspace } from './workspace.ts';
import { sampleSnapshot, withWorkspace } from './workspace.ts';

function idOf(snapshot: MemoryReader, title: string): string {
  const found = snapshot.entries.find((entry) => entry.path.split('/').at(-1)?.startsWith(`${title}~`));
  const id = found?.type === 'directory' ? found.object?.id : undefined;
  if (id === undefined) throw new Error(`no ${title}`);
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function purge(state: State, id: string): void {
  const page = state.pages.get(id);
  const parent = state.pages.get(page?.parent.id ?? '');
  if (parent !== undefined) parent.children = parent.children.filter((child) => child !== id);
  state.pages.delete(id);
}

async function inPlace(workspace: Workspace, snapshot: MemoryReader, name: string): Promise<InPlaceOptions> {
  return {
    api: workspace.api,
    snapshot,
    present: await workspace.snapshot(),
    isPresentFull: true,
    workspace: 'w',
    pruneAdded: false,
    part: {},
    path: '/',
    journalFile: workspace.journal(name),
    markers: false,
    comments: true,
    monitor: silentMonitor,
  };
}

/** What differs from the original, ids of what was made again taken for the original's. */
async function differences(workspace: Workspace, original: MemoryReader, journalFile: string) {
  const ids = new Map<string, string>();
  for (const entry of original.entries)
    if (entry.type === 'directory' && entry.object !== undefined) ids.set(entry.object.id, entry.object.id);
  for (const { old, fresh } of readIdMap(journalFile)) ids.set(old, fresh);
  const { findings } = await compareSnapshots({ original, copy: await workspace.snapshot(), path: '/', ids });
  return findings.filter(
    ({ verdict, what }) => verdict !== 'exact' && verdict !== 'impossible' && what !== 'comment',
  );
}

describe('a restore in place', () => {
  it('changes nothing where nothing differs', async () => {
    const snapshot = await sampleSnapshot();
    await withWorkspace({ state: sampleWorkspace() }, async (workspace) => {
      const options = await inPlace(workspace, snapshot, 'same');
      const plan = await planInPlace(options);
      expect(plan.changes).toEqual([]);
      const from = workspace.simulator.log.length;
      const result = await restoreInPlace(options);
      expect(result.errors).toEqual([]);
      const writes = workspace
        .requests(from)
        .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/query'));
      expect(writes.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    });
  }, 120_000);

  it('brings back what was trashed, purged, changed, removed and added, and leaves new pages alone', async () => {
    await withWorkspace({ state: sampleWorkspace({ small: true }) }, async (workspace) => {
      const { state } = workspace.simulator;
      const snapshot = await workspace.snapshot();
      const [journal, monday, pictures, upper] = ['Journal', 'Monday', 'Pictures', 'Upper'].map((title) =>
        idOf(snapshot, title),
      );
      const write = (method: 'post' | 'patch' | 'delete', path: string, body = {}) =>
        workspace.api.request({ method, path, ...(method === 'delete' ? {} : { body }), effect: 'write' });
      const text = (content: string) => ({ rich_text: [{ text: { content } }] });

      const [first, second] = state.pages.get(monday ?? '')?.children ?? [];
      await write('patch', `blocks/${first}`, { paragraph: text('Changed.') });
      await write('delete', `blocks/${second}`);
      await write('patch', `blocks/${monday}/children`, { children: [{ paragraph: text('Added.') }] });
      await write('patch', `pages/${upper}`, {
        properties: { Count: { number: 99 }, Name: { title: [{ text: { content: 'Renamed' } }] } },
      });
      await write('patch', `pages/${pictures}`, { in_trash: true });
      const tuesday = state.pages.get(journal ?? '')?.children.at(-1) ?? '';
      purge(state, tuesday);
      await write('post', 'pages', {
        parent: { page_id: journal },
        properties: { title: [{ text: { content: 'New since' } }] },
      });

      const options = await inPlace(workspace, snapshot, 'changed');
      const plan = await planInPlace(options);
      expect(plan.counts).toMatchObject({ untrash: 1, create: 1 });
      const result = await restoreInPlace(options);
      expect(result.errors).toEqual([]);
      expect(result.complete).toBe(true);
      expect(workspace.requests().filter(({ status }) => status === 400)).toEqual([]);
      expect(state.pages.get(pictures ?? '')?.inTrash).toBe(false);
      const left = await differences(workspace, snapshot, options.journalFile);
      // Only the page made since is there in addition.
      expect(left.map(({ verdict, what, copy }) => [verdict, what, JSON.stringify(copy)])).toEqual([
        ['extra', 'block child_page', expect.stringContaining('New since')],
      ]);
      expect(state.pages.get(monday ?? '')?.children[0]).toBe(first);
    });
  }, 120_000);
});
