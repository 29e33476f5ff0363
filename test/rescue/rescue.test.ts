/**
 * The proof that docs/format.md suffices: a script in another language, by what that document says, reads what
 * this program writes, and notices what is not so any more.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LocalBackend } from '../../src/backend/local.ts';
import { isObject } from '../../src/document/json.ts';
import { endorse } from '../../src/store/access/identity.ts';
import { encodeKeyFile } from '../../src/store/access/key-file.ts';
import { recoveryWords } from '../../src/store/access/recovery-kit.ts';
import { canonicalJson } from '../../src/store/format/canonical-json.ts';
import type { HeaderOrigin } from '../../src/store/format/header-origin.ts';
import type { Secret } from '../../src/store/format/key-slot.ts';
import { minCost } from '../../src/store/format/key-slot.ts';
import type { Header } from '../../src/store/format/snapshot-header.ts';
import type { SnapshotWriter, StoreMaintenance } from '../../src/store/open-store.ts';
import { chainOf } from '../../src/store/snapshots/chain.ts';
import type { ListedHeader } from '../../src/store/snapshots/listed-header.ts';
import { phrases } from '../../src/store/spelling/phrases.ts';
import { presetDictionary } from '../../src/store/spelling/preset-dictionary.ts';
import { spell } from '../../src/store/spelling/spell.ts';
import { unspell } from '../../src/store/spelling/unspell.ts';
import { testId } from '../store/context.ts';
import { fileEntry, modified, pieces, TestStore } from '../store/fixture.ts';
import { pagesOf } from '../store/life-cycle.ts';
import { bytesOf, randomNumbers } from '../store/random.ts';
import type { Ended } from './script.ts';
import { digestsIn, evaluate, python, runPython, script, sha256 } from './script.ts';

if (python === undefined)
  console.warn(
    'Left out: docs/rescue.py, because no python3 here can import nacl (apt-get install python3-nacl).',
  );

const fixture = new URL('../fixtures/store-v1/', import.meta.url).pathname;
const work = mkdtempSync(join(tmpdir(), 'kloset-rescue-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const keyFile = join(work, 'key');
writeFileSync(keyFile, encodeKeyFile(new Uint8Array(32).fill(7)));
const frozenPassphrase = { NOTION_KLOSET_PASSPHRASE: 'frozen for ever in 2026' };

let folders = 0;
function newFolder(): string {
  folders += 1;
  return join(work, `restored-${folders}`);
}

function rescue(...words: string[]): Promise<Ended> {
  return runPython([script, '--keyfile', keyFile, ...words]);
}

/** What the frozen store holds: snapshot → path → SHA-256. */
function expectedOfFixture(folder: string = fixture): Map<string, Record<string, string>> {
  const found = new Map<string, Record<string, string>>();
  const expected: unknown = JSON.parse(readFileSync(`${folder}expected.json`, 'utf8'));
  for (const [key, value] of Object.entries(isObject(expected) ? expected : {})) {
    const [snapshot = '', path = ''] = [key.slice(0, 64), key.slice(65)];
    const paths = found.get(snapshot) ?? {};
    if (/^[0-9a-f]{64}$/.test(String(value))) paths[path] = String(value);
    found.set(snapshot, paths);
  }
  return found;
}

/** Whether every file of `folder` is one of `expected`; not all of them need be there. */
function isPartOf(folder: string, expected: Record<string, string>): boolean {
  return Object.entries(digestsIn(folder)).every(([path, digest]) => expected[path] === digest);
}

/** Snapshots, and removals of others, of few moments and lengths, each on some of those before. */
function anyHeaders(seed: number): ListedHeader[] {
  const below = randomNumbers(seed);
  const idOf = (number: number) => testId(sha256(Buffer.from(`${seed} ${number}`)));
  const years = [2025, 2026, 2099];
  return Array.from({ length: 12 }, (_, number) => {
    const parents = Array.from({ length: number === 0 ? 0 : 1 + below(2) }, () =>
      idOf(below(5) === 0 ? 100 + below(number) : below(number)),
    );
    const time = `${years[below(20) === 0 ? 2 : below(2)]}-01-02T03:04:0${below(3)}.000Z`;
    const base = { time, host: '', tool: '', signer: '', parents: [...new Set(parents)] };
    const gone = 100 + number;
    const header: Header =
      below(4) === 0
        ? { ...base, kind: 'removal', removed: [idOf(gone)], removedParents: [base.parents] }
        : { ...base, ...emptySnapshot, durationMs: 1000 * below(3) };
    return { id: idOf(number), sizeBytes: 1, header };
  });
}

