/** Writes a page's comments into threads again. Author and time cannot be set: they stand at the head of the text. */

import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import { momentText } from '../blocks/origin-marker.ts';
import type { RestoredObject } from '../journal/objects.ts';
import type { Conversion, PendingFile } from '../requests/conversion.ts';
import { attachFile } from '../requests/files.ts';
import { findNewComment } from '../requests/read-back.ts';
import { valueReferences } from '../requests/references.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { maxRuns, textRuns, writableRuns } from '../requests/rich-text.ts';
import { readPage } from '../requests/snapshot-documents.ts';
import { withUploads } from '../requests/uploads.ts';

/** Most files of one comment. */
const maxAttachments = 3;

/** Carries out a `comments` step. @throws KlosetError `incomplete` when the page was not made */
export async function writeComments(context: RestoreContext, object: RestoredObject): Promise<void> {
  const page = context.journal.newId(object.id);
  if (page === undefined) throw new KlosetError('incomplete', 'Its page was not restored.');
  const { comments } = await readPage(context.snapshot, object.path);
  await context.target.learnLimits();
  await context.target.learn(comments.flatMap((comment) => [...valueReferences(comment.rich_text)]));
  for (const comment of comments) await writeComment(context, object, page, comment);
}

async function writeComment(
  context: RestoreContext,
  object: RestoredObject,
  page: string,
  comment: JsonObject,
): Promise<void> {
  const { journal, api, uploads } = context;
  const id = compactId(stringAt(comment, 'id') ?? '');
  const discussion = compactId(stringAt(comment, 'discussion_id') ?? id);
  const files: PendingFile[] = [];
  const conversion: Conversion = {
    ...context.target.conversion(object.path),
    attach: (file) => files.push(file),
  };
  const home = homeOf(context, object, page, comment, conversion);
  const author = await context.target.nameOf(stringAt(objectAt(comment, 'created_by'), 'id') ?? '', comment);
  const head = `${author}, ${momentText(comment.created_time)}: `;
  conversion.note(
    'approximated',
    kindOf(comment),
    id,
    'author and time stand in its text: the connection writes it, now',
  );
  const text = commentText(head, comment, id, conversion);
  const attachments = attachmentsOf(comment, id, conversion);
  await withUploads(uploads, files, () =>
    context.writer.write({
      key: `comment ${id}`,
      request: async () => {
        await uploads.fill(files, object.path);
        const thread = journal.newId(`${discussion}/thread`);
        return {
          method: 'post',
          path: 'comments',
          body: {
            ...(thread === undefined ? { parent: home.request } : { discussion_id: thread }),
            rich_text: text,
            display_name: { type: 'custom', custom: { name: author.slice(0, 100) } },
            ...(attachments.length === 0
              ? {}
              : {
                  attachments: attachments.map((holder) => ({
                    type: 'file_upload',
                    file_upload_id: holder.id ?? '',
                  })),
                }),
          },
          effect: 'write',
        };
      },
      keep: (answer) => ({
        id: stringAt(answer, 'id') ?? '',
        discussion: stringAt(answer, 'discussion_id') ?? '',
      }),
      find: async () => {
        const found = await findNewComment(api, journal, home.id, head);
        return found === undefined
          ? undefined
          : { id: stringAt(found, 'id') ?? '', discussion: stringAt(found, 'discussion_id') ?? '' };
      },
      made: (kept) => ({
        ids: [
          [id, stringAt(kept, 'id') ?? '', 'comment'],
          [`${discussion}/thread`, stringAt(kept, 'discussion') ?? '', 'discussion'],
        ],
      }),
    }),
  );
}

function kindOf(comment: JsonObject): string {
  return objectAt(comment, 'parent')?.block_id === undefined ? 'comment on a page' : 'comment on a block';
}

/** The block it hangs on, or the page when that block did not come back. */
function homeOf(
  { journal }: RestoreContext,
  object: RestoredObject,
  page: string,
  comment: JsonObject,
  conversion: Conversion,
): { readonly id: string; readonly request: JsonObject } {
  const block = stringAt(objectAt(comment, 'parent'), 'block_id');
  const onPage = { id: page, request: { type: 'page_id', page_id: page } };
  if (block === undefined || compactId(block) === object.id) return onPage;
  const fresh = journal.newId(block);
  if (fresh !== undefined) return { id: fresh, request: { type: 'block_id', block_id: fresh } };
  conversion.note(
    'approximated',
    kindOf(comment),
    stringAt(comment, 'id') ?? '',
    'its block did not come back: it hangs on the page',
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
