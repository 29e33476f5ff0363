/** The scene of every attack: a laptop, a workspace, and a store with two snapshots, put back before each test. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { Run } from './laptop.ts';
import { jsonOf, Laptop } from './laptop.ts';
import type { Workspace } from './workspace.ts';
import { startWorkspace } from './workspace.ts';

export interface Stage {
  readonly laptop: Laptop;
  readonly workspace: Workspace;
  /** Ids of the snapshots, oldest first. */
  readonly snapshots: readonly string[];
}

export interface StageOptions {
  /** How many snapshots the store begins with; 2 by default. Without any there is no store. */
  readonly snapshots?: number;
  /** Called after each of them, before the next. */
  readonly between?: (stage: Stage, done: number) => Promise<void> | void;
}

/** Sets up one scene for the file that calls it. */
export function useStage({ snapshots: wanted = 2, between }: StageOptions = {}): Stage {
  let laptop: Laptop | undefined;
  let workspace: Workspace | undefined;
  const snapshots: string[] = [];
  const stage: Stage = {
    get laptop() {
      return present(laptop);
    },
    get workspace() {
      return present(workspace);
    },
    snapshots,
  };
  beforeAll(async () => {
    workspace = await startWorkspace();
    laptop = new Laptop();
    laptop.env.NOTION_API_URL = workspace.simulator.url;
    laptop.env.NOTION_TOKEN = workspace.simulator.token;
    if (wanted > 0) ok(await laptop.at(['create']));
    for (let done = 1; done <= wanted; done++) {
      workspace.write(done);
      snapshots.push(String(jsonOf(ok(await laptop.at(['backup', '--json']))).snapshot));
      await between?.(stage, done);
    }
    laptop.keep();
  });
  beforeEach(() => {
    present(laptop).reset();
    present(workspace).write(Math.max(1, wanted));
  });
  afterAll(async () => {
    laptop?.dispose();
    await workspace?.close();
  });
  return stage;
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The scene is not set yet.');
  return value;
}

/** The run itself, when it went well. */
export function ok(run: Run): Run {
  expect(run, run.stderr).toMatchObject({ code: 0 });
  return run;
}

/** Asserts that a run ended with `code`, in order: no stack trace, no bug of ours. */
export function ended(run: Run, code: number): void {
  expect(run.code, `${run.stdout}\n${run.stderr}`).toBe(code);
  expect(run.stderr).not.toMatch(/\n\s+at |Unexpected failure/);
}

/** Every file below `folder` with a digest of its bytes, links as links. Equal pictures are equal folders. */
export function pictureOf(folder: string, below = ''): { [path: string]: string } {
  const picture: { [path: string]: string } = {};
  for (const name of existsSync(join(folder, below)) ? readdirSync(join(folder, below)) : []) {
    const path = join(below, name);
    const full = join(folder, path);
    const status = lstatSync(full);
    if (status.isDirectory()) Object.assign(picture, { [path]: 'folder' }, pictureOf(folder, path));
    else if (status.isSymbolicLink()) picture[path] = `-> ${readlinkSync(full)}`;
    else if (status.isFile()) picture[path] = createHash('sha256').update(readFileSync(full)).digest('hex');
    else picture[path] = 'special';
  }
  return picture;
}

/** The objects of a store, as a picture: without locks, and without what begins with a dot. */
export function objectsOf(store: string): { [path: string]: string } {
  return Object.fromEntries(
    Object.entries(pictureOf(store)).filter(
      ([path, what]) => what !== 'folder' && !/^(\.|locks\/)/.test(path),
    ),
  );
}

/** The names of the files in a folder of the store, `packs` included. */
export function namesIn(store: string, prefix: string): string[] {
  return Object.keys(objectsOf(store)).filter((path) => path.startsWith(`${prefix}/`));
}

/** Moves `path` away to `target` and leaves a symbolic link in its place. */
export function replaceByLink(path: string, target: string): void {
  if (existsSync(path)) renameSync(path, target);
  else mkdirSync(target, { recursive: true });
  symlinkSync(target, path);
}

/** Flips one bit in the middle of a file. */
export function flip(path: string): void {
  const bytes = readFileSync(path);
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}
