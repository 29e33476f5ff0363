/** Verifies a restore into Notion: crawls the copy into a scratch snapshot and compares it with the original. */
import { join } from 'node:path';
import type { SnapshotReader } from '../../document/content.ts';
import { compactId } from '../../document/notion-id.ts';
import type { NotionConnection } from '../../notion/api/client.ts';
import { crawl } from '../../notion/crawl/crawl.ts';
import type { RestoreResult } from '../../notion/restore/journal/restore-result.ts';
import { mediaOf } from '../backup/notion-source.ts';
import type { JobContext } from '../job-context.ts';
import type { Comparison } from './compare.ts';
import { compareSnapshots } from './compare.ts';
import { idsOf } from './same-ids.ts';
import { withScratchSnapshot } from './scratch-snapshot.ts';

export interface VerifyOptions {
  readonly api: NotionConnection;
  readonly snapshot: SnapshotReader;
  /** The part of the snapshot that was restored. */
  readonly path: string;
  readonly result: RestoreResult;
  readonly comments: boolean;
}

/** Reads the copy in full, media included, and compares it with the original by meaning. */
export function verifyRestore(job: JobContext, options: VerifyOptions): Promise<Comparison> {
  const roots = options.result.roots.map(({ id }) => compactId(id));
  return compareWithPresent(job, { ...options, roots, ids: idsOf(options.result, new Map()) });
}

interface PresentOptions extends VerifyOptions {
  readonly roots: readonly string[];
  readonly ids: ReadonlyMap<string, string>;
}

async function compareWithPresent(job: JobContext, options: PresentOptions): Promise<Comparison> {
  const { api, snapshot, path, comments, roots, ids } = options;
  return withScratchSnapshot(async (scratch, folder) => {
    const crawled = await crawl({
      api,
      sink: scratch,
      previous: null,
      monitor: job.monitor,
      stateFile: join(folder, 'crawl.sqlite'),
      roots,
      full: true,
      rereadWithin: 0,
      comments: comments ? 'all' : 'none',
      commentShare: 0,
      emails: false,
      trash: false,
      externalMedia: false,
      media: true,
      downloadMedia: mediaOf({ api, clock: job.clock }),
      sourceKey: 'verify',
      signal: job.signal,
    });
    for (const step of crawled.steps()) scratch.step(step);
    crawled.discard();
    return compareSnapshots({ original: snapshot, copy: scratch, path, ids });
  });
}
