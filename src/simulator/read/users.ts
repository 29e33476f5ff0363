/** `GET /users…` and custom emoji. */
import { userNotFound } from '../protocol/api-error.ts';
import { avatarUrl } from '../protocol/media-url.ts';
import type { Context, Route } from '../protocol/routes.ts';
import { renderUser } from '../render/other.ts';
import type { JsonObject } from '../workspace/json.ts';
import { checkQuery, list, listingName, liveSlice, pagingOfQuery } from './listing.ts';
import { botOf } from './objects.ts';

export const userRoutes: readonly Route[] = [
  { method: 'GET', path: '/v1/users', effect: 'read', capability: 'read_users', handle: listUsers },
  { method: 'GET', path: '/v1/users/me', effect: 'read', handle: getMe },
  { method: 'GET', path: '/v1/users/{user_id}', effect: 'read', capability: 'read_users', handle: getUser },
  {
    method: 'GET',
    path: '/v1/custom_emojis',
    effect: 'read',
    capability: 'read_content',
    since: '2025-09-03',
    handle: listCustomEmojis,
  },
];

/** Members and bots; guests are left out, though their ids can be looked up. */
function listUsers(context: Context): JsonObject {
  const paging = pagingOfQuery(context);
  const users = [...context.state.users.values()].filter((user) => !user.isGuest);
  const slice = liveSlice(context, listingName(context, 'users'), paging, users);
  return list(
    'user',
    slice.items.map((user) => renderUser(context, user)),
    slice.nextCursor,
  );
}

function getMe(context: Context): JsonObject {
  checkQuery(context, []);
  const me = context.state.users.get(context.state.botId);
  if (me === undefined) throw userNotFound(context.state.botId, botOf(context));
  return renderUser(context, me);
}

function getUser(context: Context): JsonObject {
  checkQuery(context, []);
  const id = context.params.user_id ?? '';
  const user = context.state.users.get(id);
  if (user === undefined) throw userNotFound(id, botOf(context));
  return renderUser(context, user);
}

function listCustomEmojis(context: Context): JsonObject {
  const paging = pagingOfQuery(context, ['name']);
  const name = context.query.get('name');
  const emojis = [...context.state.customEmojis.values()].filter(
    (emoji) => name === null || emoji.name === name,
  );
  const slice = liveSlice(context, listingName(context, 'custom_emojis', name), paging, emojis);
  const results = slice.items.map((emoji) => ({
    object: 'custom_emoji',
    id: emoji.id,
    name: emoji.name,
    url: avatarUrl(context, emoji.fileKey),
  }));
  const { custom_emoji: _, ...answer } = list('custom_emoji', results, slice.nextCursor);
  return answer;
}
