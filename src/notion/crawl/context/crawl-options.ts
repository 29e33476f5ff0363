/** The options of a crawl, and its result. */
import type { ContentSink, PreviousSnapshot, TreeStep } from '../../../document/content.ts';
import type { JsonObject } from '../../../document/json.ts';
import type { Selection } from '../../../document/selection/selection.ts';
import type { Monitor } from '../../../monitor.ts';
import type { NotionApi } from '../../api/api.ts';

/**
 * The comments that are read. Nothing tells when comments change, so reading them is a matter of cost:
 * - all: of every page and every block, each run
 * - changed: of pages read in this run and of each of their blocks; of places that have or had comments; of others within
 *   a share of the requests (sweep-comments.ts)
 * - pages: the same of pages, not of their blocks
 * - none
 */
export type CommentSetting = 'all' | 'changed' | 'pages' | 'none';

/** One file to fetch, its bytes in order and to the end (media-download.ts does it). */
export interface MediaRequest {
  readonly url: string;
  /** True for a URL somebody wrote into Notion: it must never lead to a private address. */
  readonly external: boolean;
  /** Reads the owner again and gives the file's new URL; undefined when the file is not there any more. */
  refresh(): Promise<string | undefined>;
  readonly signal?: AbortSignal;
}

export type DownloadMedia = (request: MediaRequest) => AsyncIterable<Uint8Array>;

export interface CrawlOptions {
  readonly api: NotionApi;
  readonly sink: ContentSink;
  readonly previous: PreviousSnapshot | null;
  readonly monitor: Monitor;
  /** The checkpoint's file. It holds plain text of the workspace, readable by its owner only, until `discard()`. */
  readonly stateFile: string;
  /** Ids of pages, databases or data sources; empty for the whole workspace. */
  readonly roots: readonly string[];
  /** The objects to read among those; everything by default. */
  readonly selection?: Selection | undefined;
  /** Read everything, whatever its edit time says. */
  readonly full: boolean;
  /** Every page is read in full at least once in so many runs; 0: only when it changed. */
  readonly rereadWithin: number;
  readonly comments: CommentSetting;
  /**
   * Most requests, in percent of those of the run, that ask unchanged pages for first comments; 0: none, 100: as many as
   * there are pages and blocks.
   */
  readonly commentShare: number;
  /** Keep the e-mail addresses of people. */
  readonly emails: boolean;
  /** Keep trashed pages and databases too. */
  readonly trash: boolean;
  /** Fetch the bytes of files that Notion does not host. */
  readonly externalMedia: boolean;
  /** Fetch the bytes of files that Notion hosts. */
  readonly media: boolean;
  readonly downloadMedia: DownloadMedia;
  /** Identifies the source; a checkpoint of another source is dropped. */
  readonly sourceKey: string;
  readonly signal?: AbortSignal;
}

/** Whole numbers of what the snapshot holds, unless said otherwise. */
export interface CrawlSummary {
  /** Pages that are neither rows nor templates. */
  readonly pages: number;
  readonly databases: number;
  readonly rows: number;
  readonly templates: number;
  readonly data_sources: number;
  readonly views: number;
  readonly users: number;
  readonly custom_emojis: number;
  /** Files with bytes. */
  readonly media: number;
  readonly blocks: number;
  readonly comments: number;
  /** Pages taken over from the previous snapshot. */
  readonly reused: number;
  readonly errors: number;
  readonly torn: number;
}

export interface Crawled {
  /** The tree, depth first, names in code point order, `/manifest.json` included. */
  steps(): Iterable<TreeStep>;
  readonly manifest: JsonObject;
  readonly summary: CrawlSummary;
  /** False when something that should be there could not be read, or kept changing while it was read. */
  readonly complete: boolean;
  /** True for an object that is known and that the selection does not choose; to be asked before the checkpoint is closed. */
  isLeftOut(id: string): boolean;
  /** Removes the checkpoint; to be called once the snapshot is committed. */
  discard(): void;
  /** Leaves the checkpoint for the next crawl. */
  close(): void;
}
