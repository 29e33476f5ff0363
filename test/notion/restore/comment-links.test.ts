/** Blocks that link to comments: they lead to the copy, whatever happens on the way there. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/document/json.ts';
import { isObject } from '../../../src/document/json.ts';
import { KlosetError } from '../../../src/errors.ts';
import { silentMonitor } from '../../../src/monitor.ts';
import type { ApiRequest, FilePart, NotionApi } from '../../../src/notion/api/api.ts';
import { restoreInPlace } from '../../../src/notion/restore/in-place.ts';
import { readIdMap, readNotes } from '../../../src/notion/restore/journal/restore-result.ts';
import { planRestore } from '../../../src/notion/restore/plan/dry-run.ts';
import type { State } from '../../../src/simulator/workspace/state.ts';
import { addBlock, addComment, addPage, createState } from '../../../src/simulator/workspace/state.ts';
import { Killed } from './cut-api.ts';
import { run } from './known-target.ts';
import type { MemoryReader } from './snapshot-reader.ts';
import type { Workspace } from './workspace.ts';
import { withWorkspace } from './workspace.ts';

/** A page with two links, one inside a toggle, to the comment of a page that comes after it. */
function linkedState(): { readonly state: State; readonly comment: string } {
  const state = createState();
  const top = { type: 'workspace', id: '' } as const;
  const home = addPage(state, { parent: top, values: { title: [run('Home')] } });
  const below = { type: 'page_id', id: home.id } as const;
  state.shared.add(home.id);
  const links = addPage(state, { parent: below, values: { title: [run('Links')] }, isLocked: true });
  const talk = addPage(state, { parent: below, values: { title: [run('Talk')] } });
  const comment = addComment(state, { parent: { type: 'page_id', id: talk.id }, richText: [run('Hello')] });
  const payload = { type: 'comment_id', comment_id: comment.id };
  const onPage = { type: 'page_id', id: links.id } as const;
  addBlock(state, { parent: onPage, type: 'link_to_page', payload: { ...payload } });
  const toggle = addBlock(state, {
    parent: onPage,
    type: 'toggle',
    payload: { rich_text: [run('Open')], color: 'default' },
  });
  const inToggle = { type: 'block_id', id: toggle.id } as const;
  addBlock(state, { parent: inToggle, type: 'link_to_page', payload: { ...payload } });
  return { state, comment: comment.id };
}

/** The comments that the links a restore made lead to. */
function targets({ simulator }: Workspace, journalFile: string): (string | undefined)[] {
  const fresh = [...readIdMap(journalFile)].filter(({ kind }) => kind === 'block').map((pair) => pair.fresh);
  return fresh.flatMap((id) => {
    const block = simulator.state.blocks.get(id);
    return block?.type === 'link_to_page' ? [String(block.payload.comment_id)] : [];
  });
}

function copyOf(journalFile: string, comment: string): string {
  const old = comment.replaceAll('-', '');
  return [...readIdMap(journalFile)].find((pair) => pair.old === old)?.fresh ?? 'no copy';
}

function isLink({ method, body }: ApiRequest): boolean {
  return method === 'patch' && isObject(body?.link_to_page);
}

/** The API with a say in each request before and after it is sent. */
class WatchedApi implements NotionApi {
  readonly #api: NotionApi;
  readonly sent: ApiRequest[] = [];
  readonly #after: (request: ApiRequest) => void;
  readonly #before: (request: ApiRequest) => void;

  constructor(
    api: NotionApi,
    { after = () => {}, before = () => {} }: { after?: typeof noting; before?: typeof noting } = {},
  ) {
    this.#api = api;
    this.#after = after;
    this.#before = before;
  }

  get requestsSpent(): number {
    return this.#api.requestsSpent;
  }

  get clock() {
    return this.#api.clock;
  }

  async request(request: ApiRequest): Promise<JsonObject> {
    this.#before(request);
    this.sent.push(request);
    const answer = await this.#api.request(request);
    this.#after(request);
    return answer;
  }

  sendFilePart(id: string, part: FilePart): Promise<JsonObject> {
    return this.#api.sendFilePart(id, part);
  }
}

const noting = (_request: ApiRequest): void => {};

function pathOf(snapshot: MemoryReader, title: string): string {
  return snapshot.entries.find(({ path }) => path.split('/').at(-1)?.startsWith(`${title}~`))?.path ?? '';
}

function reasons(journalFile: string): string[] {
  return [...readNotes(journalFile)]
    .filter(({ kind }) => kind === 'block link_to_page')
    .map(({ outcome, reason }) => `${outcome}: ${reason}`);
}

