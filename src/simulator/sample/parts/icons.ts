/** Icons and covers of every kind. */
import type { JsonObject } from '../../workspace/json.ts';

export function emoji(character: string): JsonObject {
  return { type: 'emoji', emoji: character };
}

export function nativeIcon(name: string, color: string): JsonObject {
  return { type: 'icon', icon: { name, color } };
}

export function customEmoji(id: string): JsonObject {
  return { type: 'custom_emoji', custom_emoji: { id } };
}

/** An icon or a cover elsewhere on the web. */
export function externalPicture(url: string): JsonObject {
  return { type: 'external', external: { url } };
}

/** An icon or a cover Notion hosts. */
export function hostedPicture(key: string): JsonObject {
  return { type: 'file', file: { key } };
}
