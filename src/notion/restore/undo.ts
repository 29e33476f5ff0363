/** Undoes a restore: moves to the trash what it created, and nothing else. Notion keeps it there for a while. */
import { stringAt } from '../../document/json.ts';
import { dashedId } from '../../document/notion-id.ts';
import { KlosetError, messageOf } from '../../errors.ts';
import type { Monitor } from '../../monitor.ts';
import type { NotionApi } from '../api/api.ts';
import { apiFailureOf } from '../api/api.ts';
import type { Journal } from './journal/journal.ts';
import { reopenJournal } from './journal/journal.ts';
import { findNewChild, findNewRoot, findNewRow } from './requests/read-back.ts';

export interface UndoResult {
  /** Number of objects moved to the trash; everything below them goes with them. */
  readonly trashed: number;
  readonly errors: readonly { readonly id: string; readonly message: string }[];
}

export interface UndoOptions {
  readonly api: NotionApi;
  readonly journalFile: string;
  readonly monitor: Monitor;
}

/**
 * Trashes the objects that the restore of this journal created directly in its destination; a page takes everything below
 * it along. Objects that are in the trash already, or deleted, count as undone. May be repeated.
 * @throws KlosetError `not-found` when there is no such journal, or nothing of the restore can be seen with this token
 */
export async function undoRestore({ api, journalFile, monitor }: UndoOptions): Promise<UndoResult> {
  const journal = reopenJournal(journalFile);
  try {
    await findUnanswered(api, journal);
    const roots = journal.ids.roots();
    await checkSight(api, journal, roots);
    const errors: { id: string; message: string }[] = [];
    let trashed = 0;
    for (const [index, { id, kind }] of roots.entries()) {
      try {
        await trash(api, id, kind);
        trashed += 1;
      } catch (error) {
        errors.push({ id, message: messageOf(error) });
        monitor.report({ type: 'warning', message: messageOf(error) });
      }
      monitor.report({
        type: 'progress',
        phase: 'undoing the restore',
        done: index + 1,
        total: roots.length,
      });
    }
    if (errors.length === 0) journal.setMeta('undone', 'yes');
    return { trashed, errors };
  } finally {
    journal.close();
  }
}

/** Something that another token cannot see is not gone. @throws KlosetError `not-found` when nothing of the restore is seen */
async function checkSight(
  api: NotionApi,
  journal: Journal,
  roots: readonly { readonly id: string; readonly kind: string }[],
): Promise<void> {
  if (roots.length === 0) return;
  const identity: unknown = JSON.parse(journal.meta('identity') ?? '{}');
  const destination = stringAt(identity, 'destination') ?? '';
  const places = [
    ...roots.map(({ id, kind }) => `${kind === 'database' ? 'databases' : 'pages'}/${id}`),
    ...(destination === 'workspace' || destination === '' ? [] : [`pages/${dashedId(destination)}`]),
  ];
  for (const path of places) if (await isSeen(api, path)) return;
  throw new KlosetError('not-found', 'Nothing of what this restore wrote can be seen with this token.', {
    hint: 'Use the connection that restored it (`-to "@NAME"`), or name another restore: `--undo JOURNAL`.',
  });
}

async function isSeen(api: NotionApi, path: string): Promise<boolean> {
  try {
    await api.request({ method: 'get', path, effect: 'read' });
    return true;
  } catch (error) {
    if (apiFailureOf(error)?.status === 404) return false;
    throw error;
  }
}

/** A restore killed between request and answer may have created objects in the destination that the journal does not know. */
async function findUnanswered(api: NotionApi, journal: Journal): Promise<void> {
  for (const { key, kind, sentAt, detail } of journal.writes.unansweredCreations()) {
    const [root, source] = [stringAt(detail, 'root'), stringAt(detail, 'root_source')];
    const title = stringAt(detail, 'title') ?? '';
    const since = sentAt;
    let id: string | undefined;
    if (source !== undefined) id = await findNewRow(api, journal, { source, since, title });
    else if (root === undefined) continue;
    else if (root === 'workspace') id = await findNewRoot(api, journal, { title, since });
    else id = await findNewChild(api, journal, { parent: root, type: `child_${kind}`, title });
    if (id !== undefined) journal.markDone(key, { id }, { root: { id, kind }, extra: [[id, kind]] });
    else journal.writes.forget(key);
  }
}

async function trash(api: NotionApi, id: string, kind: string): Promise<void> {
  const path = `${kind === 'database' ? 'databases' : 'pages'}/${id}`;
  try {
    const object = await api.request({ method: 'get', path, effect: 'read' });
    if (object.in_trash === true) return;
  } catch (error) {
    if (apiFailureOf(error)?.status === 404) return;
    throw error;
  }
  try {
    await api.request({ method: 'patch', path, body: { in_trash: true }, effect: 'write' });
  } catch (error) {
    // The answer was lost, perhaps not the request: the object's state decides.
    const object = await api.request({ method: 'get', path, effect: 'read' });
    if (object.in_trash !== true) throw error;
  }
}