const emptySnapshot = {
  kind: 'snapshot',
  source: '',
  name: '',
  description: '',
  tags: [],
  complete: true,
  errors: 0,
  counts: {},
  contentBytes: 0,
  addedBytes: 0,
  manifest: null,
  root: { size: 0, chunks: [] },
} as const;
describe.skipIf(python === undefined)('the frozen store sealed again for another key', () => {
  it('comes back the same, and not when somebody changed what its first signer signed', async () => {
    const key = new Uint8Array(32).fill(9);
    const keyPath = join(work, 'key-of-resealed');
    writeFileSync(keyPath, encodeKeyFile(key));
    const frozen = join(work, 'to-reseal');
    cpSync(`${fixture}store`, frozen, { recursive: true });
    const resealed = join(work, 'resealed');
    const source = new TestStore(new LocalBackend(frozen));
    const target = new TestStore(new LocalBackend(resealed));
    target.secret = { kind: 'key-file', key };
    await target.create();
    target.nowMs = source.nowMs = Date.UTC(2030, 0, 1);
    await source.open((from) => target.open((to) => from.replica.copyTo(to.replica, { host: 'here' })));
    const expected = expectedOfFixture();
    const copies = await target.open((store) => store.listSnapshots());
    expect(copies.map(({ header }) => header?.origin?.id).sort()).toEqual([...expected.keys()].sort());
    for (const { id, header } of copies) {
      const folder = newFolder();
      const ended = await runPython([script, '--keyfile', keyPath, resealed, 'restore', id, folder]);
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(digestsIn(folder)).toEqual(expected.get(header?.origin?.id ?? ''));
    }
    const theirs = await revokedSnapshot(target);
    const listed = await runPython([script, '--keyfile', keyPath, resealed, 'list']);
    for (const { id } of copies) expect(listed.stdout).toContain(id.slice(0, 8));
    expect(listed.stdout).not.toContain(theirs.slice(0, 8));
    expect(listed.stderr).toContain('revoked');
    const header = JSON.stringify(headerOf(copies[0]?.header?.origin));
    const checked = (change: string) =>
      `refuses(rescue.check_origin, (lambda header: ${change} or header)(json.loads(${JSON.stringify(header)})))`;
    expect(await evaluate(checked('None'))).toBe(false);
    expect(await evaluate(checked("header.update(source='other')"))).toBe(true);
  });

  /** Lets a colleague sign in the store, revokes its key as of before that, and returns the id of what it signed. */
  async function revokedSnapshot(owner: TestStore): Promise<string> {
    const colleague = Object.assign(new TestStore(owner.backend), { secret: owner.secret });
    colleague.nowMs = owner.nowMs + 60_000;
    const key = (await colleague.identity()).signer.publicKey;
    const before = (await owner.open((store) => store.listSnapshots()))[0]?.id;
    if (before === undefined) throw new Error('no snapshot');
    await owner.open(async (store) => store.admitSigners([endorse(await owner.identity(), key)]));
    const { id } = await colleague.snapshot(pagesOf([1], 300));
    const author = { tool: 'test 1.0.0', host: 'here' };
    await owner.open((store) => store.revokeSigner(key, { after: [before], author }));
    return id;
  }

  /** The members of the first header, and the origin beside them: what a resealed header is but for its ids. */
  function headerOf(origin: HeaderOrigin | undefined): object {
    if (origin === undefined) throw new Error('not resealed');
    const { id, storeId, signature, text } = origin;
    return { ...JSON.parse(text), origin: { id, storeId, signature, header: text } };
  }
});

