/** What tests of the life of a store have in common: workspaces of files, whole snapshots read back, soundness. */
import { createHash } from 'node:crypto';
import type { Backend } from '../../src/backend/backend.ts';
import { identityName } from '../../src/store/access/identity.ts';
import type { SnapshotWriter, Store } from '../../src/store/open-store.ts';
import { fileEntry, pieces, TestStore } from './fixture.ts';
import { bytesOf } from './random.ts';

/** Who removes, in tests. */
export const remover = { host: 'here', tool: 'test 1.0.0' };

/** A writer of pages with one document each: `seeds` decide their bytes, so equal seeds share blobs. */
export function pagesOf(
  seeds: readonly number[],
  bytesEach = 3000,
): (writer: SnapshotWriter) => Promise<void> {
  return async (writer) => {
    for (const seed of seeds) {
      await writer.step({ type: 'enter', name: `Page ${seed}`, modified: '2026-01-01T00:00:00.000Z' });
      await writer.step(fileEntry('page.json', await writer.writeDocument(bytesOf(seed, bytesEach))));
      await writer.step(
        fileEntry('picture', await writer.writeMedia(pieces(bytesOf(seed + 5000, 2 * bytesEach)))),
      );
      await writer.step({ type: 'leave' });
    }
  };
}

/** Every path of a snapshot with a digest of what lies there. Throws when any byte cannot be read. */
export async function contentsOf(store: Store, snapshotId: string): Promise<Map<string, string>> {
  const reader = await store.openSnapshot(snapshotId);
  const contents = new Map<string, string>();
  for await (const entry of reader.walk('/')) {
    if (entry.type === 'directory') {
      contents.set(entry.path, 'directory');
      continue;
    }
    const hash = createHash('sha256');
    for await (const part of reader.read(entry.content)) hash.update(part);
    contents.set(entry.path, hash.digest('hex'));
  }
  return contents;
}

/** The contents of every snapshot, by id. */
export async function everything(machine: TestStore): Promise<Map<string, Map<string, string>>> {
  return await machine.open(async (store) => {
    const all = new Map<string, Map<string, string>>();
    for (const { id } of await store.listSnapshots()) all.set(id, await contentsOf(store, id));
    return all;
  });
}

/** What a full check finds wrong: errors only, as "kind object". */
export async function errorsOf(machine: TestStore): Promise<string[]> {
  const { findings } = await machine.open((store) => store.check());
  return findings
    .filter(({ severity }) => severity === 'error')
    .map(({ kind, object }) => `${kind} ${object}`);
}

export async function warningsOf(machine: TestStore): Promise<string[]> {
  const { findings } = await machine.open((store) => store.check());
  return findings
    .filter(({ severity }) => severity === 'warning')
    .map(({ kind, object }) => `${kind} ${object}`);
}

/** Bytes of all objects under `prefix`. */
export async function sizeOf(backend: Backend, prefix: string): Promise<number> {
  let sizeBytes = 0;
  for await (const entry of backend.list(prefix)) sizeBytes += entry.sizeBytes;
  return sizeBytes;
}

/** Another machine of the same user before the store on `backend`: same identity, nothing remembered, no cache. */
export async function otherMachine(
  machine: TestStore,
  backend: Backend = machine.backend,
): Promise<TestStore> {
  const other = new TestStore(backend);
  const identity = await machine.configuration.read(identityName);
  await other.configuration.replace(identityName, identity);
  return Object.assign(other, { nowMs: machine.nowMs, packBytes: machine.packBytes });
}
