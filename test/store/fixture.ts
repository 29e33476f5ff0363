/** Stores for tests: in memory, opened by a key of their own, with an identity and trust that nothing else shares. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { MemoryBackend } from '../../src/backend/memory.ts';
import type { Clock } from '../../src/clock.ts';
import type { FileEntry, StoredContent } from '../../src/document/content.ts';
import type { Monitor, MonitorEvent } from '../../src/monitor.ts';
import type { Identity } from '../../src/store/access/identity.ts';
import { ensureIdentity } from '../../src/store/access/identity.ts';
import type { KeyAccess } from '../../src/store/access/key-slots.ts';
import { unlockStore } from '../../src/store/access/key-slots.ts';
import type { Acceptances } from '../../src/store/access/pins/acceptance.ts';
import { openTrust } from '../../src/store/access/trust.ts';
import type { SealContext } from '../../src/store/format/blob.ts';
import type { Compression } from '../../src/store/format/compression.ts';
import { configName, parseConfig } from '../../src/store/format/config.ts';
import type { Secret } from '../../src/store/format/key-slot.ts';
import type {
  OpenOptions,
  SnapshotDetails,
  SnapshotSummary,
  SnapshotWriter,
  StoreMaintenance,
  StoreWriter,
} from '../../src/store/open-store.ts';
import { createStore, withStoreMaintenance, withStoreWriter } from '../../src/store/open-store.ts';

export const details: SnapshotDetails = {
  time: '2026-01-02T03:04:05.000Z',
  durationMs: 1234,
  source: 'test:workspace',
  name: 'Workspace',
  description: '',
  host: 'here',
  tags: ['nightly'],
  tool: 'test 1.0.0',
  complete: true,
  errors: 0,
  counts: { pages: 1 },
};

export const modified = '2026-01-01T00:00:00.000Z';

/** One machine with one store: its backend, its configuration and its cache. */
export class TestStore {
  readonly backend: Backend;
  /** The configuration folder: identity and pins. */
  readonly configuration: Backend;
  readonly events: MonitorEvent[] = [];
  secret: Secret = { kind: 'key-file', key: new Uint8Array(32).fill(7) };
  #identity: Identity | undefined;
  #cacheFolder: string | undefined;
  packBytes: number | undefined;
  /** Undefined for that of new stores. */
  compression: Compression | undefined;
  nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);

  constructor(
    backend: Backend = new MemoryBackend(),
    configuration: Backend = new MemoryBackend('configuration'),
  ) {
    this.backend = backend;
    this.configuration = configuration;
  }

  /** A new one for each machine, unless a test gives one. */
  get cacheFolder(): string {
    this.#cacheFolder ??= temporaryFolder();
    return this.#cacheFolder;
  }

  set cacheFolder(folder: string) {
    this.#cacheFolder = folder;
  }

  get clock(): Clock {
    return { now: () => this.nowMs, sleep: async () => {} };
  }

  get monitor(): Monitor {
    return { report: (event) => void this.events.push(event) };
  }

  /** Made on first use and kept: reading it back takes longer than a check of a small store. */
  identity = async (): Promise<Identity> => {
    this.#identity ??= await ensureIdentity(this.configuration, new Date(this.nowMs).toISOString());
    return this.#identity;
  };

  async create(): Promise<this> {
    await createStore({
      backend: this.backend,
      secret: this.secret,
      label: 'test',
      identity: await this.identity(),
      trust: await openTrust(this.configuration, this.backend.location),
      clock: this.clock,
      ...(this.compression === undefined ? {} : { compression: this.compression }),
    });
    return this;
  }

  /** Opens the store for reading and maintenance. */
  async open<T>(use: (store: StoreMaintenance) => Promise<T>, accept: Acceptances = {}): Promise<T> {
    return await withStoreMaintenance(await this.openOptions(accept), use);
  }

  /** Opens the store for writing snapshots, under a shared lock. */
  async write<T>(use: (store: StoreWriter) => Promise<T>): Promise<T> {
    return await withStoreWriter(await this.openOptions(), use);
  }

  async openOptions(accept: Acceptances = {}): Promise<OpenOptions> {
    return {
      backend: this.backend,
      unlock: async () => this.secret,
      identity: await this.identity(),
      trust: await openTrust(this.configuration, this.backend.location, { accept }),
      cacheFolder: this.cacheFolder,
      clock: this.clock,
      monitor: this.monitor,
      ...(this.packBytes === undefined ? {} : { packBytes: this.packBytes }),
    };
  }

  /** The secrets of the store, as whoever has its key derives them. */
  async secrets(): Promise<{ readonly access: KeyAccess; readonly context: SealContext }> {
    const { backend, secret } = this;
    const { storeId } = parseConfig(await backend.read(configName));
    const { keys, masterKey } = await unlockStore(backend, storeId, secret);
    const identity = await this.identity();
    return { access: { backend, storeId, masterKey, identity }, context: { storeId, keys } };
  }

  /** Commits what `write` writes as one snapshot, a minute after the one before. */
  async snapshot(
    write: (writer: SnapshotWriter) => Promise<void>,
    more: Partial<SnapshotDetails> = {},
  ): Promise<SnapshotSummary> {
    this.nowMs += 60_000;
    return await this.write(async (store) => {
      const writer = await store.beginSnapshot();
      await write(writer);
      return await writer.commit({ ...details, time: new Date(this.nowMs).toISOString(), ...more });
    });
  }
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kloset-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function fileEntry(name: string, content: StoredContent, source?: string): FileEntry {
  return { type: 'file', name, modified, content, ...(source === undefined ? {} : { source }) };
}

export async function collect(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

export async function collectAll<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** A small workspace: manifest, one page with a file, a page below it. */
export async function writeSample(writer: SnapshotWriter, text = 'Hello'): Promise<void> {
  const document = async (name: string, value: unknown) =>
    writer.step(fileEntry(name, await writer.writeDocument(Buffer.from(JSON.stringify(value)))));
  const object = (digit: string) => ({ id: digit.repeat(32), kind: 'page' as const, edited: modified });
  await document('manifest.json', { counts: { pages: 2 } });
  await writer.step({ type: 'enter', name: 'Start~1', modified, object: object('1') });
  await document('page.json', { title: text });
  await writer.step({ type: 'enter', name: 'files', modified });
  const media = await writer.writeMedia(pieces(Buffer.from('the bytes of a picture')));
  await writer.step(fileEntry('picture.png', media, 'https://files.example/picture.png'));
  await writer.step({ type: 'leave' });
  await writer.step({ type: 'enter', name: 'Child~2', modified, object: object('2') });
  await document('page.json', { title: `${text} below` });
  await writer.step({ type: 'leave' });
  await writer.step({ type: 'leave' });
}

export async function* pieces(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}
