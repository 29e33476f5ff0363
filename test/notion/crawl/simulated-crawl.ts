/** Crawls of a simulated workspace, one after the other, each building on the snapshot of the one before. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentMonitor } from '../../../src/monitor.ts';
import type { NotionApi } from '../../../src/notion/api/api.ts';
import { parseApiUrl } from '../../../src/notion/api/api-url.ts';
import type { NotionConnection } from '../../../src/notion/api/client.ts';
import { connectNotion } from '../../../src/notion/api/client.ts';
import type { Crawled, CrawlOptions, MediaRequest } from '../../../src/notion/crawl/crawl.ts';
import { crawl } from '../../../src/notion/crawl/crawl.ts';
import { downloadMedia } from '../../../src/notion/files/media-download.ts';
import type { Simulator, SimulatorOptions } from '../../../src/simulator/server.ts';
import { startSimulator } from '../../../src/simulator/server.ts';
import { MemorySink, MemorySnapshot } from './memory-snapshot.ts';

export interface Outcome {
  readonly snapshot: MemorySnapshot;
  readonly crawled: Crawled;
  /** HTTP requests to the API, repeats included. */
  readonly requests: number;
}

export interface Settings extends Partial<CrawlOptions> {
  /** Stands between the crawl and the API. */
  readonly wrap?: (api: NotionApi) => NotionApi;
}

export class SimulatedCrawl {
  readonly simulator: Simulator;
  sink = new MemorySink();
  readonly folder = mkdtempSync(join(tmpdir(), 'crawl-'));
  previous: MemorySnapshot | null = null;
  #runs = 0;

  constructor(simulator: Simulator) {
    this.simulator = simulator;
  }

  /** Runs one crawl to its end and makes its snapshot the previous one. */
  async run(settings: Settings = {}): Promise<Outcome> {
    const before = this.simulator.log.length;
    const crawled = await this.start(settings);
    this.#runs += 1;
    const snapshot = new MemorySnapshot(this.sink, crawled.steps(), crawled.manifest, `run ${this.#runs}`);
    crawled.discard();
    this.previous = snapshot;
    const api = this.simulator.log.slice(before).filter(({ path }) => path.startsWith('/v1/'));
    return { snapshot, crawled, requests: api.length };
  }

  /** Begins a crawl with a connection of its own, closed when it ends. */
  async start({ wrap = (api) => api, ...settings }: Settings = {}): Promise<Crawled> {
    const api = this.connect(this.simulator.token);
    try {
      return await crawl({
        api: wrap(api),
        sink: this.sink,
        previous: this.previous,
        monitor: silentMonitor,
        stateFile: join(this.folder, 'state.sqlite'),
        roots: [],
        full: false,
        rereadWithin: 0,
        comments: 'changed',
        commentShare: 20,
        emails: false,
        trash: false,
        externalMedia: false,
        media: true,
        sourceKey: 'test',
        downloadMedia: (request) => this.download(request),
        ...settings,
      });
    } finally {
      api.close();
    }
  }

  /** A connection of its own; the caller closes it. */
  connect(token: string): NotionConnection {
    const { clock, url } = this.simulator;
    return connectNotion({
      token,
      apiUrl: url,
      clock,
      timeoutClock: clock,
      monitor: silentMonitor,
      random: () => 0.5,
    });
  }

  /** Media as the product fetches them. */
  download({ url, external, refresh, signal }: MediaRequest): AsyncIterable<Uint8Array> {
    return downloadMedia({
      url,
      kind: external ? 'external' : 'hosted',
      apiUrl: parseApiUrl(this.simulator.url),
      clock: this.simulator.clock,
      freshUrl: refresh,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Starts a simulator, gives `use` crawls of it, and closes both. */
export async function withSimulatedCrawl(
  options: SimulatorOptions,
  use: (crawls: SimulatedCrawl) => Promise<void>,
): Promise<void> {
  const simulator = await startSimulator(options);
  const crawls = new SimulatedCrawl(simulator);
  try {
    await use(crawls);
    if (simulator.bugs.length > 0) throw new Error('the simulator failed', { cause: simulator.bugs[0] });
  } finally {
    crawls.remove();
    await simulator.close();
  }
}
