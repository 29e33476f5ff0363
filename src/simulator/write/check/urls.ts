/** URLs in requests: their length, their form, and for media the kind of file they promise. */
import type { Check } from './problems.ts';
import { string } from './shapes.ts';

/** A URL of at most 2,000 characters. What it must be beyond that is judged when the content is created. */
export const urlText: Check = string(2000);

/** True for a link that can be opened: an absolute URL of a scheme the app opens. */
export function isLink(text: string): boolean {
  return URL.canParse(text) && /^(https?|mailto|tel|ftp|notion|slack|zotero|obsidian):/i.test(text);
}

/** True for a URL that leads to the web. */
export function isWebUrl(text: string): boolean {
  return /^https?:\/\/[^/\s]+/i.test(text) && URL.canParse(text);
}

/** Kinds of media block whose external URLs are judged by their extension. */
export type JudgedMedia = 'image' | 'video' | 'audio';

const extensions: { readonly [kind in JudgedMedia]: RegExp } = {
  image: /\.(bmp|gif|heic|jpe?g|png|svg|tiff?)$/i,
  audio: /\.(mp3|wav|ogg|oga|m4a)$/i,
  video: /\.(amv|asf|avi|f4v|flv|gifv|m4v|mkv|mov|mp4|mpe?g|mpv|qt|webm|wmv)$/i,
};
/** The one video site the documentation names, and the links of it that it takes. Vimeo goes into embeds. */
const videoSite = /(^|\.)youtube\.com$/i;
const videoPage = /^\/(embed\/|watch($|\/))/;

/** True when the API takes the URL for external media of this kind. */
export function isMediaUrl(kind: JudgedMedia, text: string): boolean {
  if (!isWebUrl(text)) return false;
  const { hostname, pathname } = new URL(text);
  const isVideoPage = kind === 'video' && videoSite.test(hostname) && videoPage.test(pathname);
  return extensions[kind].test(pathname) || isVideoPage;
}