describe.skipIf(python === undefined)('the frozen store, read by docs/rescue.py', () => {
  const frozen = `${fixture}store`;
  const expected = expectedOfFixture();
  const film = '/Größe 🙂~d/film.mp4';
  const [newest, newestFiles] = [...expected].find(([, files]) => film in files) ?? ['', {}];

  it.each([['with its index'], ['from packfiles alone', '--no-index']])(
    'comes back %s',
    async (_title, ...flags) => {
      expect(expected.size).toBe(2);
      for (const [snapshot, digests] of expected) {
        const folder = newFolder();
        const ended = await rescue(...flags, frozen, 'restore', snapshot.slice(0, 12), folder);
        expect(ended).toMatchObject({ code: 0, stderr: '' });
        expect(digestsIn(folder)).toEqual(digests);
      }
    },
  );

  it('comes back from the one that is spelled, with every sign of the spelling', async () => {
    const spelled = new URL('../fixtures/store-v1-spelled/', import.meta.url).pathname;
    const snapshots = expectedOfFixture(spelled);
    expect(snapshots.size).toBe(2);
    for (const [snapshot, digests] of snapshots) {
      const folder = newFolder();
      const ended = await rescue(`${spelled}store`, 'restore', snapshot, folder);
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(digestsIn(folder)).toEqual(digests);
    }
  });

  it('opens with its passphrase', async () => {
    const folder = newFolder();
    const ended = await runPython(
      [script, '--no-index', frozen, 'restore', 'latest', folder],
      frozenPassphrase,
    );
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(digestsIn(folder)).toEqual(newestFiles);
  });

  it('lists its snapshots without the removed one, and their files', async () => {
    const listed = await rescue(frozen, 'list');
    expect(listed.code).toBe(0);
    expect(listed.stdout.match(/^[0-9a-f]{64}/gm)?.sort()).toEqual([...expected.keys()].sort());
    const files = (await rescue(frozen, 'ls', newest)).stdout
      .split('\n')
      .filter((line) => /[^/]$/.test(line));
    expect(files.map((line) => line.replace(/^.{40}/u, '')).sort()).toEqual(Object.keys(newestFiles).sort());
  });

  it('says with its exit code why it does not open or find something', async () => {
    const other = join(work, 'other-key');
    writeFileSync(other, encodeKeyFile(new Uint8Array(32).fill(8)));
    const newer = rewritten('newer', 'CONFIG', (line) => line.replace(/1}$/, '3}'));
    const changed = rewritten('changed', 'CONFIG', (line) => line.replace('"deflate"', '"none"'));
    const full = join(work, 'full');
    cpSync(newer, full, { recursive: true });
    const cases: [number, Promise<Ended>][] = [
      [64, rescue(frozen, 'fetch')],
      [64, rescue(frozen, 'restore', newest, full)],
      [66, rescue(join(work, 'nowhere'), 'list')],
      [66, rescue(frozen, 'ls', 'ffffffff')],
      [77, runPython([script, frozen, 'list'])],
      [77, runPython([script, '--keyfile', other, frozen, 'list'])],
      [78, rescue(newer, 'list')],
      [78, rescue(changed, 'list')],
    ];
    for (const [code, ended] of cases) {
      expect(await ended).toMatchObject({ code, stdout: '' });
      expect((await ended).stderr).toMatch(/^rescue: [^\n]+\n$/);
    }
  });

  /** A copy of the frozen store in which somebody without a key rewrote a file that lies in the clear. */
  function rewritten(name: string, file: string, change: (line: string) => string): string {
    const store = join(work, name);
    cpSync(frozen, store, { recursive: true });
    const line = change(readFileSync(join(store, file), 'utf8').split('\n')[0] ?? '');
    writeFileSync(join(store, file), `${line}\n${sha256(Buffer.from(line))}\n`);
    return store;
  }

  it('opens in spite of a roster or a slot that somebody made senseless, and says so', async () => {
    const store = rewritten('senseless', 'keys/roster', (line) =>
      line.replace(/"slots":\[[^\]]*\]/, '"slots":5'),
    );
    const slot = readdirSync(join(frozen, 'keys')).find((name) => isPassphraseSlot(`keys/${name}`)) ?? '';
    // Named so that it is tried before the one that opens.
    const first = '0'.repeat(32);
    const [honest = ''] = readFileSync(join(frozen, 'keys', slot), 'utf8').split('\n');
    const line = honest.replace(slot, first).replace(/"cost":\{[^}]*\}/, '"cost":5');
    writeFileSync(join(store, 'keys', first), `${line}\n${sha256(Buffer.from(line))}\n`);
    const listed = await runPython([script, store, 'list'], frozenPassphrase);
    expect(listed.code).toBe(65);
    expect(listed.stderr).toContain('keys/roster');
    expect(listed.stderr).toMatch(new RegExp(`keys/${first} .*TypeError`));
    expect(listed.stdout.match(/^[0-9a-f]{64}/gm)).toHaveLength(expected.size);
  });

  it('gives a flipped byte away with exit 65 and the name of the file, and restores nothing wrong', async () => {
    const files = readdirSync(frozen, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(frozen, join(entry.parentPath, entry.name)))
      .filter((file) => !isPassphraseSlot(file));
    expect(new Set(files.map((file) => file.split('/')[0]))).toEqual(
      new Set(['CONFIG', 'index', 'keys', 'packs', 'snapshots']),
    );
    const noticed: Record<string, number> = {};
    for (const [number, file] of files.entries()) {
      for (const flags of [[], ['--no-index']]) {
        const { code, stderr, isRight } = await restoreFlipped(file, flags.length === 0 ? 1 : number, flags);
        expect({ file, flags, isRight }).toEqual({ file, flags, isRight: true });
        // Without the index its files do not matter, and with it the parts of a packfile that nothing uses do not.
        const kind = file.split('/')[0] ?? '';
        const mayPass = (kind === 'index' && flags.length > 0) || (kind === 'packs' && flags.length === 0);
        if (!mayPass || code !== 0) expect({ file, flags, code }).toEqual({ file, flags, code: 65 });
        if (code !== 0) expect(stderr).toContain(file);
        if (code !== 0) noticed[kind + flags.join()] = (noticed[kind + flags.join()] ?? 0) + 1;
      }
    }
    expect(noticed['index--no-index']).toBeUndefined();
    expect(noticed.packs).toBeGreaterThan(1);
  }, 300_000);

  /** The key file's slot stands before it in the roster, so nobody reads it. */
  function isPassphraseSlot(file: string): boolean {
    return (
      file.startsWith('keys/') && readFileSync(join(frozen, file), 'utf8').includes('"kind":"passphrase"')
    );
  }

  /** Flips a bit of the first, the middle or the last byte. */
  async function restoreFlipped(file: string, number: number, flags: readonly string[]) {
    const store = join(work, 'flipped');
    rmSync(store, { recursive: true, force: true });
    cpSync(frozen, store, { recursive: true });
    const bytes = readFileSync(join(store, file));
    const at = [0, bytes.length >> 1, bytes.length - 1][number % 3] ?? 0;
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (number % 8));
    writeFileSync(join(store, file), bytes);
    const folder = newFolder();
    const ended = await rescue(...flags, store, 'restore', newest, folder);
    const isThere = statSync(folder, { throwIfNoEntry: false }) !== undefined;
    return { ...ended, isRight: !isThere || isPartOf(folder, newestFiles) };
  }
});

