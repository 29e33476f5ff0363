/** The part of a restore that appending blocks needs. */

import type { NotionApi } from '../../api/api.ts';
import type { Journal } from '../journal/journal.ts';
import type { Writer } from '../journal/journaled-write.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import type { Uploads } from '../requests/uploads.ts';

/** The part of a restore that appending blocks needs. */
export interface AppendContext {
  readonly api: NotionApi;
  readonly journal: Journal;
  readonly writer: Writer;
  readonly uploads: Uploads;
  /** True when a placeholder is left for blocks that Notion refuses. */
  readonly markers: boolean;
  /** Directory in the snapshot beside whose document the files lie. */
  readonly directory: string;
}

/** The context for appending blocks of `object`. */
export function appendContext(context: RestoreContext, object: RestoredObject): AppendContext {
  const { api, journal, writer, uploads, markers } = context;
  return { api, journal, writer, uploads, markers, directory: object.path };
}
