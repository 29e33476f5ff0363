/** The Notion crawler as a source of backups. */
import type { Clock } from '../../clock.ts';
import { objectAt, stringAt } from '../../document/json.ts';
import { compactId } from '../../document/notion-id.ts';
import type { Selection } from '../../document/selection/selection.ts';
import { selectionKey } from '../../document/selection/selection.ts';
import type { Monitor } from '../../monitor.ts';
import { apiFailureOf } from '../../notion/api/api.ts';
import type { NotionConnection } from '../../notion/api/client.ts';
import type { CommentSetting, DownloadMedia } from '../../notion/crawl/crawl.ts';
import { crawl, lockCheckpoint } from '../../notion/crawl/crawl.ts';
import { downloadMedia } from '../../notion/files/media-download.ts';
import { SilentHosts } from '../../notion/files/silent-hosts.ts';
import type { Source } from './backup.ts';
import { checkpointFile, removeSupersededCheckpoints } from './checkpoints.ts';

/** The part of the workspace to read, and how thoroughly. */
export interface CrawlScope {
  /** Ids of the objects to start from; empty for the whole workspace. */
  readonly roots: readonly string[];
  /** The objects to read among them; everything by default. */
  readonly selection?: Selection | undefined;
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

/** The key of the source that a backup of this scope is one of. */
export function sourceKeyOf(
  workspace: Workspace,
  { roots, selection }: Pick<CrawlScope, 'roots' | 'selection'>,
): string {
  const whole = `notion:${workspace.id}`;
  const scope = roots.length === 0 ? whole : `${whole}:${[...roots].sort().join(',')}`;
  return selection === undefined ? scope : `${scope}:${selectionKey(selection)}`;
}

/** A source that crawls `workspace`; a backup of given roots, or of a selection, is a source of its own. */
export function notionSource(options: NotionSourceOptions, workspace: Workspace): Source {
  const { roots, selection } = options;
  const key = sourceKeyOf(workspace, options);
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
        isLeftOut: (id) => crawled.isLeftOut(id),
        discard() {
          crawled.discard();
          if (roots.length === 0 && selection === undefined)
            removeSupersededCheckpoints(options.checkpointFolder, workspace.id);
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
  const pace = api.paces?.download;
  const silentHosts = new SilentHosts();
  return ({ url, external, refresh, signal }) =>
    downloadMedia({
      url,
      kind: external ? 'external' : 'hosted',
      apiUrl: api.apiUrl,
      clock,
      freshUrl: refresh,
      silentHosts,
      ...(signal === undefined ? {} : { signal }),
      ...(pace === undefined ? {} : { pace }),
    });
}
