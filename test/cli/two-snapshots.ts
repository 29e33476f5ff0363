/** A home with a store of two snapshots, put back before each test, and commands that run on it in this process. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { encodeKeyFile } from '../../src/store/access/key-file.ts';
import { KeptFolder } from '../kept-folder.ts';
import type { Workspace } from './attacks/workspace.ts';
import { startWorkspace } from './attacks/workspace.ts';
import { fakeIo } from './fake-io.ts';

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  /** The clock of the command runs ahead by so much. */
  readonly shiftMs?: number;
  readonly env?: { readonly [name: string]: string };
}

export interface TwoSnapshots {
  readonly home: string;
  readonly store: string;
  /** Ids, oldest first. */
  readonly snapshots: readonly string[];
  run(words: readonly string[], options?: RunOptions): Promise<Run>;
  /** The whole id of the snapshot that a backup commits. */
  backup(options?: RunOptions): Promise<string>;
}

export function useTwoSnapshots(between: (home: string) => void = () => {}): TwoSnapshots {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'kloset-two-')));
  let kept: KeptFolder | undefined;
  const store = join(home, 'store');
  const snapshots: string[] = [];
  let workspace: Workspace | undefined;

  const run = async (words: readonly string[], { shiftMs = 0, env = {} }: RunOptions = {}): Promise<Run> => {
    const simulator = workspace?.simulator ?? expect.fail('no workspace yet');
    const io = fakeIo(
      { HOME: home, NOTION_API_URL: simulator.url, NOTION_TOKEN: simulator.token, ...env },
      home,
    );
    const clock = { now: () => Date.now() + shiftMs, sleep: io.clock.sleep };
    const code = await main(['--keyfile', 'key', 'at', store, ...words], { ...io, clock });
    return { code, out: io.out(), err: io.err() };
  };
  const backup = async (options?: RunOptions): Promise<string> => {
    const { code, out, err } = await run(['backup', '--json'], options);
    expect(code, err).toBe(0);
    return String(JSON.parse(out).snapshot);
  };

  beforeAll(async () => {
    workspace = await startWorkspace();
    writeFileSync(join(home, 'key'), encodeKeyFile(new Uint8Array(32).fill(7)), { mode: 0o600 });
    expect(await run(['create'])).toMatchObject({ code: 0 });
    for (const version of [1, 2]) {
      workspace.write(version);
      snapshots.push(await backup());
      if (version === 1) between(home);
    }
    kept = new KeptFolder(home);
  });
  beforeEach(() => kept?.putBack());
  afterAll(async () => {
    await workspace?.close();
    kept?.remove();
    rmSync(home, { recursive: true, force: true });
  });
  return { home, store, snapshots, run, backup };
}
