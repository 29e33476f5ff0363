/** Comments: begin a discussion, reply in one, change and delete what the connection itself wrote. */
import { ApiError, validationError } from '../protocol/api-error.ts';
import type { Context } from '../protocol/routes.ts';
import { findBlock } from '../render/block.ts';
import { renderComment } from '../render/other.ts';
import type { Json, JsonObject } from '../workspace/json.ts';
import { isJsonObject, objectAt, stringAt } from '../workspace/json.ts';
import type { Comment, Parent } from '../workspace/state.ts';
import { addComment, isVisible, touch } from '../workspace/state.ts';
import { uuid } from './check/ids.ts';
import { commentParent } from './check/parents.ts';
import { richText } from './check/rich-text.ts';
import type { ObjectRule } from './check/shapes.ts';
import { array, filledString, object, oneOf, optional } from './check/shapes.ts';
import { byType } from './check/view-parts.ts';
import type { Draft } from './create/draft.ts';
import { newDraft, settle } from './create/draft.ts';
import { dashed, missing, refuseTrashed, seeBlock, seePage } from './create/reach.ts';
import { storeRichText } from './create/rich-text.ts';
import { attachUpload, usableUpload } from './create/uploads.ts';
import { categoryOf } from './lists/file-types.ts';
import { inlineMarkdown } from './markdown/inline.ts';
import { acceptBody, refuseAny } from './refuse.ts';

/** At most so many attachments hang on one comment. */
const maxAttachments = 3;

const newComment: ObjectRule = {
  parent: optional(commentParent),
  discussion_id: optional(uuid),
  rich_text: optional(richText),
  markdown: optional(filledString()),
  attachments: optional(
    array(object({ file_upload_id: uuid, type: optional(oneOf(['file_upload'])) }), maxAttachments),
  ),
  display_name: optional(
    byType({ integration: {}, user: {}, custom: { custom: object({ name: filledString() }) } }),
  ),
};

/** `POST /comments` */
export function createComment(context: Context): JsonObject {
  const { body, state } = context;
  acceptBody(body, newComment);
  refuseWithoutText(body);
  refuseTwoPlaces(body);
  const place = seePlace(context);
  const draft = newDraft(context);
  const text = storeText(draft, body);
  const attachments = storeAttachments(draft, body.attachments);
  settle(draft);
  const comment = addComment(state, {
    ...place,
    richText: text,
    attachments,
    displayName: displayName(context, objectAt(body, 'display_name')),
    createdTime: context.clock.now(),
  });
  context.committed = { resourceId: comment.id };
  return renderComment(context, comment);
}

/** `PATCH /comments/{comment_id}` */
export function updateComment(context: Context): JsonObject {
  const { body } = context;
  const comment = ownComment(context);
  acceptBody(body, { rich_text: optional(richText), markdown: optional(filledString()) });
  refuseWithoutText(body);
  const draft = newDraft(context);
  comment.richText = storeText(draft, body);
  settle(draft);
  touch(comment, context.clock.now(), context.state.botId);
  context.committed = { resourceId: comment.id };
  return renderComment(context, comment);
}

/** `DELETE /comments/{comment_id}`: with its last comment a discussion is gone. */
export function deleteComment(context: Context): JsonObject {
  const comment = ownComment(context);
  context.state.comments.delete(comment.id);
  context.committed = { resourceId: comment.parent.id };
  return renderComment(context, comment);
}

function refuseTwoPlaces(body: JsonObject): void {
  refuseAny((problems) => {
    if (body.parent === undefined && body.discussion_id === undefined) {
      problems.should('body.parent', 'be defined', undefined);
      problems.should('body.discussion_id', 'be defined', undefined);
    }
    if (body.parent !== undefined && body.discussion_id !== undefined) {
      problems.should('body.discussion_id', 'be not present', body.discussion_id);
    }
  });
}

/** The text comes as rich text or as Markdown, never as both. @throws ApiError 400 */
function refuseWithoutText(body: JsonObject): void {
  refuseAny((problems) => {
    if (Array.isArray(body.rich_text)) {
      problems.atLeast('body.rich_text', 1, body.rich_text.length);
      if (body.markdown !== undefined) problems.should('body.markdown', 'be not present', body.markdown);
    } else if (body.markdown === undefined) problems.should('body.rich_text', 'be defined', undefined);
  });
}

function storeText(draft: Draft, body: JsonObject): Json[] {
  return storeRichText(
    draft,
    typeof body.markdown === 'string' ? inlineMarkdown(body.markdown) : body.rich_text,
  );
}

/** Destination of the comment: a new discussion on a page or block, or one that is open. @throws ApiError 404 or 400 */
function seePlace(context: Context): { readonly parent: Parent; readonly discussionId?: string } {
  const discussion = stringAt(context.body, 'discussion_id');
  if (discussion !== undefined) return seeDiscussion(context, dashed(discussion));
  const given = objectAt(context.body, 'parent');
  const pageId = stringAt(given, 'page_id');
  const owner =
    pageId === undefined ? seeBlock(context, stringAt(given, 'block_id') ?? '') : seePage(context, pageId);
  refuseTrashed(context, owner);
  return { parent: { type: owner.kind === 'page' ? 'page_id' : 'block_id', id: owner.id } };
}

function seeDiscussion(
  context: Context,
  id: string,
): { readonly parent: Parent; readonly discussionId: string } {
  const { state } = context;
  const comment = [...state.comments.values()].find((candidate) => candidate.discussionId === id);
  const owner = comment === undefined ? undefined : findBlock(state, comment.parent.id);
  if (comment === undefined || owner === undefined || comment.isResolved || !isVisible(state, owner)) {
    throw missing(context, 'discussion', id);
  }
  refuseTrashed(context, owner);
  return { parent: comment.parent, discussionId: id };
}

function storeAttachments(draft: Draft, given: Json | undefined): JsonObject[] {
  return (Array.isArray(given) ? given : []).filter(isJsonObject).map((attachment) => {
    const id = stringAt(attachment, 'file_upload_id') ?? '';
    const category = categoryOf(usableUpload(draft.context, id).filename ?? '') ?? 'document';
    const { file } = attachUpload(draft, id, 'comment');
    return { category: category === 'document' ? 'productivity' : category, file: file ?? null };
  });
}

function displayName(context: Context, given: JsonObject): Comment['displayName'] {
  const custom = stringAt(objectAt(given, 'custom'), 'name');
  if (given.type === 'custom' && custom !== undefined) return { type: 'custom', resolvedName: custom };
  if (given.type === 'user') return { type: 'user', resolvedName: null };
  return { type: 'integration', resolvedName: context.state.botName };
}

/** @throws ApiError 404 out of reach, 403 for what somebody else wrote, 400 where writing is over */
function ownComment(context: Context): Comment {
  const { state, params } = context;
  const id = params.comment_id ?? '';
  const comment = state.comments.get(id);
  const owner = comment === undefined ? undefined : findBlock(state, comment.parent.id);
  if (comment === undefined || comment.isResolved || owner === undefined || !isVisible(state, owner)) {
    throw missing(context, 'comment', id);
  }
  if (comment.createdBy !== state.botId) {
    throw new ApiError(
      403,
      'restricted_resource',
      'Only the connection that created a comment can change it.',
    );
  }
  if (owner.inTrash) throw validationError('Comments on an archived block cannot be changed.');
  return comment;
}
