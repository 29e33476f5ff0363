/** The parts that every step of one crawl shares. Facts that change during the crawl have owners with methods. */
import { withoutEmails } from '../../api/without-emails.ts';
import { DownloadQueue } from '../../files/download-queue.ts';
import { Selected } from '../select/selected.ts';
import type { CrawlState } from '../state/crawl-state.ts';
import type { StoredMedia } from '../state/fetched-media.ts';
import type { CrawlOptions } from './crawl-options.ts';
import { CrawlSink } from './crawl-sink.ts';
import { ListingDepth } from './listing-depth.ts';
import type { Plan } from './plan.ts';
import { createPlan } from './plan.ts';
import { PreviousObjects } from './previous-objects.ts';
import type { ReadApi } from './read-api.ts';
import { createReadApi } from './read-api.ts';
import { RefusedFeatures } from './refused-features.ts';
import { SyncedOriginals } from './synced-originals.ts';
import { TrashReading } from './trash-reading.ts';

export interface CrawlContext {
  readonly options: CrawlOptions;
  readonly api: ReadApi;
  readonly sink: CrawlSink;
  readonly previous: PreviousObjects;
  readonly state: CrawlState;
  readonly plan: Plan;
  readonly listing: ListingDepth;
  readonly trash: TrashReading;
  readonly refused: RefusedFeatures;
  readonly originals: SyncedOriginals;
  readonly downloads: DownloadQueue<StoredMedia>;
  readonly selected: Selected;
  /** The time at which the crawl began (the first of its runs, when it was resumed), in milliseconds. */
  readonly startedMs: number;
}

/** The context of a crawl with these options, whose checkpoint is `state`. */
export function createContext(options: CrawlOptions, state: CrawlState): CrawlContext {
  const plan = createPlan(options);
  const api = createReadApi(options.emails ? options.api : withoutEmails(options.api), options.signal);
  const previous = new PreviousObjects(options.previous);
  const { isWhole, hidesParents } = plan;
  return {
    options,
    api,
    sink: new CrawlSink(options.sink),
    previous,
    state,
    plan,
    listing: new ListingDepth(plan.sinceMs),
    trash: new TrashReading(options.trash),
    refused: new RefusedFeatures(),
    originals: new SyncedOriginals(api),
    downloads: new DownloadQueue(),
    selected: new Selected({ selection: options.selection, state, previous, isWhole, hidesParents }),
    startedMs: state.progress.startedAt(api.now()),
  };
}
