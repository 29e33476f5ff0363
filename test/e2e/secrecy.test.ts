/** Who holds the store without its key learns nothing of what is in it, and little of what changes. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { State } from '../../src/simulator/workspace/state.ts';
import type { Machine } from './machine.ts';
import { newMachine } from './machine.ts';

/** Shorter strings occur in random bytes by chance. */
const leastBytes = 6;

let machine: Machine;
let simulator: Simulator;
const sizes: number[] = [];

beforeAll(async () => {
  machine = await newMachine({ isHere: true });
  simulator = await startSimulator({ state: sampleWorkspace(), clock: 'real' });
  machine.connect(simulator);
  expect(await machine.at(['create'])).toMatchObject({ code: 0 });
  for (let round = 0; round < 3; round += 1) {
    // The first is a process, whose temporary files lie in the home and are searched too.
    expect(await machine.at(['backup'], { isProcess: round === 0 })).toMatchObject({ code: 0 });
    sizes.push(storeFiles().reduce((sum, file) => sum + statSync(file).size, 0));
  }
});
afterAll(async () => {
  machine.dispose();
  await simulator.close();
});

test('no string of the workspace occurs in any byte of the store', () => {
  const secrets = [...stringsOf(simulator.state), simulator.token, machine.env.NOTION_TOKEN ?? ''];
  const wanted = new Set(
    secrets.flatMap(encodings).filter((bytes) => Buffer.byteLength(bytes, 'latin1') >= leastBytes),
  );
  expect(wanted.size).toBeGreaterThan(5_000);
  const found = foundIn(storeBytes(), wanted).filter((line) => !ownWords.test(line));
  expect(found).toEqual([]);
});

/** CONFIG and key slots are clear JSON: these words of the format happen to occur in the workspace too. */
const ownWords = /^(CONFIG|keys\/[0-9a-z]+): (kloset|average)$/;

test('the search would have found them', () => {
  const title = 'Two hundred and fifty blocks';
  expect([...stringsOf(simulator.state)]).toContain(title);
  const haystack = Buffer.concat([Buffer.alloc(1000, 'x'), Buffer.from(title), Buffer.alloc(9)]);
  expect(foundIn([{ name: 'x', bytes: haystack }], new Set([title]))).toEqual([`x: ${title}`]);
});

test('no media of the workspace lies in the store as it is', () => {
  const starts = new Set(
    [...simulator.state.files.values()]
      .filter(({ size }) => size >= 32)
      .map((file) => Buffer.from(file.bytes(0, 32)).toString('latin1')),
  );
  expect(starts.size).toBeGreaterThan(5);
  expect(foundIn(storeBytes(), starts)).toEqual([]);
});

test('a backup of an unchanged workspace adds less than 16 KiB', () => {
  const [first = 0, second = 0, third = 0] = sizes;
  expect(second - first).toBeGreaterThan(0);
  expect(second - first).toBeLessThan(16 * 1024);
  expect(third - second).toBeLessThan(16 * 1024);
});

test('neither token nor key lies in the cache, the configuration or the home', () => {
  const key = readFileSync(machine.keyFile, 'utf8').split(' ')[1]?.trim() ?? '';
  const wanted = new Set([simulator.token, key, Buffer.from(key, 'hex').toString('latin1')]);
  const files = readdirSync(machine.home, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => file !== machine.keyFile);
  expect(files.length).toBeGreaterThan(5);
  expect(foundIn(files.map(read), wanted)).toEqual([]);
});

function storeFiles(): string[] {
  return readdirSync(machine.store, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

interface Haystack {
  readonly name: string;
  readonly bytes: Buffer;
}

function read(file: string): Haystack {
  return { name: file, bytes: readFileSync(file) };
}

/** The files, and their names. */
function storeBytes(): Haystack[] {
  const files = storeFiles().map((file) => ({ ...read(file), name: relative(machine.store, file) }));
  return [...files, { name: 'names', bytes: Buffer.from(files.map(({ name }) => name).join('\n')) }];
}

/** Every string in the workspace: titles, texts, names, addresses, ids, schemas. */
function stringsOf(state: State): Set<string> {
  const found = new Set<string>();
  const { pages, blocks, databases, dataSources, views, comments, users, customEmojis } = state;
  for (const table of [pages, blocks, databases, dataSources, views, comments, users, customEmojis])
    for (const record of table.values()) collect(record, found);
  for (const text of [state.workspaceId, state.workspaceName, state.botId, state.botName]) found.add(text);
  for (const { key, name } of state.files.values()) found.add(key).add(name);
  return found;
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value === 'string') found.add(value);
  else if (Array.isArray(value)) for (const each of value) collect(each, found);
  else if (typeof value === 'object' && value !== null)
    for (const each of Object.values(value)) collect(each, found);
}

/** The string as it might lie in a file, as Latin-1 of its bytes: UTF-8, UTF-16, Base64, and of ids hex, bytes and digests. */
function encodings(text: string): string[] {
  const utf8 = Buffer.from(text, 'utf8');
  const forms = [utf8, Buffer.from(text, 'utf16le'), Buffer.from(utf8.toString('hex'))];
  // Two thirds of a Base64 text depend on where it begins: these middles are there wherever it does.
  for (const shift of [0, 1, 2])
    forms.push(
      Buffer.from(
        Buffer.concat([Buffer.alloc(shift), utf8])
          .toString('base64')
          .slice(4, -4),
      ),
    );
  if (/^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i.test(text)) {
    const compact = text.replaceAll('-', '').toLowerCase();
    const binary = Buffer.from(compact, 'hex');
    forms.push(Buffer.from(compact), binary, Buffer.from(binary.toString('base64').slice(0, -2)));
    forms.push(Buffer.from(compact.toUpperCase()), Buffer.from(binary).reverse());
    for (const plain of [compact, text]) {
      const digest = createHash('sha256').update(plain).digest();
      forms.push(digest, Buffer.from(digest.toString('hex')));
    }
  }
  return forms.map((bytes) => bytes.toString('latin1'));
}

/** Which of `wanted` occur where, as `file: text`. One pass per file: by the first four bytes, then the whole. */
function foundIn(haystacks: readonly Haystack[], wanted: ReadonlySet<string>): string[] {
  const byStart = new Map<number, Buffer[]>();
  for (const text of wanted) {
    const bytes = Buffer.from(text, 'latin1');
    const start = bytes.readUInt32LE(0);
    const known = byStart.get(start);
    if (known === undefined) byStart.set(start, [bytes]);
    else known.push(bytes);
  }
  const lines: string[] = [];
  for (const { name, bytes } of haystacks) {
    for (let at = 0; at + 4 <= bytes.length; at += 1) {
      for (const needle of byStart.get(bytes.readUInt32LE(at)) ?? []) {
        if (bytes.subarray(at, at + needle.length).equals(needle))
          lines.push(`${name}: ${needle.toString('latin1')}`);
      }
    }
  }
  return lines;
}
