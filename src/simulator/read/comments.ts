/** `GET /comments…`: open discussions of one page or one block, oldest first. */
import { missing, notFound } from '../protocol/api-error.ts';
import type { Context, Route } from '../protocol/routes.ts';
import { uuid } from '../protocol/routes.ts';
import { findBlock } from '../render/block.ts';
import { renderComment } from '../render/other.ts';
import type { JsonObject } from '../workspace/json.ts';
import type { Comment } from '../workspace/state.ts';
import { isVisible } from '../workspace/state.ts';
import { checkQuery, list, listingName, liveSlice, pagingOfQuery } from './listing.ts';
import { botOf, visibleBlock } from './objects.ts';

const shared = { method: 'GET', effect: 'read', capability: 'read_comments' } as const;

export const commentRoutes: readonly Route[] = [
  { ...shared, path: '/v1/comments', handle: listComments },
  { ...shared, path: '/v1/comments/{comment_id}', handle: getComment },
];

function listComments(context: Context): JsonObject {
  const paging = pagingOfQuery(context, ['block_id']);
  const wanted = context.query.get('block_id');
  if (wanted === null) throw missing('query.block_id');
  const { id } = visibleBlock(context, uuid('query.block_id', wanted));
  const comments: Comment[] = [];
  for (const comment of context.state.comments.values()) {
    if (comment.parent.id === id && !comment.isResolved) comments.push(comment);
  }
  comments.sort((a, b) => a.createdTime - b.createdTime);
  const slice = liveSlice(context, listingName(context, 'comments', id), paging, comments);
  return list(
    'comment',
    slice.items.map((comment) => renderComment(context, comment)),
    slice.nextCursor,
  );
}

function getComment(context: Context): JsonObject {
  checkQuery(context, []);
  const id = context.params.comment_id ?? '';
  const comment = context.state.comments.get(id);
  const owner = comment === undefined ? undefined : findBlock(context.state, comment.parent.id);
  if (
    comment === undefined ||
    comment.isResolved ||
    owner === undefined ||
    !isVisible(context.state, owner)
  ) {
    throw notFound('comment', id, botOf(context));
  }
  return renderComment(context, comment);
}
