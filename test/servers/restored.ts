/** A restore into a folder, compared with that of a first backup of the same workspace. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { filesBelow } from '../bench/files.js';
import type { Served } from '../e2e/machine.ts';
import { ServerMachine } from './server-machine.ts';

/** Restores `snapshot` into a folder `name` of the machine: it is what a store of its own, in a folder, has of the workspace. */
export async function expectRestored(
  machine: ServerMachine,
  { snapshot, name }: { readonly snapshot: string; readonly name: string },
  simulator: Served,
): Promise<void> {
  const reference = new ServerMachine('', {});
  try {
    reference.store = reference.path('store');
    reference.connect(simulator);
    expect(await reference.at(['create'])).toMatchObject({ code: 0 });
    expect(await reference.at(['backup'])).toMatchObject({ code: 0 });
    const [restored, wanted] = [machine.path(name), reference.path('restored')];
    for (const [each, id, folder] of [
      [machine, snapshot, restored],
      [reference, 'latest', wanted],
    ] as const)
      expect(await each.at(['restore', '-to', folder, id])).toMatchObject({ code: 0 });
    expect(filesOf(restored)).toEqual(filesOf(wanted));
  } finally {
    reference.dispose();
  }
}

/** Digests by path of all files but the manifest, which tells when and how they were read. */
function filesOf(folder: string): Map<string, string> {
  const files = filesBelow(folder).map(({ path }): [string, string] => [
    path.slice(folder.length),
    createHash('sha256').update(readFileSync(path)).digest('hex'),
  ]);
  return new Map(files.filter(([path]) => path !== '/manifest.json'));
}