describe('a block that links to a comment', () => {
  it('leads to the copy of the comment, with one request each, before its page is locked', async () => {
    const { state, comment } = linkedState();
    await withWorkspace({ state }, async (workspace) => {
      const snapshot = await workspace.snapshot();
      const target = workspace.addTarget();
      const plan = await planRestore({ snapshot, path: '/', destination: { type: 'page', id: target } });
      const api = new WatchedApi(workspace.api);
      const { journalFile, errors } = await workspace.restore(snapshot, target, { api });
      expect(errors).toEqual([]);
      const copy = copyOf(journalFile, comment);
      expect(targets(workspace, journalFile)).toEqual([copy, copy]);
      expect(reasons(journalFile)).toEqual([]);
      expect(plan.fidelity.find(({ kind }) => kind === 'block link_to_page')).toMatchObject({ exact: 2 });
      expect(api.sent.length).toBe(plan.requests);
      const late = api.sent.filter((request) => isLink(request) || request.body?.is_locked === true);
      expect(late.map(isLink)).toEqual([true, true, false]);
      const again = new WatchedApi(workspace.api);
      await workspace.restore(snapshot, target, { api: again });
      expect(again.sent).toEqual([]);
    });
  });

  it('is changed once more at most when the restore was cut off as it was changed', async () => {
    const { state, comment } = linkedState();
    await withWorkspace({ state }, async (workspace) => {
      const snapshot = await workspace.snapshot();
      const target = workspace.addTarget();
      const after = (request: ApiRequest): void => {
        if (isLink(request)) throw new Killed();
      };
      const cut = new WatchedApi(workspace.api, { after });
      await expect(workspace.restore(snapshot, target, { api: cut })).rejects.toBeInstanceOf(Killed);
      const api = new WatchedApi(workspace.api);
      const { journalFile, errors, complete } = await workspace.restore(snapshot, target, { api });
      expect({ errors, complete }).toEqual({ errors: [], complete: true });
      expect(api.sent.filter(isLink)).toHaveLength(2);
      expect(api.sent.filter(({ method }) => method === 'post')).toEqual([]);
      const copy = copyOf(journalFile, comment);
      expect(targets(workspace, journalFile)).toEqual([copy, copy]);
    });
  });

  it('leads to the original, and says so, when comments are not restored', async () => {
    const { state, comment } = linkedState();
    await withWorkspace({ state }, async (workspace) => {
      const snapshot = await workspace.snapshot();
      const said = 'approximated: its comment is not restored: it leads to the original';
      const links = pathOf(snapshot, 'Links');
      for (const more of [{ comments: false }, { path: links }]) {
        const target = workspace.addTarget();
        const api = new WatchedApi(workspace.api);
        const { journalFile, errors } = await workspace.restore(snapshot, target, { api, ...more });
        expect(errors).toEqual([]);
        expect(reasons(journalFile)).toEqual([said, said]);
        expect(api.sent.filter(isLink)).toEqual([]);
        const plan = await planRestore({
          snapshot,
          path: '/',
          destination: { type: 'page', id: target },
          ...more,
        });
        expect(plan.fidelity.find(({ kind }) => kind === 'block link_to_page')).toMatchObject({
          approximated: 2,
          exact: 0,
        });
      }
      const all = [...state.blocks.values()].filter(({ type }) => type === 'link_to_page');
      expect(all.map(({ payload }) => payload.comment_id)).toEqual(Array(6).fill(comment));
    });
  });

  it('leads to the copy though the original is gone', async () => {
    const { state, comment } = linkedState();
    await withWorkspace({ state }, async (workspace) => {
      const snapshot = await workspace.snapshot();
      state.comments.delete(comment);
      const { journalFile, errors } = await workspace.restore(snapshot, workspace.addTarget());
      expect(errors).toEqual([]);
      const copy = copyOf(journalFile, comment);
      expect(targets(workspace, journalFile)).toEqual([copy, copy]);
    });
  });

  it('leads to its comment at once when only its own page was purged', async () => {
    const { state, comment } = linkedState();
    await withWorkspace({ state }, async (workspace) => {
      const snapshot = await workspace.snapshot();
      const links = [...state.pages.values()].find(({ isLocked }) => isLocked);
      for (const child of links?.children ?? []) state.blocks.delete(child);
      const home = state.pages.get(links?.parent.id ?? '');
      if (home !== undefined) home.children = home.children.filter((child) => child !== links?.id);
      state.pages.delete(links?.id ?? '');
      const journalFile = workspace.journal('in place');
      const api = new WatchedApi(workspace.api);
      const present = await workspace.snapshot();
      const monitor = silentMonitor;
      const { errors } = await restoreInPlace({
        ...{ api, snapshot, present, journalFile, monitor },
        ...{ path: '/', markers: false, comments: true },
        ...{ isPresentFull: true, workspace: 'w', pruneAdded: false, part: {} },
      });
      expect(errors).toEqual([]);
      expect(api.sent.filter(isLink)).toEqual([]);
      expect(reasons(journalFile)).toEqual([]);
      const made = [...state.blocks.values()].filter(({ type }) => type === 'link_to_page');
      const fresh = [...readIdMap(journalFile)].find(
        ({ kind, old }) => kind === 'page' && old === links?.id.replaceAll('-', ''),
      )?.fresh;
      expect(fresh).not.toBe(links?.id);
      expect(made.map(({ payload }) => payload.comment_id)).toEqual(made.map(() => comment));
      expect(state.pages.get(fresh ?? '')?.children).toHaveLength(2);
    });
  });

  it('is told of as an error when its comment could not be written', async () => {
    const { state } = linkedState();
    await withWorkspace({ state }, async (workspace) => {
      const snapshot = await workspace.snapshot();
      const target = workspace.addTarget();
      const before = (request: ApiRequest): void => {
        if (request.path === 'comments') throw new KlosetError('incomplete', 'Not now.');
      };
      const api = new WatchedApi(workspace.api, { before });
      const { errors, complete } = await workspace.restore(snapshot, target, { api });
      expect(complete).toBe(false);
      expect(errors.map(({ what }) => what)).toEqual(['links 0', 'comments 0']);
      const again = await workspace.restore(snapshot, target);
      expect([again.complete, again.errors]).toEqual([true, []]);
    });
  });
});
