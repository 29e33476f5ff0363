/** The open comments of a page and of its blocks. Resolved ones cannot be read; no time shows when comments change. */
import type { Gap } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { dashedId } from '../../../document/notion-id.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { idOf } from '../context/notion-object.ts';
import { wholeItems } from '../context/odd-items.ts';
import { reasonOf, statusOf } from '../context/read-api.ts';
import { EndOfRun } from '../state/database/end-of-run.ts';
import type { ObjectFiles } from './object-files.ts';

export interface CommentReading {
  readonly comments: JsonObject[];
  readonly gaps: Gap[];
  /** True when a place was not found: it is not there any more. */
  readonly hasMissing: boolean;
  /**
   * The reason why places were not found, while the server gave comments of none so far: either they are not there, or
   * the connection may not read comments (see discover/settle-comments.ts). Such places are not among the gaps.
   */
  readonly doubt: string | undefined;
}

/** Comments of the objects with these ids, in the order of the ids. Never throws for one object. */
export async function readComments(
  context: CrawlContext,
  ids: readonly string[],
  files: ObjectFiles,
): Promise<CommentReading> {
  const gaps: Gap[] = [];
  const missing: string[] = [];
  const doubts: string[] = [];
  // Where none were given at many places, a page is asked and its blocks are not.
  const asked = context.refused.seemsRefused('comments') ? ids.slice(0, 1) : ids;
  const lists = await Promise.all(asked.map((id) => readOne(context, id, files, { gaps, missing, doubts })));
  const seen = new Set<string>();
  const comments = lists.flat().filter((comment) => {
    const id = idOf(comment) ?? '';
    const isNew = id === '' || !seen.has(id);
    seen.add(id);
    return isNew;
  });
  gaps.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { comments, gaps, hasMissing: missing.length > 0, doubt: doubts[0] };
}

interface Failures {
  readonly gaps: Gap[];
  readonly missing: string[];
  readonly doubts: string[];
}

async function readOne(
  context: CrawlContext,
  id: string,
  files: ObjectFiles,
  { gaps, missing, doubts }: Failures,
): Promise<JsonObject[]> {
  const comments: JsonObject[] = [];
  if (context.refused.has('comments')) return comments;
  try {
    const pages = context.api.list({ method: 'get', path: 'comments', query: { block_id: dashedId(id) } });
    for await (const { items, incomplete } of pages) {
      noteAnswer(context);
      const whole = await wholeItems(context, { kind: 'comment', owner: id }, items, gaps);
      comments.push(...whole);
      for (const item of whole) await collectAttachments(context, item, files);
      if (incomplete !== undefined) gaps.push({ what: 'comments', id, reason: incomplete });
    }
  } catch (error) {
    if (error instanceof EndOfRun) throw error;
    const status = context.refused.hasAnswered('comments') ? undefined : statusOf(error);
    // The connection lacks the capability, for every page: the manifest says so once, not each page as a gap.
    if (status === 403) context.refused.add('comments', reasonOf(error));
    else if (status === 404) {
      context.refused.noteUnanswered('comments');
      doubts.push(reasonOf(error));
    } else {
      if (statusOf(error) === 404) missing.push(id);
      gaps.push({ what: 'comments', id, reason: reasonOf(error) });
    }
  }
  return comments;
}

function noteAnswer({ refused, state }: CrawlContext): void {
  if (refused.hasAnswered('comments')) return;
  refused.noteAnswer('comments');
  state.progress.complete('first answer about comments');
}

async function collectAttachments(
  context: CrawlContext,
  comment: JsonObject,
  files: ObjectFiles,
): Promise<void> {
  const id = idOf(comment);
  if (id !== undefined) await files.collect(comment, () => context.api.get(`comments/${dashedId(id)}`));
}
