/** Ways to harm a store, and the two questions asked afterwards: is it noticed, and is what is read still true? */
import type { Backend } from '../../src/backend/backend.ts';
import { MemoryBackend } from '../../src/backend/memory.ts';
import { isKlosetError } from '../../src/errors.ts';
import { collect, TestStore } from './fixture.ts';

/** The bytes of every object of a backend by name. */
export async function contentsOf(backend: Backend): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for await (const { name } of backend.list('')) found.set(name, await backend.read(name));
  return found;
}

/** The same machine with a copy of the store in which `change` was done. Pins and identity are shared, the cache is new. */
export async function harmed(
  machine: TestStore,
  contents: ReadonlyMap<string, Uint8Array>,
  change: (backend: Backend) => Promise<void>,
): Promise<TestStore> {
  const backend = new MemoryBackend(machine.backend.location);
  for (const [name, bytes] of contents) await backend.replace(name, bytes);
  await change(backend);
  const victim = new TestStore(backend, machine.configuration);
  victim.identity = machine.identity;
  victim.nowMs = machine.nowMs;
  return victim;
}

/** What `check` says: names of damaged objects, or the code with which the store refused to open. Any other error is a failure. */
export async function noticed(machine: TestStore): Promise<string[]> {
  try {
    const { findings } = await machine.open((store) => store.check());
    return findings.map(({ kind, object }) => `${kind} ${object}`);
  } catch (error) {
    if (isKlosetError(error)) return [`refused ${error.code}: ${error.message}`];
    throw error;
  }
}

/** Every file of every snapshot as `<snapshot>:<path>` → text; what cannot be read is left out. */
export async function readable(machine: TestStore): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  await ignoringDamage(() =>
    machine.open(
      async (store) => {
        for (const { id, problem } of await store.listSnapshots()) {
          if (problem !== undefined) continue;
          await ignoringDamage(async () => {
            const snapshot = await store.openSnapshot(id);
            for await (const entry of snapshot.walk('/')) {
              if (entry.type !== 'file') continue;
              await ignoringDamage(async () => {
                const bytes = await collect(snapshot.read(entry.content));
                found.set(`${id}:${entry.path}`, bytes.toString('base64'));
              });
            }
          });
        }
      },
      { loss: true, config: true, place: true },
    ),
  );
  return found;
}

async function ignoringDamage(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isKlosetError(error)) throw error;
  }
}
