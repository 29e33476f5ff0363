import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { encodeKeyFile } from '../../src/store/access/key-file.ts';
import { tarEntries, zipEntries } from '../operations/restore/unpack.ts';
import { smallWorkspace } from '../simulator/workspace.ts';
import { fakeIo } from './fake-io.ts';

let home: string;
let env: { readonly [name: string]: string };

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kloset-cli-dump-'));
  const simulator = await startSimulator({ state: smallWorkspace().state, clock: 'real' });
  env = { HOME: home, NOTION_API_URL: simulator.url, NOTION_TOKEN: simulator.token };
  writeFileSync(join(home, 'key'), encodeKeyFile(new Uint8Array(32).fill(9)));
  expect((await run('backup')).code).toBe(0);
  await simulator.close();
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

async function run(...argv: string[]) {
  const bytes: Uint8Array[] = [];
  const io = fakeIo(env, home);
  const stdout = { ...io.stdout, write: (part: string | Uint8Array) => void bytes.push(Buffer.from(part)) };
  const code = await main(['--keyfile', 'key', ...argv], { ...io, stdout });
  return { code, out: Buffer.concat(bytes), err: io.err() };
}

test('an archive is told by its name, and one that is there is refused', async () => {
  const { code, out } = await run('dump', '--to', 'x.zip', '-as', 'html', 'latest:/Home');
  expect([code, out.toString()]).toEqual([
    0,
    expect.stringMatching(/^dump: [0-9a-f]{8}:\/Home~\w+ to .*x\.zip completed/),
  ]);
  expect((await zipEntries(join(home, 'x.zip'))).map(({ name }) => name)).toContain('index.html');
  const again = await run('dump', '--to', 'x.zip');
  expect([again.code, again.err]).toEqual([64, expect.stringContaining('is there already')]);
  expect((await run('dump', '--to', 'x.zip', '--force')).code).toBe(0);
  expect(readdirSync(home).filter((name) => name.endsWith('.partial'))).toEqual([]);
});

test('an archive on stdout is the archive alone', async () => {
  const { code, out, err } = await run('dump', '--to', '-', '--format', 'tar');
  expect([code, err]).toEqual([0, expect.stringMatching(/dump: [0-9a-f]{8}:\/ to stdout completed/)]);
  writeFileSync(join(home, 'streamed.tar'), out);
  await run('dump', '--to', 'file.tar');
  const streamed = await tarEntries(join(home, 'streamed.tar'));
  expect(streamed).toEqual(await tarEntries(join(home, 'file.tar')));
  expect(streamed.map(({ name }) => name)).toContain('manifest.json');
});

test('the result can be JSON', async () => {
  const { out } = await run('--json', 'dump', '--to', 'y.tar');
  expect(JSON.parse(out.toString())).toMatchObject({
    format: 'tar',
    path: '/',
    errors: [],
    archive: join(home, 'y.tar'),
  });
});

test.each([
  [['--to', 'x'], 'does not tell the format'],
  [['--to', '-'], 'does not tell the format'],
  [['--to', 'x.tar.gz'], 'compressor'],
  [['--to', 'x.tar', '--format', 'rar'], '--format'],
  [['--json', '--to', '-', '--format', 'tar'], 'cannot have the archive'],
])('%j is refused', async (argv, words) => {
  const { code, out, err } = await run('dump', ...argv);
  // With --json the error is an object on stdout, as ever.
  const isArchive = out.length > 0 && !argv.includes('--json');
  expect([code, isArchive, err]).toEqual([64, false, expect.stringContaining(words)]);
});
