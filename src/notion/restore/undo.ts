/** Undoes a restore: puts into the trash what it made, and nothing else. Notion keeps it there for a while. */
import { stringAt } from '../../document/json.ts';
import { messageOf } from '../../errors.ts';
import type { Monitor } from '../../monitor.ts';
import type { NotionApi } from '../api/api.ts';
import { apiFailureOf } from '../api/api.ts';
import type { Journal } from './journal/journal.ts';
import { reopenJournal } from './journal/journal.ts';
import { findNewChild, findNewRoot } from './requests/read-back.ts';

export interface UndoResult {
  /** Objects put into the trash; what lies below them goes with them. */
  readonly trashed: number;
  readonly errors: readonly { readonly id: string; readonly message: string }[];
}

export interface UndoOptions {
  readonly api: NotionApi;
  readonly journalFile: string;
  readonly monitor: Monitor;
}

/**
 * Trashes what the restore of this journal made directly in its destination; a page takes what lies below with it. What
 * is in the trash already, or gone, counts as undone. May be repeated.
 * @throws KlosetError `not-found` when there is no such journal
 */
export async function undoRestore({ api, journalFile, monitor }: UndoOptions): Promise<UndoResult> {
  const journal = reopenJournal(journalFile);
  try {
    await findUnanswered(api, journal);
    const roots = journal.roots();
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
      monitor.report({ type: 'progress', phase: 'undo', done: index + 1, total: roots.length });
    }
    if (errors.length === 0) journal.setMeta('undone', 'yes');
    return { trashed, errors };
  } finally {
    journal.close();
  }
}

/** A restore killed between request and answer may have made something in the destination the journal does not know. */
async function findUnanswered(api: NotionApi, journal: Journal): Promise<void> {
  const sent = journal
    .prepare<[], { key: string; sent_at: number; detail: string }>(
      "SELECT key, sent_at, detail FROM write WHERE state = 'sent' AND (key LIKE 'page %' OR key LIKE 'database %')",
    )
    .all();
  for (const { key, sent_at: since, detail } of sent) {
    const parsed: unknown = JSON.parse(detail);
    const root = stringAt(parsed, 'root');
    if (root === undefined) continue;
    const kind = key.startsWith('page ') ? 'page' : 'database';
    const title = stringAt(parsed, 'title') ?? '';
    const id =
      root === 'workspace'
        ? await findNewRoot(api, journal, { title, since })
        : await findNewChild(api, journal, { parent: root, type: `child_${kind}`, title });
    if (id !== undefined) journal.markDone(key, { id }, { root: { id, kind }, extra: [[id, kind]] });
    else journal.forget(key);
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
    // The answer was lost, perhaps not the request: what is there tells.
    const object = await api.request({ method: 'get', path, effect: 'read' });
    if (object.in_trash !== true) throw error;
  }
}
