/** Names that are safe as one path segment in a snapshot and in any folder it is restored to. */

const maxNameBytes = 120;

/** Control characters and marks that hide or reorder text. The joiners of emoji and Persian stay. */
const invisible = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Path separators of any system, and characters with a meaning in shells or in Windows' file names. */
const forbidden = /[/\\:*?"<>|]/g;

/** Windows device names, whatever their extension. */
const reserved = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$/i;

/**
 * `text` as one path segment: Unicode NFC, no control characters or separators, no leading or trailing dots and
 * spaces, at most `maxBytes` of UTF-8 (cut between characters). Empty results become `fallback`.
 */
export function safeName(text: string, fallback = 'Untitled', maxBytes = maxNameBytes): string {
  const cleaned = text
    .toWellFormed()
    .normalize('NFC')
    .replace(invisible, ' ')
    .replace(forbidden, '_')
    .replace(/\s+/g, ' ')
    .replace(/~/g, '-');
  const cut = trim(cutToBytes(trim(cleaned), maxBytes));
  if (cut === '') return fallback;
  return reserved.test(cut) ? `_${cut}` : cut;
}

/** `name.ext` shortened in its stem, so that the extension survives the byte limit. */
export function safeFileName(text: string, fallback = 'file', maxBytes = maxNameBytes): string {
  const name = safeName(text, fallback, Number.MAX_SAFE_INTEGER);
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? '';
  const stem = extension === '' ? name : name.slice(0, -extension.length);
  return `${safeName(stem, fallback, maxBytes - extension.length)}${extension}`;
}

/** True when `name` may stand as one segment of a stored path. The tree parser refuses anything else. */
export function isSafeSegment(name: string): boolean {
  return (
    name !== '' &&
    name !== '.' &&
    name !== '..' &&
    !/[/\\\u0000-\u001f\u007f]/.test(name) &&
    new TextEncoder().encode(name).length <= 255 &&
    name.isWellFormed()
  );
}

/** Text for a terminal: control characters and invisible marks become spaces, the rest stays. */
export function printable(text: string): string {
  return text.toWellFormed().replace(invisible, ' ');
}

/** Like `printable`, for text of several lines: line breaks and tabs stay. */
export function printableLines(text: string): string {
  return text.toWellFormed().replace(invisible, (mark) => (mark === '\n' || mark === '\t' ? mark : ' '));
}

/** The path of the directory that `path` lies in; empty for what lies at the root. */
export function parentPath(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function trim(text: string): string {
  return text.replace(/^[\s.]+|[\s.]+$/g, '');
}

function cutToBytes(text: string, maxBytes: number): string {
  const encoder = new TextEncoder();
  if (encoder.encode(text).length <= maxBytes) return text;
  let bytes = 0;
  let kept = '';
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    bytes += encoder.encode(segment).length;
    if (bytes > maxBytes) break;
    kept += segment;
  }
  return kept;
}
