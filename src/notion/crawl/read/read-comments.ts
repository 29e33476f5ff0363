/** The open comments of a page and of its blocks. Resolved ones cannot be read; nothing tells when comments change. */
import type { Gap } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { dashedId } from '../../../document/notion-id.ts';
import type { Run } from '../state/context.ts';
import { isFatal } from '../state/end-of-run.ts';
import { idOf } from '../state/notion-object.ts';
import { reasonOf, statusOf } from '../state/read-api.ts';
import type { ObjectFiles } from './object-files.ts';

export interface CommentReading {
  readonly comments: JsonObject[];
  readonly gaps: Gap[];
}

/** Comments of the objects with these ids, in the order of the ids. Never throws for one object. */
export async function readComments(
  run: Run,
  ids: readonly string[],
  files: ObjectFiles,
): Promise<CommentReading> {
  const gaps: Gap[] = [];
  const lists = await Promise.all(ids.map((id) => readOne(run, id, files, gaps)));
  const seen = new Set<string>();
  const comments = lists.flat().filter((comment) => {
    const id = idOf(comment) ?? '';
    const isNew = id === '' || !seen.has(id);
    seen.add(id);
    return isNew;
  });
  gaps.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { comments, gaps };
}

async function readOne(run: Run, id: string, files: ObjectFiles, gaps: Gap[]): Promise<JsonObject[]> {
  const comments: JsonObject[] = [];
  if (run.refused.has('comments')) return comments;
  try {
    const pages = run.ask.list({ method: 'get', path: 'comments', query: { block_id: dashedId(id) } });
    for await (const { items, incomplete } of pages) {
      comments.push(...items);
      for (const item of items) await collectAttachments(run, item, files);
      if (incomplete !== undefined) gaps.push({ what: 'comments', id, reason: incomplete });
    }
  } catch (error) {
    if (isFatal(error)) throw error;
    // The connection lacks the capability: true for every page, so said once in the manifest, not as a gap of each.
    if (statusOf(error) === 403) run.refused.set('comments', reasonOf(error));
    else gaps.push({ what: 'comments', id, reason: reasonOf(error) });
  }
  return comments;
}

async function collectAttachments(run: Run, comment: JsonObject, files: ObjectFiles): Promise<void> {
  const id = idOf(comment);
  if (id !== undefined) await files.collect(comment, () => run.ask.get(`comments/${dashedId(id)}`));
}
