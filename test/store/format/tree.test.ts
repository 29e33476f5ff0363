import { describe, expect, it } from 'vitest';
import { isKlosetError } from '../../../src/errors.ts';
import { canonicalJson, parseCanonicalJson } from '../../../src/store/format/canonical-json.ts';
import type { BlobContent } from '../../../src/store/format/ids.ts';
import type { DirectoryEntry, TreeEntry, TreeFile } from '../../../src/store/format/tree.ts';
import {
  compareNames,
  decodeListing,
  decodeTreeEntry,
  encodeTreeEntry,
  nameProblem,
} from '../../../src/store/format/tree.ts';
import { anyId } from '../context.ts';
import { fileEntry as anyFile, collectAll, modified, pieces } from '../fixture.ts';
import { randomNumbers } from '../random.ts';

const integrity = expect.objectContaining({ code: 'integrity' });
const fileEntry = (name: string, of: BlobContent, source?: string): TreeFile => ({
  ...anyFile(name, of, source),
  content: of,
});
const content = { size: 10, chunks: [anyId('a')] };
const file = fileEntry('page.json', content, 'https://files.example/page');
const directory: DirectoryEntry = {
  type: 'directory',
  name: 'Größe~1',
  modified,
  object: { id: '1'.repeat(32), kind: 'page', edited: modified },
  content,
};

async function listing(...lines: string[]): Promise<TreeEntry[]> {
  return await collectAll(decodeListing(pieces(Buffer.from(lines.join(''))), 'it'));
}

/** The line of `file` with members put in, as canonical JSON. */
function lineWith(members: object): string {
  return canonicalJson({ ...JSON.parse(encodeTreeEntry(file)), ...members });
}

describe('tree', () => {
  it('gives back files and directories with all they have', () => {
    for (const entry of [file, fileEntry('a', { size: 0, chunks: [] }), directory]) {
      expect(decodeTreeEntry(encodeTreeEntry(entry).slice(0, -1), 'it')).toEqual(entry);
    }
  });

  it('reads a listing in whatever pieces it comes', async () => {
    const names = Array.from({ length: 200 }, (_, at) => `name ${String(at).padStart(4, '0')} 🙂`);
    const bytes = Buffer.from(names.map((name) => encodeTreeEntry(fileEntry(name, content))).join(''));
    const random = randomNumbers(1);
    const parts: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; ) {
      const end = at + 1 + random(700);
      parts.push(bytes.subarray(at, end));
      at = end;
    }
    const found = await collectAll(decodeListing(pieces(...parts), 'it'));
    expect(found.map(({ name }) => name)).toEqual(names);
  });

  it('refuses names that lead out of their directory or fool a terminal', () => {
    const bad = [
      '',
      '.',
      '..',
      '../x',
      'a/b',
      'a\\b',
      'a\0',
      'a\nb',
      '\u001b[2J',
      '\u0085',
      '\ud800',
      'x'.repeat(256),
    ];
    for (const name of bad) {
      expect(nameProblem(name)).toBeTypeOf('string');
      expect(() => encodeTreeEntry({ ...file, name })).toThrowError(
        expect.objectContaining({ code: 'internal' }),
      );
      expect(() => decodeTreeEntry(lineWith({ name }), 'it')).toThrowError(integrity);
    }
    for (const name of ['...', 'a b', 'Größe', '日本', '🙂', 'x'.repeat(255), 'CON', '-rf']) {
      expect(nameProblem(name)).toBeUndefined();
    }
  });

  it('refuses names that are not in order or occur twice', async () => {
    const [a, b] = ['a', 'b'].map((name) => encodeTreeEntry(fileEntry(name, content)));
    if (a === undefined || b === undefined) throw new Error('no lines');
    await expect(listing(a, b)).resolves.toHaveLength(2);
    await expect(listing(b, a)).rejects.toThrowError(integrity);
    await expect(listing(a, a)).rejects.toThrowError(integrity);
  });

  it('orders names as their UTF-8 bytes are ordered', () => {
    const names = ['a', 'B', 'é', 'z', '\uffee', '🙂', 'aa', '~', '𐀀', '\ue000'];
    const byBytes = [...names].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
    expect([...names].sort(compareNames)).toEqual(byBytes);
  });

  it('refuses lines that are not what it would have written', async () => {
    const line = encodeTreeEntry(file);
    const tries = [
      line.slice(0, -1),
      `${line.slice(0, -3)}\n`,
      line.replace('{', '{ '),
      line.replace('"size":10', '"size":1e1'),
      line.replace('"size":10', '"size":10,"size":10'),
      '\n',
      'null\n',
      '[]\n',
      '"x"\n',
    ];
    for (const text of tries) await expect(listing(text)).rejects.toThrowError(integrity);
    await expect(collectAll(decodeListing(pieces(Uint8Array.of(0xff, 0x0a)), 'it'))).rejects.toThrowError(
      integrity,
    );
  });

  it('refuses members that are missing, of another kind, unknown or out of bounds', () => {
    for (const members of [
      { name: 7 },
      { modified: null },
      { modified: 'x'.repeat(41) },
      { size: -1 },
      { size: 0 },
      { size: 4_194_305 },
      { chunks: 'x' },
      { chunks: ['A'.repeat(64)] },
      { chunks: [anyId('a'), 7] },
      { type: 'link' },
      { source: 7 },
      { extra: true },
      { object: { id: '1'.repeat(32), kind: 'page', edited: '' } },
    ]) {
      expect(() => decodeTreeEntry(lineWith(members), 'it')).toThrowError(integrity);
    }
    const inDirectory = (object: object) =>
      canonicalJson({
        ...JSON.parse(encodeTreeEntry(directory)),
        object: { ...directory.object, ...object },
      });
    for (const object of [{ id: '../x' }, { kind: 'user' }, { edited: 1 }, { extra: 1 }]) {
      expect(() => decodeTreeEntry(inDirectory(object), 'it')).toThrowError(integrity);
    }
  });

  it('refuses noise as damaged and does not crash', async () => {
    const random = randomNumbers(9);
    const good = Buffer.from(encodeTreeEntry(directory) + encodeTreeEntry(file));
    for (let round = 0; round < 500; round++) {
      const noise = Buffer.from(good);
      for (let times = 0; times <= random(3); times++) noise[random(noise.length)] = random(256);
      const error = await collectAll(decodeListing(pieces(noise), 'it')).catch((thrown: unknown) => thrown);
      expect(Array.isArray(error) || isKlosetError(error, 'integrity')).toBe(true);
    }
  });
});

describe('canonical JSON', () => {
  it('writes members in order, without white space, and reads only that', () => {
    const text = canonicalJson({ b: [1, { d: null, c: 'ü' }], a: { '': true } });
    expect(text).toBe('{"a":{"":true},"b":[1,{"c":"ü","d":null}]}');
    expect(canonicalJson(parseCanonicalJson(text, 'it'))).toBe(text);
    for (const other of [
      '{"b":1,"a":2}',
      '{"a":1,"a":1}',
      '{"a":1.0}',
      '{"a":1.5}',
      '"\\u0061"',
      ' 1',
      '{',
      '',
    ]) {
      expect(() => parseCanonicalJson(other, 'it')).toThrowError(integrity);
    }
    expect(() => canonicalJson({ a: 0.5 })).toThrowError(expect.objectContaining({ code: 'internal' }));
  });
});
