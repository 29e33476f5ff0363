/** Backs up a Notion workspace: asks for its name, crawls it into the store, signs the snapshot. */
import type { NotionConnection } from '../../notion/api/client.ts';
import type { StoreWriter } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import type { BackupReport } from './backup.ts';
import { backup } from './backup.ts';
import { checkpointFolder, removeAbandonedWork } from './checkpoints.ts';
import type { CrawlScope, Workspace } from './notion-source.ts';
import { notionSource, readWorkspace } from './notion-source.ts';

export interface NotionBackup {
  readonly store: StoreWriter;
  readonly api: NotionConnection;
  readonly scope: CrawlScope;
  /** Name of the snapshot; that of the workspace by default. */
  readonly name?: string | undefined;
  readonly tags: readonly string[];
  /** A loss of more than this share of the objects or bytes is an alarm; by default none is wanted. */
  readonly alarmLossPercent?: number | undefined;
  /** The workspace, where it was asked for already. */
  readonly workspace?: Workspace | undefined;
}

export interface NotionBackupReport extends BackupReport {
  /** Requests the connection has sent by the end of this backup. */
  readonly requests: number;
}

/** So many percent of a run's requests may ask unchanged pages for first comments. */
export const defaultCommentShare = 20;

/** Everything in the workspace but the trash and files that Notion only links to. */
export const wholeWorkspace: CrawlScope = {
  roots: [],
  full: false,
  rereadWithin: 30,
  comments: 'changed',
  commentShare: defaultCommentShare,
  emails: false,
  trash: false,
  externalMedia: false,
  media: true,
};

/**
 * Crawls the workspace and commits one snapshot. An interrupted backup resumes when called again with the same scope.
 * @throws KlosetError `locked` while another backup of the source runs on this machine; errors of the API or the store.
 * Objects that cannot be read are in the report instead
 */
export async function backupNotion(job: JobContext, options: NotionBackup): Promise<NotionBackupReport> {
  const { store, api, scope, tags, alarmLossPercent } = options;
  const { clock, monitor, signal, tool, host, lockWaitMs } = job;
  const workspace = options.workspace ?? (await readWorkspace(api));
  removeAbandonedWork(job, store.id);
  const checkpoints = checkpointFolder(job, store.id);
  const source = notionSource(
    { ...scope, api, checkpointFolder: checkpoints, clock, monitor, signal, lockWaitMs },
    workspace,
  );
  const reservation = await source.reserve();
  try {
    const report = await backup({
      store,
      source,
      name: options.name ?? workspace.name,
      tags,
      tool,
      host,
      alarmLossPercent,
      startedMs: clock.now(),
      now: () => clock.now(),
      monitor,
    });
    return { ...report, requests: api.requestsSpent };
  } finally {
    reservation.release();
  }
}
