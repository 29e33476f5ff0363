/** Takes the media of a previous document over into the document that is written now. */
import type { FileEntry } from '../../../document/content.ts';
import type { Json } from '../../../document/json.ts';
import { isObject } from '../../../document/json.ts';
import type { CrawlContext } from '../context/crawl-context.ts';

import type { ObjectFiles } from './object-files.ts';

/** Lets `files` take over the media that the object's previous document, or a part of it, refers to. */
export function keepStoredMedia(context: CrawlContext, id: string, document: Json, files: ObjectFiles): void {
  keepMediaOf(context, context.previous.filesOf(id), document, files);
}

/** The same, for the media among `entries`. */
export function keepMediaOf(
  context: CrawlContext,
  entries: readonly FileEntry[],
  document: Json,
  files: ObjectFiles,
): void {
  keepMedia(context, new Map(entries.map((entry) => [entry.name, entry])), document, files);
}

function keepMedia(
  context: CrawlContext,
  entries: ReadonlyMap<string, FileEntry>,
  value: Json,
  files: ObjectFiles,
): void {
  if (Array.isArray(value)) for (const each of value) keepMedia(context, entries, each, files);
  if (!isObject(value)) return;
  const { url, path, sha256 } = value;
  const entry = typeof path === 'string' ? entries.get(path) : undefined;
  if (entry !== undefined && typeof url === 'string' && typeof sha256 === 'string') {
    if (context.sink.has(entry.content)) files.keep(entry.name, entry.content, url, sha256);
  }
  for (const member of Object.values(value)) keepMedia(context, entries, member, files);
}
