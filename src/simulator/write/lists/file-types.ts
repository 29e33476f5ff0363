/** The closed list of extensions the File Upload API takes, by the kind of file they promise. */

/** Use of a file. */
export type FileCategory = 'audio' | 'image' | 'video' | 'pdf' | 'document';

const lists: { readonly [category in FileCategory]: string } = {
  audio: 'aac adts mid midi mp3 mpga m4a m4b oga ogg wav wma',
  image: 'gif heic jpeg jpg png svg tif tiff webp ico',
  video: 'amv asf wmv avi f4v flv gifv m4v mp4 mkv webm mov qt mpeg',
  pdf: 'pdf',
  document:
    'txt json md html doc dot docx dotx xls xlt xla xlsx xltx ppt pot pps ppa pptx potx zip gz tar 7z rar',
};

const contentTypes: { readonly [extension: string]: string } = {
  aac: 'audio/aac',
  mid: 'audio/midi',
  midi: 'audio/midi',
  mp3: 'audio/mpeg',
  mpga: 'audio/mpeg',
  m4a: 'audio/mp4',
  m4b: 'audio/mp4',
  oga: 'audio/ogg',
  ogg: 'audio/ogg',
  wav: 'audio/wav',
  wma: 'audio/x-ms-wma',
  gif: 'image/gif',
  heic: 'image/heic',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  png: 'image/png',
  svg: 'image/svg+xml',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  webp: 'image/webp',
  ico: 'image/vnd.microsoft.icon',
  mp4: 'video/mp4',
  m4v: 'video/x-m4v',
  mov: 'video/quicktime',
  qt: 'video/quicktime',
  webm: 'video/webm',
  mpeg: 'video/mpeg',
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  html: 'text/html',
  json: 'application/json',
  zip: 'application/zip',
};

const categories: ReadonlyMap<string, FileCategory> = new Map(
  (['audio', 'image', 'video', 'pdf', 'document'] as const).flatMap((category) =>
    lists[category].split(' ').map((extension) => [extension, category] as const),
  ),
);

/** The kind of file a name promises, or undefined when its extension is refused. */
export function categoryOf(filename: string): FileCategory | undefined {
  return categories.get(extensionOf(filename));
}

/** The content type the API gives a file it was told none for. */
export function contentTypeOf(filename: string): string {
  return contentTypes[extensionOf(filename)] ?? 'application/octet-stream';
}

/** The extension in lower case, without its dot; empty when there is none. */
export function extensionOf(filename: string): string {
  return /\.([^./\\]+)$/.exec(filename)?.[1]?.toLowerCase() ?? '';
}
