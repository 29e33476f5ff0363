/** What every step of one crawl shares. */
import type { FileEntry, PreviousObject } from '../../../document/content.ts';
import type { CrawlOptions } from './crawl-options.ts';
import type { CrawlState } from './crawl-state.ts';
import type { Objects } from './objects.ts';
import type { Plan } from './plan.ts';
import type { Ask } from './read-api.ts';

export interface Run {
  readonly options: CrawlOptions;
  readonly ask: Ask;
  readonly state: CrawlState;
  readonly objects: Objects;
  readonly plan: Plan;
  /** How deep this run lists: from the plan, unless something made it list in full after all. */
  readonly listing: { sinceMs: number | null };
  /** Whether trashed objects are read: when asked for, or when a root named by its id lies in the trash. */
  readonly trash: { isKept: boolean };
  /** When the crawl began (the first of its runs, when it was resumed), in milliseconds. */
  readonly startedMs: number;
  /** Features this server refused; they are not asked for again. */
  readonly refused: Map<string, string>;
  /** Originals of synced blocks asked for so far, and whether they can be read. */
  readonly originals: Map<string, Promise<boolean>>;
}

/** The object as the previous snapshot holds it. */
export function previousOf(run: Run, id: string): PreviousObject | undefined {
  return run.options.previous?.object(id);
}

/** The files the previous snapshot holds of an object; of the workspace itself when `id` is empty. */
export function previousFiles(run: Run, id: string): readonly FileEntry[] {
  return id === '' ? (run.options.previous?.rootFiles?.() ?? []) : (previousOf(run, id)?.files ?? []);
}
