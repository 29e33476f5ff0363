/** Recognises successful answers that are not the file: a web page or an error in place of an image, or nothing at all. */
import { contentTypeOf } from './content-types.ts';
import { mediaIdentity } from './media-failure.ts';

/** An answer of success in place of the file; another attempt may bring it. */
export class OddMediaAnswer extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** Types in which servers and proxies explain themselves, and in which no image, video, sound, document or archive comes. */
const explanations = new Set([
  'text/html',
  'application/xhtml+xml',
  'application/json',
  'application/xml',
  'text/xml',
]);

/**
 * The reason why an answer of this type is not the file at `url`, one line; undefined when it may be. The extension
 * promises the type: a file without one, or of text, may be anything.
 */
export function oddContent(url: string, contentType: string | undefined): string | undefined {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  const promised = contentTypeOf(lastSegment(url));
  if (promised === undefined || isText(promised) || !explanations.has(type)) return undefined;
  return `the server sends something else (${type}) where a file of type ${promised} was promised`;
}

/** True when the extension of `url` promises a file that cannot be empty: an image, a video, a sound, a document, an archive. */
export function promisesBytes(url: string): boolean {
  const promised = contentTypeOf(lastSegment(url));
  return promised !== undefined && !isText(promised);
}

/** SVG is XML, and some servers call it so. */
function isText(type: string): boolean {
  return type.startsWith('text/') || type === 'application/json' || type === 'image/svg+xml';
}

function lastSegment(url: string): string {
  const path = mediaIdentity(url);
  const name = path.slice(path.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
