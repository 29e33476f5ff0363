/** Turns stored content into what an answer shows: signed file URLs, whole users, emoji with their pictures. */

import type { FaultRates } from '../conditions/faults.ts';
import { isChosenId } from '../conditions/faults.ts';
import { avatarUrl, signedFile } from '../protocol/media-url.ts';
import type { Context } from '../protocol/routes.ts';
import type { Json, JsonObject } from '../workspace/json.ts';
import { isJsonObject, stringAt } from '../workspace/json.ts';

/** Parts of a request that rendering needs. */
export type RenderContext = Pick<
  Context,
  'state' | 'clock' | 'origin' | 'faults' | 'random' | 'version' | 'capabilities'
>;

/** A deep copy of `value` with stored files, users and custom emoji filled in. */
export function renderContent(context: RenderContext, value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => renderContent(context, item));
  if (!isJsonObject(value)) return value;
  const result: JsonObject = {};
  for (const [name, member] of Object.entries(value)) {
    result[name] = isJsonObject(member)
      ? renderMember(context, value, name, member)
      : renderContent(context, member);
  }
  return result;
}

function renderMember(context: RenderContext, owner: JsonObject, name: string, member: JsonObject): Json {
  const key = stringAt(member, 'key');
  if (name === 'file' && key !== undefined) {
    const { url, expiry_time } = signedFile(context, key);
    if (context.faults.strikesAt('fileWithoutUrl', key)) return { expiry_time: expiry_time ?? null };
    return { url: url ?? null, expiry_time: expiry_time ?? null };
  }
  const id = stringAt(member, 'id');
  if (id !== undefined && name === 'custom_emoji' && owner.type === name) return customEmoji(context, id);
  if (id !== undefined && name === 'user' && owner.type === name) return fullUser(context, id);
  return renderContent(context, member);
}

function customEmoji(context: RenderContext, id: string): JsonObject {
  const emoji = context.state.customEmojis.get(id);
  if (emoji === undefined) return { id };
  return { id, name: emoji.name, url: avatarUrl(context, emoji.fileKey) };
}

/** `{object, id}`: how users stand in created_by and the like. */
export function partialUser(id: string): JsonObject {
  return { object: 'user', id };
}

/** A user as far as the connection may know one; only the id when it is nobody's it knows. */
export function fullUser(context: RenderContext, id: string): JsonObject {
  const user = context.state.users.get(id);
  if (user === undefined || !context.capabilities.has('read_users')) return partialUser(id);
  const shared = {
    ...partialUser(id),
    name: user.name,
    avatar_url: user.avatarKey === null ? null : avatarUrl(context, user.avatarKey),
    type: user.type,
  };
  if (user.type === 'bot') return { ...shared, bot: {} };
  const isEmailShown = user.email !== null && context.capabilities.has('read_emails');
  return { ...shared, person: isEmailShown ? { email: user.email } : {} };
}

/** An icon or cover, or null. An icon may turn out to be of a type nobody knows. */
export function renderIcon(context: RenderContext, ownerId: string, icon: JsonObject | null): Json {
  if (icon === null) return null;
  if (isChosen(context, 'unknownIconType', ownerId)) return { type: 'glyph', glyph: { name: 'spiral' } };
  return renderContent(context, icon);
}

/** True for the share of ids the fault's rate says: always the same ids, whatever the order of requests. */
export function isChosen(
  context: Pick<RenderContext, 'faults'>,
  fault: keyof FaultRates,
  id: string,
): boolean {
  return isChosenId(context.faults.rates, fault, id);
}

/** Pages, blocks and data sources: floored to the minute, `…:00.000Z`. */
export function minuteTime(ms: number): string {
  return new Date(Math.floor(ms / 60_000) * 60_000).toISOString();
}

/** Databases and views: milliseconds and `+00:00`. */
export function exactTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+00:00');
}

/** The text of rich text, without its looks. */
export function plainText(richText: Json | undefined): string {
  if (!Array.isArray(richText)) return '';
  return richText.map((part) => (isJsonObject(part) ? (stringAt(part, 'plain_text') ?? '') : '')).join('');
}

/** `archived` beside `in_trash`, as versions before 2026-03-11 have it. */
export function trashMembers(context: Pick<RenderContext, 'version'>, inTrash: boolean): JsonObject {
  return context.version < '2026-03-11' ? { in_trash: inTrash, archived: inTrash } : { in_trash: inTrash };
}
