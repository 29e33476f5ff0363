/** After a restore into Notion: crawls what was made and holds it against the snapshot. */
import { join } from 'node:path';
import type { SnapshotReader } from '../document/content.ts';
import { compactId } from '../document/notion-id.ts';
import type { NotionConnection } from '../notion/client.ts';
import { crawl } from '../notion/crawl/crawl.ts';
import type { RestoreResult } from '../notion/restore/restore-result.ts';
import { readIdMap } from '../notion/restore/restore-result.ts';
import type { Comparison } from '../operations/compare.ts';
import { compareSnapshots } from '../operations/compare.ts';
import { withScratchSnapshot } from '../operations/scratch-snapshot.ts';
import type { App } from './app.ts';
import { mediaOf } from './notion-source.ts';

export interface VerifyOptions {
  readonly snapshot: SnapshotReader;
  readonly path: string;
  readonly result: RestoreResult;
  readonly comments: boolean;
}

/** Reads the copy in full, media included, and compares it with the original by meaning. */
export async function verifyRestore(
  app: App,
  api: NotionConnection,
  options: VerifyOptions,
): Promise<Comparison> {
  const { snapshot, path, result, comments } = options;
  return withScratchSnapshot(async (scratch, folder) => {
    const crawled = await crawl({
      api,
      sink: scratch,
      previous: null,
      monitor: app.progress,
      stateFile: join(folder, 'crawl.sqlite'),
      roots: result.roots.map(({ id }) => compactId(id)),
      full: true,
      rereadWithin: 0,
      comments: comments ? 'all' : 'none',
      trash: false,
      externalMedia: false,
      media: true,
      downloadMedia: mediaOf({ api, clock: app.io.clock }),
      sourceKey: 'verify',
      signal: app.io.signal,
    });
    for (const step of crawled.steps()) scratch.step(step);
    crawled.discard();
    const ids = new Map<string, string>();
    for (const { old, fresh } of readIdMap(result.journalFile)) ids.set(compactId(old), compactId(fresh));
    return compareSnapshots({ original: snapshot, copy: scratch, path, ids });
  });
}
