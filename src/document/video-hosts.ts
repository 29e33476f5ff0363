/**
 * The form in which the API takes an external video: video blocks hold files by their extension and YouTube's `watch`
 * and `embed` pages; Vimeo and every other host go into embeds. One rule for the writer and the comparison.
 */

/** A block's type and address. */
export interface WritableVideo {
  readonly type: 'video' | 'embed';
  readonly url: string;
}

const videoFile = /\.(amv|asf|avi|f4v|flv|gifv|m4v|mkv|mov|mp4|mpe?g|mpv|qt|webm|wmv)$/i;
const youtube = /^(www\.|m\.|music\.)?youtube(-nocookie)?\.com$/i;
const shortYoutube = /^(www\.)?youtu\.be$/i;
const vimeo = /^(www\.)?vimeo\.com$/i;

/** The block to write for a video block that shows `url`. */
export function writableVideo(url: string): WritableVideo {
  if (!URL.canParse(url)) return { type: 'embed', url };
  const parsed = new URL(url);
  if (videoFile.test(parsed.pathname)) return { type: 'video', url };
  if (shortYoutube.test(parsed.hostname)) return watchPage(url, /^\/([\w-]+)\/?$/);
  if (vimeo.test(parsed.hostname)) return { type: 'embed', url: vimeoPlayer(url) };
  if (!youtube.test(parsed.hostname)) return { type: 'embed', url };
  if (isDocumented(parsed)) return { type: 'video', url };
  return watchPage(url, /^\/(?:shorts|live|v|embed|watch)\/([\w-]+)\/?$/);
}

/** True for the two kinds of YouTube page that the documentation names. */
function isDocumented({ hostname, pathname }: URL): boolean {
  return /(^|\.)youtube\.com$/i.test(hostname) && /^\/(embed\/|watch($|\/))/.test(pathname);
}

/** The `watch` page of the video whose id `pattern` finds in the path; other parameters (the second to start at) stay. */
function watchPage(url: string, pattern: RegExp): WritableVideo {
  const page = new URL(url);
  const video = pattern.exec(page.pathname)?.[1];
  if (video === undefined) return { type: 'embed', url };
  const parameters = new URLSearchParams({ v: video });
  for (const [name, value] of page.searchParams) if (name !== 'v') parameters.append(name, value);
  return { type: 'video', url: `https://www.youtube.com/watch?${parameters.toString()}` };
}

/** The player's address of a Vimeo video, the one that may stand in an embed; any other page as it is. */
function vimeoPlayer(url: string): string {
  const page = new URL(url);
  const [, video, key] = /^\/(\d+)(?:\/([\da-f]+))?\/?$/i.exec(page.pathname) ?? [];
  if (video === undefined) return url;
  const player = new URL(`https://player.vimeo.com/video/${video}`);
  for (const [name, value] of page.searchParams) player.searchParams.append(name, value);
  if (key !== undefined) player.searchParams.set('h', key);
  player.hash = page.hash;
  return player.href;
}
