/** A simulated workspace with a store that backs it up, on which restores in place are planned and carried out. */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBackend } from '../../../../src/backend/memory.ts';
import { systemClock } from '../../../../src/clock.ts';
import { silentMonitor } from '../../../../src/monitor.ts';
import type { NotionConnection } from '../../../../src/notion/api/client.ts';
import { connectNotion } from '../../../../src/notion/api/client.ts';
import { backupNotion, wholeWorkspace } from '../../../../src/operations/backup/backup-notion.ts';
import { readWorkspace } from '../../../../src/operations/backup/notion-source.ts';
import type { JobContext } from '../../../../src/operations/job-context.ts';
import { openPlace } from '../../../../src/operations/look/open-place.ts';
import type { InPlaceReport, InPlaceRestore } from '../../../../src/operations/restore/restore-in-place.ts';
import { planRestoreInPlace, restoreInPlace } from '../../../../src/operations/restore/restore-in-place.ts';
import { createStoreAt } from '../../../../src/operations/stores/create-store.ts';
import type { StoreAccess } from '../../../../src/operations/stores/open-store.ts';
import { withReadableStore, withWritableStore } from '../../../../src/operations/stores/open-store.ts';
import type { Simulator } from '../../../../src/simulator/server.ts';
import { startSimulator } from '../../../../src/simulator/server.ts';
import type { State } from '../../../../src/simulator/workspace/state.ts';
import type { Secret } from '../../../../src/store/format/key-slot.ts';
import type { Store, StoreWriter } from '../../../../src/store/open-store.ts';

const secret: Secret = { kind: 'key-file', key: new Uint8Array(32).fill(3) };

export type Settings = Pick<InPlaceRestore, 'part' | 'pruneAdded' | 'verify' | 'comments'>;

const usual: Settings = { part: {}, pruneAdded: false, verify: 'fast', comments: true };

export class Stage {
  readonly simulator: Simulator;
  readonly state: State;
  readonly api: NotionConnection;
  readonly #job: JobContext;
  readonly #access: StoreAccess;
  readonly #home: string;

  private constructor(simulator: Simulator, home: string) {
    this.simulator = simulator;
    this.state = simulator.state;
    this.#home = home;
    this.api = connectNotion({
      token: simulator.token,
      apiUrl: simulator.url,
      clock: simulator.clock,
      timeoutClock: simulator.clock,
      monitor: silentMonitor,
    });
    this.#job = {
      clock: systemClock,
      monitor: silentMonitor,
      signal: new AbortController().signal,
      tool: 'test 1',
      host: 'here',
      settings: new MemoryBackend(),
      cacheFolder: join(home, 'cache'),
      journalFolder: join(home, 'journals'),
      lockWaitMs: 0,
    };
    const backend = new MemoryBackend();
    this.#access = { location: join(home, 'store'), backend, unlock: async () => secret, accept: {} };
  }

  /** A stage of this workspace with an empty store. */
  static async of(state: State): Promise<Stage> {
    const home = mkdtempSync(join(tmpdir(), 'kloset-stage-'));
    const stage = new Stage(await startSimulator({ state }), home);
    await createStoreAt(stage.#job, stage.#access, secret);
    return stage;
  }

  async backup(): Promise<string> {
    const { snapshot } = await this.#withWriter((store) =>
      backupNotion(this.#job, {
        store,
        api: this.api,
        scope: { ...wholeWorkspace, comments: 'all' },
        tags: [],
      }),
    );
    return snapshot.id;
  }

  /** The plan of a restore in place of `word`, as a dry run makes it. */
  plan(word: string, settings: Partial<Settings> = {}) {
    return withReadableStore(this.#job, this.#access, async (store) =>
      planRestoreInPlace(this.#job, { ...(await this.#scope(store, word)), ...settings }),
    );
  }

  /** Restores `word` in place; `api` in place of the usual connection. */
  restore(word: string, settings: Partial<Settings> = {}, api = this.api): Promise<InPlaceReport> {
    return this.#withWriter(async (store) =>
      restoreInPlace(this.#job, {
        ...(await this.#scope(store, word)),
        ...settings,
        api,
        store,
        confirm: async () => true,
      }),
    );
  }

  /** The journals of all restores, oldest first. */
  journals(): string[] {
    const folder = this.#job.journalFolder;
    const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.sqlite')) : [];
    return files
      .map((name) => join(folder, name))
      .sort((a, b) => statSync(a).birthtimeMs - statSync(b).birthtimeMs);
  }

  /** Requests that `work` sends: methods and paths. */
  async requestsOf(work: () => Promise<unknown>): Promise<string[]> {
    const from = this.simulator.log.length;
    await work();
    return this.simulator.log
      .slice(from)
      .filter(({ path }) => path.startsWith('/v1/'))
      .map(({ method, path }) => `${method} ${path}`);
  }

  /** Those of them that change something. */
  async writesOf(work: () => Promise<unknown>): Promise<string[]> {
    return (await this.requestsOf(work)).filter(
      (request) => !request.startsWith('GET ') && !/\/(search|query)$|\/queries/.test(request),
    );
  }

  async close(): Promise<void> {
    this.api.close();
    await this.simulator.close();
    rmSync(this.#home, { recursive: true, force: true });
  }

  async #scope(store: Store, word: string) {
    const place = await openPlace(store, word);
    const { id: workspace } = await readWorkspace(this.api);
    return { ...usual, api: this.api, workspace, place, markers: false };
  }

  #withWriter<T>(use: (store: StoreWriter) => Promise<T>): Promise<T> {
    return withWritableStore(this.#job, this.#access, 'restore', use);
  }
}
