/** The context that all steps of a restore share. */
import type { SnapshotReader } from '../../../document/content.ts';
import type { Monitor } from '../../../monitor.ts';
import type { NotionApi } from '../../api/api.ts';
import type { Journal } from '../journal/journal.ts';
import { Writer } from '../journal/journaled-write.ts';
import { Target } from './target.ts';
import type { Uploads } from './uploads.ts';

/** The page or workspace that a restore creates its objects in. */
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

/** The parts of a context. */
export interface ContextOptions extends Omit<RestoreContext, 'writer' | 'target'> {
  readonly signal: AbortSignal | undefined;
}

/** The context all steps share. */
export function restoreContext({ signal, ...parts }: ContextOptions): RestoreContext {
  const { api, journal, snapshot, markers } = parts;
  return {
    ...parts,
    writer: new Writer(api, journal, signal),
    target: new Target({ api, journal, snapshot, markers }),
  };
}
