/** Crawls Notion into a scratch snapshot, which keeps nothing afterwards. */
import { join } from 'node:path';
import type { PreviousSnapshot } from '../../document/content.ts';
import type { NotionConnection } from '../../notion/api/client.ts';
import type { CrawlOptions } from '../../notion/crawl/crawl.ts';
import { crawl } from '../../notion/crawl/crawl.ts';
import { mediaOf } from '../backup/notion-source.ts';
import type { JobContext } from '../job-context.ts';
import type { ScratchSnapshot } from './scratch-snapshot.ts';

/** The extent of a crawl; the rest follows from the job and the scratch snapshot. */
export interface ScratchCrawl
  extends Omit<
    CrawlOptions,
    'api' | 'sink' | 'previous' | 'monitor' | 'stateFile' | 'downloadMedia' | 'signal'
  > {
  readonly api: NotionConnection;
  /** Unchanged pages are taken over from it; without it everything is read. */
  readonly previous?: PreviousSnapshot | null;
}

/** Crawls into `scratch`; the checkpoint lies in `folder`. @throws KlosetError as `crawl` does */
export async function crawlIntoScratch(
  job: JobContext,
  { scratch, folder }: { readonly scratch: ScratchSnapshot; readonly folder: string },
  settings: ScratchCrawl,
): Promise<void> {
  const crawled = await crawl({
    ...settings,
    sink: scratch,
    previous: settings.previous ?? null,
    monitor: job.monitor,
    stateFile: join(folder, 'crawl.sqlite'),
    downloadMedia: mediaOf({ api: settings.api, clock: job.clock }),
    signal: job.signal,
  });
  for (const step of crawled.steps()) scratch.step(step);
  crawled.discard();
}
