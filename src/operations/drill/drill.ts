/** A drill: restores objects of a snapshot, compares them with it, undoes the restore, and records the result, signed. */
import type { StoreWriter } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import { timeOf } from '../job-context.ts';
import type { DrillRecord } from '../keep/drill-record.ts';
import { drillTag } from '../keep/drill-record.ts';
import { findSnapshot } from '../look/open-place.ts';
import type { SampledObject, Turn } from './choose-sample.ts';
import { chooseSample } from './choose-sample.ts';
import type { DrillFailure } from './drill-into-folder.ts';
import { drillIntoFolder } from './drill-into-folder.ts';
import type { NotionDrill } from './drill-into-notion.ts';
import { drillIntoNotion } from './drill-into-notion.ts';

export interface DrillOptions {
  /** The snapshot to restore from: a word of the command line. */
  readonly word: string;
  /** Key of the source whose `latest` is meant. */
  readonly source?: string | undefined;
  readonly turn: Turn;
  /** Most objects; all of the turn when undefined. */
  readonly max?: number | undefined;
  /** Undefined for a temporary folder. */
  readonly notion?: NotionDrill | undefined;
}

export interface DrillReport extends DrillRecord {
  readonly snapshot: string;
  readonly turn: Turn;
  readonly where: 'folder' | 'notion';
  readonly drilled: readonly SampledObject[];
  readonly failures: readonly DrillFailure[];
}

/** @throws KlosetError `not-found` when there is no snapshot; errors of the store. Objects that fail are in the report. */
export async function drill(
  job: JobContext,
  store: StoreWriter,
  options: DrillOptions,
): Promise<DrillReport> {
  const { word, source, turn, max, notion } = options;
  const found = await findSnapshot(store, word, { clock: job.clock, source });
  const snapshot = await store.openSnapshot(found.id);
  const time = `${timeOf(job).slice(0, 19)}Z`;
  const drilled = await chooseSample(snapshot, turn, { max, salt: time, standsAlone: notion !== undefined });
  job.monitor.report({ type: 'phase', phase: 'restoring objects', total: drilled.length });
  const failures =
    notion === undefined
      ? await drillIntoFolder(job, snapshot, drilled)
      : await drillIntoNotion(job, snapshot, drilled, notion);
  const equal = drilled.length - failures.length;
  const record = { time, isOk: failures.length === 0 && equal > 0, equal, objects: drilled.length };
  await store.mark(found.id, { addTags: [drillTag(record)] }, { tool: job.tool, host: job.host });
  return {
    ...record,
    snapshot: found.id,
    turn,
    where: notion === undefined ? 'folder' : 'notion',
    drilled,
    failures,
  };
}
