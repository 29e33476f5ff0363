/** Restores a page's comments into threads. Author and time cannot be set: they stand at the head of the text. */

import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import { momentText } from '../blocks/origin-marker.ts';
import { refusedFor } from '../journal/tables/notes.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { Conversion } from '../requests/conversion.ts';
import { collectingFiles } from '../requests/conversion.ts';
import { answerOrRefusal, sendCreation } from '../requests/creation.ts';
import { attachFile } from '../requests/files.ts';
import { findNewComment } from '../requests/read-back.ts';
import { valueReferences } from '../requests/references.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { maxRuns, textRuns, writableRuns } from '../requests/rich-text.ts';
import { readPage } from '../snapshot/snapshot-documents.ts';

/** Max number of files of one comment. */
const maxAttachments = 3;

/** Executes a `comments` step. @throws KlosetError `incomplete` when the page was not restored */
export async function writeComments(context: RestoreContext, object: RestoredObject): Promise<void> {
  const page = context.journal.ids.copyOf(object.id);
  if (page === undefined) throw new KlosetError('incomplete', 'Its page was not restored.');
  const { comments } = await readPage(context.snapshot, object.path);
  await context.target.resolveLimits();
  await context.target.resolve(comments.flatMap((comment) => [...valueReferences(comment.rich_text)]));
  for (const comment of comments) await writeComment(context, object, page, comment);
}

async function writeComment(
  context: RestoreContext,
  object: RestoredObject,
  page: string,
  comment: JsonObject,
): Promise<void> {
  const { journal, api } = context;
  const id = compactId(stringAt(comment, 'id') ?? '');
  const discussion = compactId(stringAt(comment, 'discussion_id') ?? id);
  const { conversion, files } = collectingFiles(context.target.conversion(object.path));
  const parent = parentOf(context, object, page, comment, conversion);
  const author = await context.target.nameOf(stringAt(objectAt(comment, 'created_by'), 'id') ?? '', comment);
  const head = `${author}, ${momentText(comment.created_time)}: `;
  const body = commentBody(comment, { id, author, head }, conversion);
  const answer = await answerOrRefusal(() =>
    sendCreation(context, {
      key: `comment ${id}`,
      path: 'comments',
      files,
      directory: object.path,
      // Ids of uploads are known only now, and so is a thread begun meanwhile.
      body: () => ({ ...threadOf(journal.ids.threadOf(discussion), parent.request), ...body() }),
      keep: commentIds,
      // A 503 names the comment alone, not its thread.
      committed: () => undefined,
      find: async () => {
        const found = await findNewComment(api, journal, parent.id, head);
        return found === undefined ? undefined : commentIds(found);
      },
      created: (kept) => ({
        ids: [[id, stringAt(kept, 'id') ?? '', 'comment']],
        thread: [discussion, stringAt(kept, 'discussion') ?? ''],
      }),
    }),
  );
  if (typeof answer === 'string') conversion.note('lost', kindOf(comment), id, refusedFor(answer));
}

/** The ids of a new comment and of its thread. */
function commentIds(answer: JsonObject): JsonObject {
  return { id: stringAt(answer, 'id') ?? '', discussion: stringAt(answer, 'discussion_id') ?? '' };
}

/** A comment continues its thread where that exists, and else begins one. */
function threadOf(discussion: string | undefined, parent: JsonObject): JsonObject {
  return discussion === undefined ? { parent } : { discussion_id: discussion };
}

interface CommentHead {
  readonly id: CompactId;
  readonly author: string;
  /** Author and time, at the head of its text. */
  readonly head: string;
}

/** Text, name and attachments; to be called once the ids of its uploads are known. */
function commentBody(
  comment: JsonObject,
  { id, author, head }: CommentHead,
  conversion: Conversion,
): () => JsonObject {
  conversion.note(
    'approximated',
    kindOf(comment),
    id,
    'author and time stand in its text: the connection writes it, now',
  );
  const text = commentText(head, comment, id, conversion);
  const holders = attachmentsOf(comment, id, conversion);
  return () => {
    const attachments = holders.map((holder) => ({ type: 'file_upload', file_upload_id: holder.id ?? '' }));
    return {
      rich_text: text,
      display_name: { type: 'custom', custom: { name: author.slice(0, 100) } },
      ...(attachments.length === 0 ? {} : { attachments }),
    };
  };
}

function kindOf(comment: JsonObject): string {
  return objectAt(comment, 'parent')?.block_id === undefined ? 'comment on a page' : 'comment on a block';
}

/** The block it is on, or the page when that block was not restored. */
function parentOf(
  { journal }: RestoreContext,
  object: RestoredObject,
  page: string,
  comment: JsonObject,
  conversion: Conversion,
): { readonly id: string; readonly request: JsonObject } {
  const block = stringAt(objectAt(comment, 'parent'), 'block_id');
  const onPage = { id: page, request: { type: 'page_id', page_id: page } };
  if (block === undefined || compactId(block) === object.id) return onPage;
  const copy = journal.ids.copyOf(compactId(block));
  if (copy !== undefined) return { id: copy, request: { type: 'block_id', block_id: copy } };
  conversion.note(
    'approximated',
    kindOf(comment),
    stringAt(comment, 'id') ?? '',
    'its block was not restored: it is on the page',
  );
  return onPage;
}

function commentText(head: string, comment: JsonObject, id: string, conversion: Conversion): JsonObject[] {
  const runs = writableRuns(comment.rich_text, id, conversion);
  if (runs.length >= maxRuns)
    conversion.note(
      'approximated',
      kindOf(comment),
      id,
      `only the first ${maxRuns - 1} runs of its text fit into a request`,
    );
  return [...textRuns(head, undefined, { color: 'gray' }), ...runs.slice(0, maxRuns - 1)];
}

/** Upload holders of its files. */
function attachmentsOf(comment: JsonObject, id: string, conversion: Conversion): JsonObject[] {
  const holders: JsonObject[] = [];
  for (const attachment of arrayAt(comment, 'attachments').filter(isObject)) {
    const attached =
      holders.length < maxAttachments
        ? attachFile(attachment.file, undefined, conversion)
        : { lost: 'a comment takes three files' };
    if ('lost' in attached)
      conversion.note('lost', 'comment attachment', `${id}/${holders.length}`, attached.lost);
    else holders.push(objectAt(attached.source, 'file_upload') ?? {});
  }
  return holders;
}
