/**
 * Media types by file extension, for the files Notion's File Upload API takes. A table of our own and not the `mime`
 * package: its thousand types would all be refused by Notion, and only these few may be named.
 */

const extensionsByType: { readonly [type: string]: string } = {
  'audio/aac': 'aac adts',
  'audio/midi': 'mid midi',
  'audio/mpeg': 'mp3 mpga',
  'audio/mp4': 'm4a m4b',
  'audio/ogg': 'oga ogg',
  'audio/wav': 'wav',
  'audio/x-ms-wma': 'wma',
  'image/gif': 'gif',
  'image/heic': 'heic',
  'image/jpeg': 'jpeg jpg',
  'image/png': 'png',
  'image/svg+xml': 'svg',
  'image/tiff': 'tif tiff',
  'image/webp': 'webp',
  'image/vnd.microsoft.icon': 'ico',
  'video/x-amv': 'amv',
  'video/x-ms-asf': 'asf wmv',
  'video/x-msvideo': 'avi',
  'video/x-f4v': 'f4v',
  'video/x-flv': 'flv',
  'video/mp4': 'gifv mp4',
  'video/x-m4v': 'm4v',
  'video/x-matroska': 'mkv',
  'video/webm': 'webm',
  'video/quicktime': 'mov qt',
  'video/mpeg': 'mpeg',
  'application/pdf': 'pdf',
  'text/plain': 'txt',
  'text/markdown': 'md',
  'text/html': 'html',
  'text/csv': 'csv',
  'application/json': 'json',
  'application/msword': 'doc dot',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.template': 'dotx',
  'application/vnd.ms-excel': 'xls xlt xla',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.template': 'xltx',
  'application/vnd.ms-powerpoint': 'ppt pot pps ppa',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'application/vnd.openxmlformats-officedocument.presentationml.template': 'potx',
  'application/zip': 'zip',
  'application/gzip': 'gz',
  'application/x-tar': 'tar',
  'application/x-7z-compressed': '7z',
  'application/vnd.rar': 'rar',
};

const typeByExtension: ReadonlyMap<string, string> = new Map(
  Object.entries(extensionsByType).flatMap(([type, extensions]) =>
    extensions.split(' ').map((extension): [string, string] => [extension, type]),
  ),
);

/** The media type a file name promises; undefined when Notion does not document its extension. */
export function contentTypeOf(filename: string): string | undefined {
  return typeByExtension.get(extensionOf(filename));
}

/** The extension in lower case without its dot; empty when there is none. */
export function extensionOf(filename: string): string {
  return (/[^.]\.([^./\\]+)$/.exec(filename)?.[1] ?? '').toLowerCase();
}
