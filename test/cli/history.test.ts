import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { encodeKeyFile } from '../../src/store/access/key-file.ts';
import { fakeIo } from './fake-io.ts';

let home: string;
let simulator: Simulator;
let rootId: string;
let pageId: string;
let textBlock: { id: string; type: string };
const ids: string[] = [];

/** Three backups: nothing happens between the first two, edits of several kinds before the third. */
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kloset-history-'));
  simulator = await startSimulator({ state: sampleWorkspace({ small: true }), clock: 'real' });
  writeFileSync(join(home, 'key'), encodeKeyFile(new Uint8Array(32).fill(9)));
  const found = await api('POST', 'search', { filter: { property: 'object', value: 'page' } });
  rootId = found.results.find(({ parent }: { parent: { type: string } }) => parent.type === 'workspace').id;
  const text = (content: string) => ({ rich_text: [{ text: { content } }] });
  const paragraph = { type: 'paragraph', paragraph: text('Some words') };
  textBlock = (await api('PATCH', `blocks/${rootId}/children`, { children: [paragraph] })).results[0];
  ids.push((await run('--json', 'backup')).json.snapshot, (await run('--json', 'backup')).json.snapshot);
  const children = (await api('GET', `blocks/${rootId}/children`)).results;
  pageId = children.find(({ type }: { type: string }) => type === 'child_page').id;
  await api('PATCH', `blocks/${textBlock.id}`, {
    paragraph: { rich_text: [{ text: { content: 'Quite other words' } }] },
  });
  await api('PATCH', `blocks/${rootId}/children`, {
    children: [{ type: 'quote', quote: { rich_text: [{ text: { content: 'A new quote' } }] } }],
  });
  await api('PATCH', `pages/${pageId}`, {
    properties: { title: { title: [{ text: { content: 'Renamed' } }] } },
  });
  await api('POST', 'pages', {
    parent: { page_id: rootId },
    properties: { title: { title: [{ text: { content: 'Brand new' } }] } },
  });
  ids.push((await run('--json', 'backup')).json.snapshot);
}, 60_000);

afterAll(async () => {
  await simulator.close();
  rmSync(home, { recursive: true, force: true });
});

async function run(...argv: string[]) {
  const io = fakeIo({ HOME: home, NOTION_API_URL: simulator.url, NOTION_TOKEN: simulator.token }, home);
  const code = await main(['--keyfile', 'key', ...argv], io);
  const text = io.out();
  return { code, text, err: io.err(), json: argv.includes('--json') ? JSON.parse(text) : undefined };
}

