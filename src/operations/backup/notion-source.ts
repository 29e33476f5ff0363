/** The Notion crawler as a source of backups. */
import type { Clock } from '../../clock.ts';
import { objectAt, stringAt } from '../../document/json.ts';
import { compactId } from '../../document/notion-id.ts';
import type { Monitor } from '../../monitor.ts';
import { apiFailureOf } from '../../notion/api/api.ts';
import type { NotionConnection } from '../../notion/api/client.ts';
import type { CommentSetting, DownloadMedia } from '../../notion/crawl/crawl.ts';
import { crawl, lockCheckpoint } from '../../notion/crawl/crawl.ts';
import { downloadMedia } from '../../notion/files/media-download.ts';
import type { Source } from './backup.ts';
import { checkpointFile, removeSupersededCheckpoints } from './checkpoints.ts';

/** The part of the workspace to read, and how thoroughly. */
export interface CrawlScope {
  /** Ids of the objects to start from; empty for the whole workspace. */
  readonly roots: readonly string[];
  readonly full: boolean;
  readonly rereadWithin: number;
  readonly comments: CommentSetting;
  /** Most requests, in percent, that ask unchanged pages for first comments. */
  readonly commentShare: number;
  /** Keep the e-mail addresses of people. */
  readonly emails: boolean;
  readonly trash: boolean;
  readonly externalMedia: boolean;
  readonly media: boolean;
}

export interface NotionSourceOptions extends CrawlScope {
  readonly api: NotionConnection;
  /** Folder for the checkpoint of an interrupted crawl. */
  readonly checkpointFolder: string;
  readonly clock: Clock;
  readonly monitor: Monitor;
  readonly signal: AbortSignal;
  /** Time to wait for another backup of the source on this machine; 0 for none. */
  readonly lockWaitMs: number;
}

export interface Workspace {
  readonly id: string;
  readonly name: string;
}

/** The workspace the token belongs to. If the server gives no workspace id, the base URL identifies it. */
export async function readWorkspace(api: NotionConnection): Promise<Workspace> {
  try {
    const me = await api.request({ method: 'get', path: 'users/me', effect: 'read' });
    const bot = objectAt(me, 'bot');
    const id = stringAt(bot, 'workspace_id') ?? stringAt(me, 'id') ?? api.apiUrl.base;
    return { id: compactId(id), name: stringAt(bot, 'workspace_name') ?? '' };
  } catch (error) {
    const status = apiFailureOf(error)?.status;
    if (status !== 403 && status !== 404) throw error;
    return { id: api.apiUrl.base, name: '' };
  }
}

/** A source that crawls `workspace`; a backup of given roots is a source of its own. */
export function notionSource(options: NotionSourceOptions, workspace: Workspace): Source {
  const roots = [...options.roots].sort();
  const key = roots.length === 0 ? `notion:${workspace.id}` : `notion:${workspace.id}:${roots.join(',')}`;
  const stateFile = checkpointFile(options.checkpointFolder, workspace.id, key);
  return {
    key,
    reserve() {
      const { clock, lockWaitMs: waitMs, signal } = options;
      return lockCheckpoint(stateFile, { clock, waitMs, signal });
    },
    async read({ previous, sink }) {
      const crawled = await crawl({
        ...options,
        previous,
        sink,
        sourceKey: key,
        stateFile,
        downloadMedia: mediaOf(options),
      });
      const { summary } = crawled;
      return {
        steps: () => crawled.steps(),
        manifest: crawled.manifest,
        counts: { ...summary },
        errors: summary.errors,
        complete: crawled.complete,
        discard() {
          crawled.discard();
          if (roots.length === 0) removeSupersededCheckpoints(options.checkpointFolder, workspace.id);
        },
        close: () => crawled.close(),
      };
    },
  };
}

/** Downloads for the crawler: hosted files and, when asked for, external ones. */
export function mediaOf({
  api,
  clock,
}: {
  readonly api: NotionConnection;
  readonly clock: Clock;
}): DownloadMedia {
  return ({ url, external, refresh, signal }) =>
    downloadMedia({
      url,
      kind: external ? 'external' : 'hosted',
      apiUrl: api.apiUrl,
      clock,
      freshUrl: refresh,
      ...(signal === undefined ? {} : { signal }),
    });
}