describe.skipIf(python === undefined)('a store just written, read by docs/rescue.py', () => {
  const location = join(work, 'fresh');
  const files: Record<string, string> = {};
  // Composed here, decomposed when it opens the store.
  const passphrase = 'Größe ist 7 Zwölftel';
  const kit = new Uint8Array(32).map((_, at) => 255 - at * 5);

  beforeAll(async () => {
    const machine = new TestStore(new LocalBackend(location));
    machine.cacheFolder = join(work, 'cache');
    machine.packBytes = 1 << 20;
    await machine.create();
    await machine.snapshot((writer) => write(writer));
    await machine.open(async (store) => {
      await addSlot(store, { kind: 'passphrase', passphrase });
      await addSlot(store, { kind: 'recovery-kit', key: kit });
    });
  });

  async function addSlot(store: StoreMaintenance, secret: Secret): Promise<void> {
    await store.withKeySlots({}, (slots) =>
      slots.add(secret, { label: 'another', created: modified, cost: minCost }),
    );
  }

  async function write(writer: SnapshotWriter): Promise<void> {
    const document = async (path: string, text: string) => {
      files[path] = sha256(Buffer.from(text));
      const content = await writer.writeDocument(Buffer.from(text));
      await writer.step(fileEntry(path.slice(path.lastIndexOf('/') + 1), content));
    };
    const media = async (path: string, bytes: Uint8Array) => {
      files[path] = sha256(bytes);
      const content = await writer.writeMedia(pieces(bytes.subarray(0, 99_999), bytes.subarray(99_999)));
      await writer.step(
        fileEntry(path.slice(path.lastIndexOf('/') + 1), content, 'https://files.example/\u{1f3ac}?'),
      );
    };
    await document('/manifest.json', '{}');
    await document('/empty', '');
    const object = { id: '1'.repeat(32), kind: 'page' as const, edited: modified };
    await writer.step({ type: 'enter', name: '日本語~1', modified, object });
    // Their order by UTF-8 is not that by UTF-16; and two spellings that look alike.
    for (const name of ['～', '🙂', 'é', 'e\u0301', '"quoted"', 'a'.repeat(255)])
      await document(`/日本語~1/${name}`, `text of ${name}`.repeat(20_000));
    await writer.step({ type: 'enter', name: 'files', modified });
    await media('/日本語~1/files/film.mp4', bytesOf(1, 6_000_000));
    await media('/日本語~1/files/zeros.bin', new Uint8Array(3_000_000));
    await writer.step({ type: 'leave' });
    await writer.step({ type: 'enter', name: 'nothing', modified });
    await writer.step({ type: 'leave' });
    await writer.step({ type: 'leave' });
  }

  it.each([['with its index'], ['from packfiles alone', '--no-index']])(
    'comes back %s',
    async (_title, ...flags) => {
      const folder = newFolder();
      expect(await rescue(...flags, location, 'restore', 'latest', folder)).toMatchObject({
        code: 0,
        stderr: '',
      });
      expect(digestsIn(folder)).toEqual(files);
      expect(statSync(join(folder, '日本語~1/nothing')).isDirectory()).toBe(true);
      expect(statSync(join(folder, 'empty')).mtime.toISOString()).toBe(modified);
    },
  );

  it('opens with its passphrase in another spelling of Unicode', async () => {
    const folder = newFolder();
    const env = { NOTION_KLOSET_PASSPHRASE: passphrase.normalize('NFD') };
    expect(env.NOTION_KLOSET_PASSPHRASE).not.toBe(passphrase);
    expect(await runPython([script, location, 'restore', 'latest', folder], env)).toMatchObject({ code: 0 });
    expect(digestsIn(folder)).toEqual(files);
  });

  it('opens with a recovery kit as somebody types it, and a slip is told', async () => {
    const words = recoveryWords(kit);
    const typed = join(work, 'kit');
    writeFileSync(
      typed,
      ` ${words.toLowerCase().replaceAll('-', ' ').replace(' ', '._,-').replaceAll('0', 'o').replaceAll('1', 'l')}\n`,
    );
    expect(await runPython([script, '--keyfile', typed, location, 'list'])).toMatchObject({
      code: 0,
      stderr: '',
    });
    writeFileSync(
      typed,
      words.replace(/.$/, (sign) => (sign === 'A' ? 'B' : 'A')),
    );
    expect(await runPython([script, '--keyfile', typed, location, 'list'])).toMatchObject({ code: 77 });
  });

  it('comes back but for what lay in a lost packfile', async () => {
    const store = join(work, 'lossy');
    cpSync(location, store, { recursive: true });
    const sizeOf = (file: string) => statSync(join(store, file)).size;
    const packs = readdirSync(join(store, 'packs'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(store, join(entry.parentPath, entry.name)))
      .sort((left, right) => sizeOf(right) - sizeOf(left));
    expect(packs.length).toBeGreaterThan(3);
    rmSync(join(store, packs[0] ?? ''));
    const folder = newFolder();
    const ended = await rescue(store, 'restore', 'latest', folder);
    expect(ended.code).toBe(65);
    expect(ended.stderr).toContain('/日本語~1/files/film.mp4 is not restored');
    const { '/日本語~1/files/film.mp4': _lost, ...rest } = files;
    expect(digestsIn(folder)).toEqual(rest);
  });
});

describe.skipIf(python === undefined)('the parts of docs/rescue.py', () => {
  it('refuse names that would lead out of the folder or deceive', async () => {
    const names = [
      'fine',
      '',
      '.',
      '..',
      '../up',
      '/root',
      'a\\b',
      'a\nb',
      'a\u0085b',
      '\ud83d',
      'ü'.repeat(128),
    ];
    const entry = `{'chunks': [], 'modified': '', 'name': name, 'size': 0, 'type': 'file'}`;
    const call = `[name for name in ${JSON.stringify(names)} if not refuses(rescue.check_entry, ${entry})]`;
    expect(await evaluate(call)).toEqual(['fine']);
  });

  it('put headers in the order of this program, also those that end at the same time', async () => {
    const stores = Array.from({ length: 8 }, (_, seed) => anyHeaders(seed));
    const given = stores.map((headers) => headers.map(({ id, header }) => [id, header]));
    const json = JSON.stringify(JSON.stringify(given));
    const call = `[[name for name, _ in rescue.parents_first(each)] for each in json.loads(${json})]`;
    const orders = stores.map((headers) => chainOf(headers, Date.now()).map(({ listed }) => listed.id));
    expect(await evaluate(call)).toEqual(orders);
  });

  it('read the spelling of documents as this program does, and refuse what it refuses', async () => {
    const texts = [
      '{\n "created_time": "1970-01-01T00:00:00.000Z",\n "last_edited_time": "1970-01-01T00:01:00.000Z"\n}\n',
      '"2024-02-29T23:59:00.000Z" "9999-12-31T23:59:00.000Z" "2026-01-01T00:00:00.000Z"',
      ' {\n\n   }\n}\n{\n "plain_text": "é",\n "text": {\n  "content": "é",\n  "link": null\n },\n    [\n ]\n  ',
      `["${'ab'.repeat(32)}","38c9ce7b-60a4-8156-a1b7-cf948b230f66","38c9ce7b-60a4-8157-a1b7-cf948b230f66"]`,
      '"https://n.so/A-38c9ce7b60a48156a1b7cf948b230f66" "38c9ce7b-60a4-8156-a1b7-cf948b230f66" "/38c9ce7b60a48156a1b7cf948b230f66"',
      ...phrases.map((phrase, at) => `{\n${' '.repeat(at % 5)}${phrase}x`),
    ];
    const spelled = texts.map((text) => {
      const { text: signs, side } = spell(Buffer.from(text)) ?? { text: '', side: '' };
      return [
        Buffer.from(signs).toString('base64'),
        Buffer.from(side).toString('base64'),
        Buffer.byteLength(text),
      ];
    });
    const call = `[rescue.unspell(*map(rescue.base64.b64decode, (a, b)), n).decode() for a, b, n in ${JSON.stringify(spelled)}]`;
    expect(await evaluate(call)).toEqual(texts);
    const wrong = [
      [[2, 0], []],
      [[1], [1]],
      [[4], [255, 255, 255, 255, 255, 255, 255]],
      [[11], []],
      [[14, 254], []],
      [[14], []],
      [[97], [1]],
      [[6], []],
      [[3], Array(10).fill(1)],
    ];
    const refusals = `[refuses(rescue.unspell, bytes(a), bytes(b), 100) for a, b in ${JSON.stringify(wrong)}]`;
    expect(await evaluate(refusals)).toEqual(wrong.map(() => true));
    for (const [text = [], side = []] of wrong)
      expect(() => unspell({ text: Uint8Array.from(text), side: Uint8Array.from(side) }, 100)).toThrow();
  });

  it('have the preset dictionary of this program', async () => {
    expect(await evaluate('rescue.base64.b64encode(rescue.PRESET_DICTIONARY).decode()')).toBe(
      Buffer.from(presetDictionary).toString('base64'),
    );
  });

  it('refuse JSON in another spelling', async () => {
    const lines = [
      '{"a":1,"b":2}',
      '{"b":2,"a":1}',
      '{"a": 1}',
      '{"a":1,"a":1}',
      '{"a":1.0}',
      '{"a":-0}',
      '{"a":1e3}',
      '{"a":"\\u00e9"}',
      '[]',
      `${'['.repeat(99_999)}`,
      '{"a":9007199254740992}',
      '{"a":NaN}',
    ];
    const call = `[line for line in ${JSON.stringify(lines)} if not refuses(rescue.parse, line.encode(), 'it')]`;
    expect(await evaluate(call)).toEqual(['{"a":1,"b":2}']);
  });

  it('take text that is not well-formed Unicode in the spelling of this program', async () => {
    const lone = canonicalJson({ a: '\ud83d', b: '\udc00\ud83d🙂', '\ud800': 1 });
    const other = ['{"a":"\\uD83D"}', '{"a":"\\ud83d\\ude42"}'];
    const call = `[line for line in ${JSON.stringify([lone, ...other])} if not refuses(rescue.parse, line.encode(), 'it')]`;
    expect(await evaluate(call)).toEqual([lone]);
  });

  it('refuse a cost that no honest slot has before anything is derived', async () => {
    const costs = [
      [19 * 1024, 2, 1],
      [19 * 1024 - 1, 2, 1],
      [19 * 1024, 1, 1],
      [19 * 1024, 2, 2],
      [1 << 16, 17, 1],
      [1 << 17, 9, 1],
      [(1 << 17) + 1, 2, 1],
      [65_536, 17, 1],
    ].map(([memoryKiB, iterations, parallelism]) => ({ memoryKiB, iterations, parallelism }));
    const slot = `{'kind': 'passphrase', 'salt': '00' * 16, 'cost': cost}`;
    const call = `[cost for cost in ${JSON.stringify(costs)} if not refuses(rescue.wrapping_key, ${slot}, b'x')]`;
    expect(await evaluate(call)).toEqual(costs.slice(0, 1));
  });
});
