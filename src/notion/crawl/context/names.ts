/** Names of directories and files in a snapshot's tree. */
import { createHash } from 'node:crypto';
import { safeFileName, safeName } from '../../../document/names.ts';

/** A title as the first part of a directory's name. */
export function nameStemOf(title: string): string {
  return safeName(title);
}

/** The first part of a directory's name in the previous snapshot's path: what stands before its last `~`. */
export function nameStemOfPath(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const cut = name.lastIndexOf('~');
  return cut <= 0 ? name : name.slice(0, cut);
}

/**
 * `Title~1a2b3c4d`. The last digits of the id tell apart, not the first: those are alike throughout a workspace.
 * `digits` grows when two siblings would still share a name.
 */
export function directoryName(stem: string, id: string, digits = 8): string {
  return `${stem}~${id.slice(-digits)}`;
}

/** Gives each file of one object a name of its own, whichever case a file system ignores. */
export class FileNames {
  readonly #used = new Set<string>();

  /** A safe name like `preferred`; `name~2.ext` when that is in use. */
  take(preferred: string): string {
    const name = safeFileName(preferred);
    const dot = name.lastIndexOf('.');
    const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
    let free = name;
    for (let n = 2; this.#used.has(free.toLowerCase()); n += 1) free = `${stem}~${n}${extension}`;
    this.#used.add(free.toLowerCase());
    return free;
  }
}

/** The name of a file: the one beside it, with the extension of its URL where it has none of its own, or the URL's. */
export function fileName(given: string | undefined, url: string): string {
  const ofUrl = fileNameOfUrl(url);
  if (given === undefined || given.trim() === '') return ofUrl;
  const extension = extensionOf(ofUrl);
  return extensionOf(given) === '' ? given + extension : given;
}

function extensionOf(name: string): string {
  return /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? '';
}

/** The last part of a URL's path, decoded; a short digest when it has none. */
function fileNameOfUrl(url: string): string {
  const path = url.replace(/[?#].*$/s, '');
  const last = path.slice(path.lastIndexOf('/') + 1);
  const decoded = decode(last);
  return decoded === '' ? createHash('sha256').update(path).digest('hex').slice(0, 12) : decoded;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