async function api(method: string, path: string, body?: object) {
  const answer = await fetch(`${simulator.url}/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${simulator.token}`,
      'notion-version': '2026-03-11',
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return JSON.parse(await answer.text());
}

const compact = (id: string) => id.replaceAll('-', '');

test('two backups without an edit between them do not differ', async () => {
  const { code, json } = await run('--json', 'diff', ids[0] ?? '', ids[1] ?? '');
  expect([code, json.objects]).toEqual([0, []]);
  expect((await run('diff', ids[0] ?? '', ids[1] ?? '')).text).toBe('Nothing differs.\n');
});

test('diff names each edit once, and nothing else', async () => {
  const { json } = await run('--json', 'diff', ids[0] ?? '', 'latest');
  const edits = json.objects.flatMap(
    ({
      kind,
      id,
      title,
      changes,
    }: {
      kind: string;
      id: string;
      title: string;
      changes: { kind: string; part: string; after?: string }[];
    }) =>
      changes.length === 0
        ? [`${kind} ${title}`]
        : changes.map(
            (change) =>
              `${id === compact(rootId) ? 'root' : 'page'} ${change.part} ${change.kind} ${change.after ?? ''}`,
          ),
  );
  expect(edits.sort()).toEqual([
    'added Brand new',
    'page title renamed Renamed',
    'root block added A new quote',
    'root block changed Quite other words',
  ]);
});

test('diff prints words that came and went, and one line for each object with --stat', async () => {
  const { text } = await run('diff', ids[0] ?? '', 'latest');
  expect(text).toMatch(/^~ .*\n(.*\n)* {4}~ paragraph changed\n.*\{\+Quite/m);
  const stat = (await run('diff', ids[0] ?? '', 'latest', '--stat')).text.trimEnd().split('\n');
  expect(stat).toHaveLength(4);
  expect(stat.at(-1)).toBe('1 object added, 2 objects changed.');
});

test('log follows a page through a renaming, and blame knows since when a block is so', async () => {
  const { json } = await run('--json', 'log', pageId);
  expect(json.versions.map(({ kind, title }: { kind: string; title: string }) => [kind, title])).toEqual([
    ['first', expect.any(String)],
    ['changed', 'Renamed'],
  ]);
  const blamed = (await run('--json', 'blame', rootId)).json.blocks;
  const since = (id: string) => blamed.find((block: { id: string }) => block.id === compact(id)).snapshot;
  expect(since(textBlock.id)).toBe(ids[2]);
  expect(blamed.filter(({ snapshot }: { snapshot: string }) => snapshot === ids[0]).length).toBeGreaterThan(
    0,
  );
  expect(blamed.at(-1)).toMatchObject({ snapshot: ids[2] });
});

test('search finds words of the newest backup, and with --all those that are gone', async () => {
  const gone = await run('--json', 'search', 'some words');
  expect(gone.json.total).toBe(0);
  const { json } = await run('--json', 'search', '--all', 'some words');
  expect(json.hits.map(({ id }: { id: string }) => id)).toEqual([compact(rootId)]);
  expect(json.hits[0].snapshots.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2));
  expect(json.hits[0].excerpts[0]).toMatchObject({ where: 'text', match: 'Some words' });
  const { text } = await run('search', 'quit* "other words"');
  expect(text).toContain('{+Quite+} other words');
  expect((await run('search', '***')).code).toBe(64);
});

test('locate finds by title, glob and id; du adds up what lies below', async () => {
  const located = async (...words: string[]) =>
    (await run('--json', 'locate', ...words)).json.found.map(({ id }: { id: string }) => id);
  expect(await located('rename')).toEqual([compact(pageId)]);
  expect(await located('/*/Renamed')).toEqual([compact(pageId)]);
  expect(await located('--all', pageId)).toEqual([1, 2, 3].map(() => compact(pageId)));
  expect((await run('locate', 'nothing so called')).code).toBe(66);
  const { json } = await run('--json', 'du', '--depth', '0');
  const [root] = json.sizes;
  const all = (await run('--json', 'ls', 'latest', '--recursive')).json.entries.filter(
    ({ path, type }: { path: string; type: string }) => type === 'file' && path.startsWith(root.path),
  );
  expect(root.documents + root.media).toBe(
    all.reduce((sum: number, { size }: { size: number }) => sum + size, 0),
  );
});

test('diff against Notion as it is now names edits, and what lies in its trash', async () => {
  const none = await run('--json', 'diff', 'latest');
  expect([none.code, none.json.objects]).toEqual([0, []]);
  await api('PATCH', `pages/${pageId}`, { in_trash: true });
  await api('PATCH', `blocks/${textBlock.id}`, {
    paragraph: { rich_text: [{ text: { content: 'Live words' } }] },
  });
  const requests = simulator.log.length;
  const { json } = await run('--json', 'diff', 'latest', 'live');
  expect([json.before, json.after]).toEqual([ids[2], 'live']);
  const told = json.objects.map(({ kind, id, changes }: { kind: string; id: string; changes: object[] }) => [
    kind,
    id,
    changes.length,
  ]);
  expect(told).toContainEqual(['trashed', compact(pageId), 0]);
  expect(told).toContainEqual(['changed', compact(rootId), 1]);
  expect(told.filter(([kind]: string[]) => kind !== 'trashed')).toHaveLength(1);
  expect(
    simulator.log
      .slice(requests)
      .filter(({ method, path }) => method !== 'GET' && !/search|query/.test(path)),
  ).toEqual([]);
  expect((await run('--json', 'ls')).json.snapshots).toHaveLength(3);
  const { text } = await run('diff', 'latest', 'live', pageId, '--stat');
  expect(text).toMatch(/^- .* \(in the trash\)$/m);
});

test('diff against another workspace than the snapshot is refused', async () => {
  const other = await startSimulator({ state: sampleWorkspace({ small: true, seed: 9 }), clock: 'real' });
  try {
    const io = fakeIo({ HOME: home, NOTION_API_URL: other.url, NOTION_TOKEN: other.token }, home);
    expect(await main(['--keyfile', 'key', 'diff', 'latest'], io)).toBe(64);
    expect(io.err()).toContain('another workspace');
  } finally {
    await other.close();
  }
});

test('the hour after the wipe: search, log, diff, cat and restore bring back the last version of a page', async () => {
  // The test before put it into the trash.
  const wiped = (await run('--json', 'backup', '--alarm-loss', '100')).json.snapshot;
  expect(
    (await run('--json', 'search', 'renamed')).json.hits.map(({ id }: { id: string }) => id),
  ).not.toContain(compact(pageId));
  const { hits } = (await run('--json', 'search', '--all', 'renamed')).json;
  const hit = hits.find(({ id }: { id: string }) => id === compact(pageId));
  const last = hit.snapshots.at(-1).id;
  expect(last).toBe(ids[2]);
  const { versions } = (await run('--json', 'log', `${last}:${pageId}`)).json;
  expect(versions.at(-1)).toMatchObject({ kind: 'removed', snapshot: wiped });
  const { objects } = (await run('--json', 'diff', last, wiped)).json;
  expect(objects).toContainEqual(expect.objectContaining({ kind: 'removed', id: compact(pageId) }));
  expect((await run('cat', `${last}:${pageId}`)).text).toContain('Renamed');
  const restored = await run('restore', `${last}:${pageId}`, '--in-place', '--yes');
  expect([restored.code, restored.err]).toEqual([0, expect.anything()]);
  expect(await api('GET', `pages/${pageId}`)).toMatchObject({ in_trash: false });
});
