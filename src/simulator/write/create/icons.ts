/** Icons and covers of a request, checked already, as they are kept. */
import { validationError } from '../../protocol/api-error.ts';
import type { Json, JsonObject } from '../../workspace/json.ts';
import { isJsonObject, objectAt, stringAt } from '../../workspace/json.ts';
import { isWebUrl } from '../check/urls.ts';
import { iconColours } from '../lists/colours.ts';
import type { Draft } from './draft.ts';
import { dashed } from './reach.ts';
import { attachUpload } from './uploads.ts';

/** The icon or cover; null clears it. @throws ApiError 400 or 404 */
export function storeIcon(draft: Draft, given: Json | undefined, place: 'icon' | 'cover'): JsonObject | null {
  if (!isJsonObject(given)) return null;
  if (given.file_upload !== undefined) {
    return attachUpload(draft, stringAt(objectAt(given, 'file_upload'), 'id') ?? '', place);
  }
  if (given.external !== undefined) {
    const url = stringAt(objectAt(given, 'external'), 'url') ?? '';
    if (!isWebUrl(url))
      throw validationError(`body failed validation: body.${place}.external.url should be a valid URL.`);
    return nativeIcon(url, place) ?? { type: 'external', external: { url } };
  }
  if (given.custom_emoji !== undefined) return customEmoji(draft, objectAt(given, 'custom_emoji'));
  if (given.icon !== undefined) {
    const { name, color } = objectAt(given, 'icon');
    return { type: 'icon', icon: { name: name ?? null, color: color ?? 'gray' } };
  }
  return { type: 'emoji', emoji: given.emoji ?? null };
}

function customEmoji(draft: Draft, given: JsonObject): JsonObject {
  const id = dashed(stringAt(given, 'id') ?? '');
  if (!draft.context.state.customEmojis.has(id))
    throw validationError(`Custom emoji with ID ${id} does not exist.`);
  return { type: 'custom_emoji', custom_emoji: { id } };
}

/** The address of one of Notion's own icons reads back as that icon (recorded). */
function nativeIcon(url: string, place: 'icon' | 'cover'): JsonObject | undefined {
  const [, name, color] = /^https:\/\/www\.notion\.so\/icons\/([\w-]+)_([a-z]+)\.svg$/.exec(url) ?? [];
  if (place !== 'icon' || name === undefined || color === undefined || !iconColours.includes(color))
    return undefined;
  return { type: 'icon', icon: { name, color } };
}
