/** A simulated workspace, what a crawl of it gives, and restores of that into the same workspace. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentMonitor } from '../../../src/monitor.ts';
import type { NotionConnection } from '../../../src/notion/api/client.ts';
import { connectNotion } from '../../../src/notion/api/client.ts';
import type { RestoreResult } from '../../../src/notion/restore/journal/restore-result.ts';
import { readIdMap } from '../../../src/notion/restore/journal/restore-result.ts';
import type { RestoreOptions } from '../../../src/notion/restore/restore.ts';
import { restoreToNotion } from '../../../src/notion/restore/restore.ts';
import type { Comparison } from '../../../src/operations/verify/compare.ts';
import { compareSnapshots } from '../../../src/operations/verify/compare.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { LoggedRequest, Simulator, SimulatorOptions } from '../../../src/simulator/server.ts';
import { startSimulator } from '../../../src/simulator/server.ts';
import { addPage } from '../../../src/simulator/workspace/state.ts';
import { SimulatedCrawl } from '../crawl/simulated-crawl.ts';
import { MemoryReader } from './snapshot-reader.ts';

export class Workspace {
  readonly simulator: Simulator;
  readonly crawls: SimulatedCrawl;
  readonly api: NotionConnection;
  readonly folder = mkdtempSync(join(tmpdir(), 'restore-'));
  #targets = 0;

  constructor(simulator: Simulator) {
    this.simulator = simulator;
    this.crawls = new SimulatedCrawl(simulator);
    this.api = this.connect();
  }

  connect(): NotionConnection {
    const { clock, token, url } = this.simulator;
    return connectNotion({
      token,
      apiUrl: url,
      clock,
      timeoutClock: clock,
      monitor: silentMonitor,
      random: () => 0.5,
    });
  }

  /** An empty page, shared with the bot, outside everything else. */
  addTarget(): string {
    this.#targets += 1;
    const page = addPage(this.simulator.state, {
      parent: { type: 'workspace', id: '' },
      values: { title: [] },
      createdTime: this.simulator.clock.now(),
    });
    this.simulator.state.shared.add(page.id);
    return page.id;
  }

  /** A crawl of everything, or of `roots`. */
  async snapshot(roots: readonly string[] = []): Promise<MemoryReader> {
    this.crawls.previous = null;
    const crawled = await this.crawls.start({
      roots: [...roots],
      full: true,
      sourceKey: `crawl ${roots.join()}`,
    });
    const reader = new MemoryReader([...crawled.steps()], (content) => this.crawls.sink.read(content));
    crawled.discard();
    return reader;
  }

  journal(name: string): string {
    return join(this.folder, `${name}.sqlite`);
  }

  restore(
    snapshot: MemoryReader,
    target: string,
    more: Partial<RestoreOptions> = {},
  ): Promise<RestoreResult> {
    return restoreToNotion({
      api: this.api,
      snapshot,
      path: '/',
      destination: { type: 'page', id: target },
      journalFile: this.journal(target),
      markers: false,
      comments: true,
      monitor: silentMonitor,
      ...more,
    });
  }

  /** Crawls everything again and holds what a restore made against the original. */
  async compare(original: MemoryReader, journalFile: string): Promise<Comparison> {
    const copy = await this.snapshot();
    const ids = new Map([...readIdMap(journalFile)].map(({ old, fresh }) => [old, fresh]));
    return compareSnapshots({ original, copy, path: '/', ids });
  }

  /** Requests of the API from place `from` of the log on. */
  requests(from = 0): LoggedRequest[] {
    return this.simulator.log.slice(from).filter(({ path }) => path.startsWith('/v1/'));
  }

  async close(): Promise<void> {
    this.api.close();
    this.crawls.remove();
    rmSync(this.folder, { recursive: true, force: true });
    await this.simulator.close();
  }
}

let sample: Promise<MemoryReader> | undefined;

/** What a crawl of the whole sample workspace gives, as nobody has changed it; crawled once in a worker. */
export function sampleSnapshot(): Promise<MemoryReader> {
  sample ??= crawlSample();
  return sample;
}

async function crawlSample(): Promise<MemoryReader> {
  let snapshot: MemoryReader | undefined;
  await withWorkspace({ state: sampleWorkspace() }, async (workspace) => {
    snapshot = await workspace.snapshot();
  });
  if (snapshot === undefined) throw new Error('the crawl gave nothing');
  return snapshot;
}

/** Starts a simulator, gives `use` its workspace, and closes both. */
export async function withWorkspace(
  options: SimulatorOptions,
  use: (workspace: Workspace) => Promise<void>,
): Promise<void> {
  const workspace = new Workspace(await startSimulator(options));
  try {
    await use(workspace);
    if (workspace.simulator.bugs.length > 0)
      throw new Error('the simulator failed', { cause: workspace.simulator.bugs[0] });
  } finally {
    await workspace.close();
  }
}
