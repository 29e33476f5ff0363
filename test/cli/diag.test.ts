/** `diag`: what it shows is what lies there, and it changes nothing. */
import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BadInputMachine } from './bad-input.ts';

const machine = new BadInputMachine();
const place = (...parts: string[]) => join(machine.home, 'store', ...parts);
beforeAll(() => machine.open());
afterAll(() => machine.close());

async function json(...words: string[]) {
  const { code, out, err } = await machine.run(['diag', ...words, '--json']);
  return { code, err, json: JSON.parse(out) };
}

/** Each file of the store with its digest and the time of its last change. */
function contents(): string[] {
  return readdirSync(place(), { recursive: true })
    .map(String)
    .filter((name) => statSync(place(name)).isFile())
    .map((name) => {
      const digest = createHash('sha256')
        .update(readFileSync(place(name)))
        .digest('hex');
      return `${name} ${digest} ${statSync(place(name)).mtimeMs}`;
    })
    .sort();
}

function packFiles(): string[] {
  return readdirSync(place('packs'), { recursive: true })
    .map(String)
    .filter((name) => /[0-9a-f]{64}$/.test(name))
    .map((name) => name.slice(-64))
    .sort();
}

test('the state counts every object of the place by kind', async () => {
  const { code, json: state } = await json('state');
  expect(code).toBe(0);
  const files = contents().map((line) => line.split(' ')[0] ?? '');
  const kinds = Object.fromEntries(
    Object.entries(state.kinds).map(([kind, usage]) => [kind, Object(usage).objects]),
  );
  const counted = (prefix: string) => files.filter((name) => name.startsWith(prefix)).length;
  expect(kinds).toMatchObject({ CONFIG: 1, packs: packFiles().length, snapshots: counted('snapshots/') });
  expect(Object.values(kinds).reduce((sum: number, each) => sum + Number(each), 0)).toBe(files.length);
  expect(state.index).toHaveLength(counted('index/'));
  expect(state.packfiles).toEqual({ listed: packFiles().length, unlisted: 0, missing: 0 });
  expect(state.blobs).toBeGreaterThan(10);
});

test('from a path to its blobs, from a blob to its packfile, and back', async () => {
  const { json: entry } = await json('vfs', 'latest:/manifest.json');
  expect(entry).toMatchObject({ path: '/manifest.json', type: 'file' });
  const [chunk] = entry.chunks;
  const { json: object } = await json('object', chunk.id.slice(0, 12));
  expect(object).toMatchObject({ object: chunk.id, type: 'document', size: chunk.size });
  expect(object.places).toEqual([
    { packfile: chunk.packfile, offset: chunk.offset, sealed: chunk.sealed, problem: null },
  ]);
  const { json: pack } = await json('packfile', chunk.packfile.slice(0, 8));
  expect(pack).toMatchObject({ packfile: chunk.packfile, whole: true, in_index: true });
  expect(pack.blobs).toContainEqual({
    id: chunk.id,
    type: 'document',
    offset: chunk.offset,
    sealed: chunk.sealed,
    size: chunk.size,
  });
  const { json: packs } = await json('packfile');
  expect(packs.packfiles.map(({ id }: { id: string }) => id)).toEqual(packFiles());
});

test('a snapshot is its header and the blobs of its root; a folder those of its listing', async () => {
  const { json: snapshot } = await json('snapshot', 'latest');
  const { json: root } = await json('vfs', 'latest:/');
  expect(snapshot.header).toMatchObject({ kind: 'snapshot', source: expect.stringContaining('notion') });
  expect(root).toMatchObject({ snapshot: snapshot.snapshot, path: '/', type: 'directory' });
  expect(root.chunks).toEqual(snapshot.root);
});

test('it shows lines for people too, also with --quiet, and writes nothing into the store', async () => {
  const before = contents();
  const [pack = ''] = packFiles();
  const { json: root } = await json('vfs', 'latest:/');
  const shown: readonly (readonly [readonly string[], string])[] = [
    [['state'], 'Packfiles: '],
    [['packfile'], pack],
    [['packfile', pack], 'matches its name'],
    [['object', root.chunks[0].id], 'can be read'],
    [['snapshot', 'latest'], 'Root: '],
    [['vfs', 'latest:/workspace.json'], 'in packfile '],
    [['locks', '--quiet'], ''],
    [['state', '--quiet'], 'Store: '],
  ];
  for (const [words, part] of shown) {
    const { code, out, err } = await machine.run(['diag', ...words]);
    expect({ words, code, err }).toEqual({ words, code: 0, err: '' });
    expect(out).toContain(part);
  }
  expect(contents()).toEqual(before);
});

test('what is not there is not found, and half an id of several is asked for in full', async () => {
  const cases: readonly (readonly [readonly string[], number, string])[] = [
    [['packfile', 'f'.repeat(64)], 66, 'no packfile'],
    [['object', 'f'.repeat(64)], 66, 'no object'],
    [['object', 'xyz'], 64, '64 hex digits'],
    [['packfile', 'abc'], 64, '64 hex digits'],
    [['vfs', 'latest:/nothing'], 66, '/nothing'],
    [['snapshot', 'ffffffff'], 66, 'ffffffff'],
    [['nothing'], 64, 'nothing'],
  ];
  for (const [words, code, part] of cases) {
    const told = await machine.run(['diag', ...words]);
    expect({ words, code: told.code }).toEqual({ words, code });
    expect(told.err).toContain(part);
  }
});

test('damage is shown with 65: a packfile that was changed, one that is gone', async () => {
  const { json: entry } = await json('vfs', 'latest:/manifest.json');
  const [chunk] = entry.chunks;
  const path = place('packs', chunk.packfile.slice(0, 2), chunk.packfile);
  const bytes = readFileSync(path);
  chmodSync(path, 0o600);
  const changed = Buffer.from(bytes);
  const at = chunk.offset + chunk.sealed - 1;
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  writeFileSync(path, changed);
  const pack = await json('packfile', chunk.packfile);
  expect({ code: pack.code, whole: pack.json.whole }).toEqual({ code: 65, whole: false });
  const object = await json('object', chunk.id);
  expect(object.code).toBe(65);
  expect(object.json.places[0].problem).toMatch(/authentic/);
  rmSync(path);
  const state = await json('state');
  expect({ code: state.code, missing: state.json.packfiles.missing }).toEqual({ code: 65, missing: 1 });
  expect((await machine.run(['diag', 'packfile'])).out).toContain('gone');
  expect((await json('packfile', chunk.packfile)).code).toBe(66);
});
