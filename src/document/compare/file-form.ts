/** Files and icons in comparable form: bytes by their digest, links by their URL. */
import type { Json, JsonObject } from '../json.ts';
import { isObject, objectAt, stringAt } from '../json.ts';

/** A file object (`{type, file|external}`), by content where the snapshot has it. */
export function fileForm(value: Json): Json {
  if (!isObject(value)) return null;
  const file = objectAt(value, 'file');
  if (file !== undefined) {
    const digest = stringAt(file, 'sha256');
    return digest === undefined ? { missing: true } : { sha256: digest };
  }
  return { url: stringAt(objectAt(value, 'external'), 'url') ?? '' };
}

/** An icon of any kind. A custom emoji is its name; a native icon its name and colour. */
export function iconForm(value: Json): Json {
  if (!isObject(value)) return null;
  switch (value.type) {
    case 'emoji':
      return { emoji: value.emoji ?? null };
    case 'custom_emoji':
      return { custom_emoji: stringAt(objectAt(value, 'custom_emoji'), 'name') ?? '' };
    case 'icon':
      return nativeIcon(objectAt(value, 'icon') ?? {});
    default:
      return fileForm(value);
  }
}

function nativeIcon(icon: JsonObject): Json {
  return { icon: icon.name ?? null, color: icon.color ?? null };
}

/** True for a file whose bytes were not kept. */
export function isMissing(form: Json): boolean {
  return isObject(form) && form.missing === true;
}
