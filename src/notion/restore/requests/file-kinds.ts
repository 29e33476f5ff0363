/** The closed list of extensions that the File Upload API takes, by kind of file (§7). */

/** The kinds of blocks that can show a file. */
export type FileKind = 'image' | 'video' | 'audio' | 'pdf' | 'document';

const extensions: { readonly [kind in FileKind]: string } = {
  audio: 'aac adts mid midi mp3 mpga m4a m4b oga ogg wav wma',
  image: 'gif heic jpeg jpg png svg tif tiff webp ico',
  video: 'amv asf wmv avi f4v flv gifv m4v mp4 mkv webm mov qt mpeg',
  pdf: 'pdf',
  document:
    'txt json md html doc dot docx dotx xls xlt xla xlsx xltx ppt pot pps ppa pptx potx zip gz tar 7z rar',
};

const kinds = new Map<string, FileKind>();
for (const kind of ['audio', 'image', 'video', 'pdf', 'document'] as const) {
  for (const extension of extensions[kind].split(' ')) kinds.set(extension, kind);
}

/** The kind a file's name promises; undefined when the API refuses its extension. */
export function fileKind(name: string): FileKind | undefined {
  return kinds.get(extensionOf(name));
}

/** The extension in lower case without its dot; empty when there is none. */
export function extensionOf(name: string): string {
  return /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

const externalExtensions: { readonly [kind: string]: RegExp } = {
  image: /\.(bmp|gif|heic|jpe?g|png|svg|tiff?)$/i,
  audio: /\.(mp3|wav|ogg|oga|m4a)$/i,
};

/** True when the API takes an external URL for a media block: images and audio need a known extension (§4). */
export function isExternalMedia(block: string, url: string): boolean {
  return externalExtensions[block]?.test(new URL(url).pathname) ?? true;
}
