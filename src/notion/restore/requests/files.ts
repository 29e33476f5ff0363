/** Files, icons and covers for requests: external URLs as they are, hosted files as uploads to come. */
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import { missingReason, storedFile } from '../snapshot/stored-file.ts';
import { iconColours } from './colours.ts';
import type { Conversion } from './conversion.ts';
import { unknownId } from './conversion.ts';
import type { FileKind } from './file-kinds.ts';
import { extensionOf, fileKind } from './file-kinds.ts';
import { webUrl } from './links.ts';

/** A file's source as requests name it: `{type, external}` or `{type, file_upload}`. */
export type Source = JsonObject;

/** The reason there is no source. */
export interface NoSource {
  readonly lost: string;
}

/** An upload to come and the kind of file it is. */
interface Attached {
  readonly source: Source;
  readonly kind: FileKind;
  /** Set when the API would have refused the name. */
  readonly renamed?: string;
}

/** The hosted file as an upload to come, under `name` or the last part of its path. */
export function attachFile(
  file: unknown,
  name: string | undefined,
  conversion: Conversion,
): Attached | NoSource {
  const stored = storedFile(file);
  if (stored === undefined) return { lost: missingReason(file) };
  if (stored.size > conversion.maxFileBytes)
    return {
      lost: `its ${stored.size} bytes are more than the target workspace takes (${conversion.maxFileBytes})`,
    };
  if (stored.size === 0) return { lost: 'it is empty, and the API takes no empty file' };
  const given = bestName(name, stored);
  const kind = fileKind(given);
  const filename = shortName(kind === undefined ? `${given}.txt` : given);
  const holder: JsonObject = { id: unknownId };
  conversion.attach({ holder, path: stored.path, size: stored.size, sha256: stored.sha256, filename });
  return {
    source: { type: 'file_upload', file_upload: holder },
    kind: kind ?? 'document',
    ...(kind === undefined ? { renamed: filename } : {}),
  };
}

/** Icon of a page, database, callout or tab; undefined when there is none or none can be written. */
export function writableIcon(
  icon: Json | undefined,
  id: string,
  conversion: Conversion,
): JsonObject | undefined {
  if (!isObject(icon)) return undefined;
  const lose = (reason: string): undefined => {
    conversion.note('lost', `icon ${stringAt(icon, 'type') ?? ''}`, id, reason);
  };
  switch (icon.type) {
    case 'emoji':
      return { type: 'emoji', emoji: icon.emoji ?? '' };
    case 'external':
      return externalSource(icon) ?? lose('its URL does not lead to the web');
    case 'icon':
      return nativeIcon(objectAt(icon, 'icon') ?? {}) ?? lose('it has no name');
    case 'custom_emoji':
      return customEmojiIcon(objectAt(icon, 'custom_emoji') ?? {}, id, conversion);
    case 'file':
      return picture(icon, conversion, lose);
    default:
      return lose('the API does not know this kind of icon');
  }
}

/** Cover of a page or database. */
export function writableCover(
  cover: Json | undefined,
  id: string,
  conversion: Conversion,
): JsonObject | undefined {
  if (!isObject(cover)) return undefined;
  const lose = (reason: string): undefined => {
    conversion.note('lost', `cover ${stringAt(cover, 'type') ?? ''}`, id, reason);
  };
  if (cover.type === 'external') return externalSource(cover) ?? lose('its URL does not lead to the web');
  return cover.type === 'file'
    ? picture(cover, conversion, lose)
    : lose('the API does not know this kind of cover');
}

/** `{type, external}` of a file object with a usable URL. */
export function externalSource(file: JsonObject): Source | undefined {
  const url = webUrl(stringAt(objectAt(file, 'external'), 'url') ?? '');
  return url === undefined ? undefined : { type: 'external', external: { url } };
}

function picture(
  file: JsonObject,
  conversion: Conversion,
  lose: (reason: string) => undefined,
): Source | undefined {
  const attached = attachFile(file.file, undefined, conversion);
  if ('lost' in attached) return lose(attached.lost);
  return attached.kind === 'image' ? attached.source : lose('it is not a picture the API takes');
}

function nativeIcon({ name, color }: JsonObject): JsonObject | undefined {
  if (typeof name !== 'string' || name === '') return undefined;
  return {
    type: 'icon',
    icon: typeof color === 'string' && iconColours.has(color) ? { name, color } : { name },
  };
}

/** By id or name where the target has it; else its picture. */
function customEmojiIcon(emoji: JsonObject, id: string, conversion: Conversion): JsonObject | undefined {
  const old = stringAt(emoji, 'id') ?? '';
  const same = conversion.customEmoji(old, stringAt(emoji, 'name') ?? '');
  if (same !== undefined) return { type: 'custom_emoji', custom_emoji: { id: same } };
  const lose = (reason: string): undefined => {
    conversion.note('lost', 'icon custom_emoji', id, reason);
  };
  const stored = conversion.customEmojiFile(old);
  if (stored === undefined) return lose('the target workspace has no such emoji, and none can be created');
  const source = picture({ file: stored }, conversion, lose);
  if (source !== undefined)
    conversion.note(
      'approximated',
      'icon custom_emoji',
      id,
      'the target has no such emoji: its picture is the icon',
    );
  return source;
}

/** The name people gave if its extension says what it is, else the stored name or the URL's. */
function bestName(name: string | undefined, stored: { readonly path: string; readonly url: string }): string {
  const candidates = [name, lastPart(stored.path), lastPart(stored.url)].filter(
    (candidate): candidate is string => candidate !== undefined && candidate !== '',
  );
  return candidates.find((candidate) => fileKind(candidate) !== undefined) ?? candidates[0] ?? 'file';
}

function lastPart(path: string): string {
  const part = path.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** At most 900 bytes, which is what an upload's name may have; the extension stays. */
function shortName(name: string): string {
  const clean = name.replace(/[\u0000-\u001f\u007f/\\]/g, '_').toWellFormed();
  if (Buffer.byteLength(clean) <= 900) return clean;
  const extension = extensionOf(clean);
  let stem = clean.slice(0, 800);
  while (Buffer.byteLength(stem) > 800) stem = stem.slice(0, -1);
  return `${stem.toWellFormed()}.${extension}`;
}
