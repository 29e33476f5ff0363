/** What every step of a restore works with. */
import type { SnapshotReader } from '../../../document/content.ts';
import type { Monitor } from '../../../monitor.ts';
import type { NotionApi } from '../../api/api.ts';
import { apiFailureOf } from '../../api/api.ts';
import type { AppendContext } from '../blocks/append-blocks.ts';
import type { Journal } from '../journal/journal.ts';
import type { Writer } from '../journal/journaled-write.ts';
import type { SurveyedObject } from '../plan/survey.ts';
import type { PendingFile } from './conversion.ts';
import type { Target } from './target.ts';
import type { Uploads } from './uploads.ts';

/** Where a restore puts what it makes. */
export type Destination = { readonly type: 'page'; readonly id: string } | { readonly type: 'workspace' };

export interface RestoreContext {
  readonly api: NotionApi;
  readonly journal: Journal;
  readonly snapshot: SnapshotReader;
  readonly writer: Writer;
  readonly uploads: Uploads;
  readonly target: Target;
  readonly destination: Destination;
  readonly markers: boolean;
  readonly monitor: Monitor;
}

/** An object with what its steps need of the journal. */
export interface RestoredObject extends SurveyedObject {
  /** How many blocks travel with the page. */
  readonly carry: number;
}

/** The object of a step. */
export function objectOf(journal: Journal, id: string): RestoredObject | undefined {
  return journal
    .prepare<[string], RestoredObject>(
      'SELECT id, kind, path, parent, source, template, linked, carry FROM object WHERE id = ?',
    )
    .get(id);
}

/** The page an object is made on: the nearest one above it; undefined for the destination. */
export function homeOf(journal: Journal, object: RestoredObject): string | undefined {
  let { parent } = object;
  while (parent !== null) {
    const above = objectOf(journal, parent);
    if (above === undefined) return undefined;
    if (above.kind === 'page') return above.id;
    parent = above.parent;
  }
  return undefined;
}

/** What appending blocks of `object` needs. */
export function appendContext(context: RestoreContext, object: RestoredObject): AppendContext {
  const { api, journal, writer, uploads, markers } = context;
  return { api, journal, writer, uploads, markers, directory: object.path };
}

/**
 * Sends a request that names uploads. When Notion says that one of them can no longer be attached, all are put up again
 * and the request is sent once more.
 */
export async function withUploads<T>(
  uploads: Uploads,
  files: readonly PendingFile[],
  send: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const sent = await send();
      uploads.markAttached(files);
      return sent;
    } catch (error) {
      const failure = apiFailureOf(error);
      const isExpired = failure?.status === 400 && /upload/i.test(failure.message) && files.length > 0;
      if (!isExpired || attempt === 3) throw error;
      uploads.discard(files);
    }
  }
}
