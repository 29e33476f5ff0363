/** Answers to the browser, before they are sent: pages, pieces of pages, JSON, files. Every kind has a policy of its own. */
import { snakeCased } from '../document/snake-case.ts';

/** One request as a page sees it. */
export interface Ask {
  /** Values of the named parts of its address. */
  readonly params: { readonly [name: string]: string };
  readonly query: URLSearchParams;
  /** The `Range` header. */
  readonly range: string | undefined;
}

export type ReplyBody = string | Uint8Array | AsyncIterable<string | Uint8Array>;

export interface Reply {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: ReplyBody;
}

/**
 * The policy of our own pages: scripts, styles, pictures and frames from here alone, nothing inline, no address but ours.
 * Forms go here too, and no other page may frame ours.
 */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "media-src 'self'",
  "frame-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A file from Notion is shown and nothing more: no script, no form, no plug-in, an origin of its own. */
const filePolicy = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'";

/** PDF viewers are scripts of the browser's own and do not run in a sandbox that the answer asks for; the frame around it has one. */
const pdfPolicy =
  "default-src 'none'; object-src 'self'; plugin-types application/pdf; frame-ancestors 'self'";

/** A page or a piece of one. */
export function htmlReply(body: ReplyBody, status = 200): Reply {
  return {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': pagePolicy },
    body,
  };
}

/** A value as JSON, in the form that `--json` prints. */
export function jsonReply(value: object, status = 200): Reply {
  return {
    status,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    },
    body: `${JSON.stringify(snakeCased(value))}\n`,
  };
}

/** The browser goes on to `address`, one of our own. */
export function redirect(address: string, headers: Reply['headers'] = {}): Reply {
  return { status: 303, headers: { Location: address, ...headers }, body: '' };
}

/** A file to keep: no browser shows it. */
export function downloadReply(body: ReplyBody, name: string, type = 'application/octet-stream'): Reply {
  return {
    status: 200,
    headers: {
      'Content-Type': type,
      'Content-Security-Policy': filePolicy,
      'Content-Disposition': attachment(name),
    },
    body,
  };
}

/** Types that a browser shows without running anything in them, by extension. */
const shownTypes: { readonly [extension: string]: string } = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  bmp: 'image/bmp',
  ico: 'image/x-icon',
  heic: 'image/heic',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  aac: 'audio/aac',
  ogg: 'audio/ogg',
  oga: 'audio/ogg',
  opus: 'audio/ogg',
  wav: 'audio/wav',
  flac: 'audio/flac',
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  ogv: 'video/ogg',
  mkv: 'video/x-matroska',
  avi: 'video/x-msvideo',
  pdf: 'application/pdf',
};

/** Headers of a file from Notion. Pictures, sounds, films and PDFs are shown; SVG only as a picture inside a page; the rest is kept. */
export function fileHeaders(name: string): Reply['headers'] {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  const shown = Object.hasOwn(shownTypes, extension) ? shownTypes[extension] : undefined;
  if (extension === 'svg')
    // In `<img>` no browser runs a script in it; opened by itself it is downloaded.
    return {
      'Content-Type': 'image/svg+xml',
      'Content-Security-Policy': filePolicy,
      'Content-Disposition': attachment(name),
    };
  if (shown === undefined)
    return {
      'Content-Type': 'application/octet-stream',
      'Content-Security-Policy': filePolicy,
      'Content-Disposition': attachment(name),
    };
  return {
    'Content-Type': shown,
    'Content-Security-Policy': extension === 'pdf' ? pdfPolicy : filePolicy,
    'Content-Disposition': 'inline',
  };
}

/** RFC 6266: the name in ASCII for old readers, and as it is. */
export function attachment(name: string): string {
  const ascii = name.replace(/[^\w .()-]/g, '_');
  const coded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*!]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${coded}`;
}
