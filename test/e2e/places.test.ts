/** `ls` and `cat` as people type them: prefixes, paths, titles, ids, addresses, and titles that mean harm. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../src/document/json.ts';
import { hostileTitles } from '../../src/simulator/sample/pages/text-pages.ts';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Finished, Machine } from './machine.ts';
import { jsonOf, newMachine } from './machine.ts';

let machine: Machine;
let simulator: Simulator;
let snapshot: string;
let path: string;
let pageId: string;

beforeAll(async () => {
  machine = await newMachine({ isHere: true });
  simulator = await startSimulator({ state: sampleWorkspace(), clock: 'real' });
  machine.connect(simulator);
  expect(await machine.at(['create'])).toMatchObject({ code: 0 });
  const backup = await machine.at(['backup', '--json', '-tag', 'nightly', '-tag=second']);
  snapshot = stringAt(jsonOf(backup), 'snapshot') ?? '';
  const entries = arrayAt(jsonOf(await machine.at(['ls', 'latest:/Home', '--json'])), 'entries').filter(
    isObject,
  );
  const long = entries.find((entry) => stringAt(entry, 'path')?.includes('/Long texts~')) ?? {};
  path = stringAt(long, 'path') ?? '';
  pageId = stringAt(objectAt(long, 'object'), 'id') ?? '';
});
afterAll(async () => {
  machine.dispose();
  await simulator.close();
});

test('the snapshot has a whole id, tags and the counts of the workspace', async () => {
  expect(snapshot).toMatch(/^[0-9a-f]{64}$/);
  const [listed] = arrayAt(jsonOf(await machine.at(['ls', '-json', '-tag', 'nightly'])), 'snapshots');
  expect(listed).toMatchObject({
    id: snapshot,
    tags: ['nightly', 'second'],
    complete: true,
    name: 'Kloset sample',
  });
  const none = await machine.at(['ls', '-json', '-tag', 'weekly']);
  expect(jsonOf(none)).toEqual({ snapshots: [] });
});

test('a page is found by path, title path, title, id and address, in any snapshot that has it', async () => {
  const dashed = pageId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const compact = pageId.replaceAll('-', '');
  const words = [
    `${snapshot}:${path}`,
    `${snapshot.slice(0, 8)}:${path}/page.json`,
    `${snapshot.slice(0, 4)}:/Home/Long texts`,
    'latest:Long texts',
    ':/Home/Long texts',
    `latest:${dashed}`,
    `latest:${compact}`,
    dashed,
    compact,
    `https://www.notion.so/Long-texts-${compact}?pvs=4`,
    `latest:https://app.notion.com/p/${compact}`,
  ];
  const first = await machine.at(['cat', words[0] ?? '']);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toContain('word599');
  // One run prints them all: the same page as often as it was asked for.
  const all = await machine.at(['cat', ...words]);
  expect(all).toMatchObject({ code: 0, stderr: '' });
  expect(all.stdout).toBe(first.stdout.repeat(words.length));
});

test('cat --json gives the documents in one object', async () => {
  const answer = jsonOf(await machine.at(['cat', '--json', 'latest:Long texts', 'latest:/workspace.json']));
  const [page, workspace] = arrayAt(answer, 'files').filter(isObject);
  expect(page).toMatchObject({ path: `${path}/page.json`, document: { kind: 'page' } });
  expect(workspace).toMatchObject({ path: '/workspace.json', document: { kind: 'workspace' } });
});

test('what is not there is exit 66, what is ambiguous exit 64, each in one line', async () => {
  const cases: readonly (readonly [string, number])[] = [
    ['ffffffff:/', 66],
    ['latest:/Home/Nowhere', 66],
    ['latest:11111111-2222-4333-8444-555555555555', 66],
    ['latest:Duplicate', 64],
    ['latest:/_orphans', 64],
  ];
  for (const [word, code] of cases) {
    const answer = await machine.at(['cat', word]);
    expect({ word, code: answer.code, stdout: answer.stdout }).toEqual({ word, code, stdout: '' });
    expect(answer.stderr).toMatch(/^notion-kloset: \S.*\n(?: {2}\S.*\n)?$/);
  }
});

test('hostile titles reach the terminal without control characters, one line each', async () => {
  const ls = await machine.at(['ls', 'latest:/Home/Hostile titles']);
  expect(ls.code).toBe(0);
  // Three more are called duplicate, and the page itself has a document.
  expect(ls.stdout.match(/\n/g)).toHaveLength(hostileTitles.length + 3 + 1);
  const recursive = await machine.at(['ls', '--recursive', 'latest:/']);
  const markdown = await machine.at([
    'cat',
    '--as',
    'md',
    'latest:/Home/Hostile titles',
    'latest:/Home/Rich text',
  ]);
  const failing = await machine.at(['cat', 'latest:\u001b[31m\u202e\u0007red']);
  for (const answer of [ls, recursive, failing, markdown]) expectPrintable(answer);
  expect(failing.code).toBe(66);
});

test('--json gives exactly one object, whatever the command and however it ends', async () => {
  const cases: readonly (readonly [string[], number])[] = [
    [['ls'], 0],
    [['ls', 'latest:/Home'], 0],
    [['info'], 0],
    [['info', 'latest'], 0],
    [['check', '--fast'], 0],
    [['restore', '--to', 'json-restored', 'latest:/Home/Long texts'], 0],
    [['backup', '--root', pageId], 0],
    [['create'], 64],
    [['ls', 'ffffffff'], 66],
    [['backup', '@nobody'], 66],
    [['restore', '--to', 'json-restored'], 64],
  ];
  const odd: string[] = [];
  for (const [words, code] of cases) {
    const answer = await machine.at([...words, '-json']);
    const failed = objectOf(answer)?.error !== undefined;
    if (answer.code !== code || objectOf(answer) === undefined || failed !== code > 0)
      odd.push(`${words.join(' ')}: exit ${answer.code}, ${answer.stdout.slice(0, 200)}`);
  }
  expect(odd).toEqual([]);
});

test('--quiet prints nothing when all is well', async () => {
  for (const words of [['backup'], ['check', '--fast'], ['restore', '--to', 'quiet-restored']]) {
    const { code, stdout, stderr } = await machine.at([...words, '--quiet']);
    expect({ words, code, stdout, stderr }).toEqual({ words, code: 0, stdout: '', stderr: '' });
  }
});

/** Nothing that would move the cursor back, ring, colour, hide or reorder what a person reads; a text may have tabs. */
function expectPrintable({ stdout, stderr }: Finished): void {
  expect(`${stdout}${stderr}`).not.toMatch(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/,
  );
}

function objectOf(answer: Finished): JsonObject | undefined {
  try {
    return jsonOf(answer);
  } catch {
    return undefined;
  }
}
