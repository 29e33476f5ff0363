/** Backs up a Notion workspace: asks for its name, crawls it into the store, signs the snapshot. */
import { KlosetError } from '../../errors.ts';
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
  /** The time that the snapshot states, ISO 8601; now by default. */
  readonly time?: string | undefined;
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
  if (options.time !== undefined) await requireNewest(store, options.time);
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
      time: options.time,
      now: () => clock.now(),
      monitor,
    });
    return { ...report, requests: api.requestsSpent };
  } finally {
    reservation.release();
  }
}

/** The order of snapshots is that of their making. @throws KlosetError `usage` when `time` is before that of an earlier one */
async function requireNewest(store: StoreWriter, time: string): Promise<void> {
  const { snapshots } = await store.surveySnapshots();
  const newest = snapshots.find(({ header }) => header !== undefined);
  if (newest?.header === undefined || newest.header.time <= time) return;
  const shown = `${newest.id.slice(0, 8)} of ${newest.header.time}`;
  throw new KlosetError('usage', `The time ${time} is before that of the newest snapshot, ${shown}.`, {
    hint: 'Give a later time, or none.',
  });
}
