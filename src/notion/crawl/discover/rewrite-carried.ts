/** Writes the document of a page anew, changed in what can be told without reading the page. */
import type { JsonObject } from '../../../document/json.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { documentChunks } from '../context/holdings.ts';
import { keepMediaOf } from '../read/keep-stored-media.ts';
import { ObjectFiles } from '../read/object-files.ts';
import { writeDocument } from '../read/write-document.ts';

/** Stores `document` as that of the page, which stays one that is taken over; does nothing when it is the one stored. */
export async function rewriteCarried(context: CrawlContext, id: string, document: JsonObject): Promise<void> {
  const { entries, objects } = context.state;
  const stored = entries.of(id);
  const before = documentChunks(stored.length > 0 ? stored : context.previous.filesOf(id));
  const edited = context.previous.get(id)?.edited ?? objects.get(id)?.edited ?? '';
  const files = carriedFiles(context, id, document);
  const written = await writeDocument(context, id, 'page.json', document, files, edited);
  if (documentChunks(written.entries) === before) return;
  context.state.transaction(() => {
    entries.save(written);
    objects.markRewritten(id, edited);
  });
}

/** Stores `document` as that of a page that was read in this crawl. */
export async function rewriteRead(context: CrawlContext, id: string, document: JsonObject): Promise<void> {
  const { entries, objects } = context.state;
  const files = carriedFiles(context, id, document);
  const edited = objects.get(id)?.edited ?? '';
  entries.save(await writeDocument(context, id, 'page.json', document, files, edited));
}

/** The media of a page that is taken over, or was read in this crawl, kept for its `document` to be written again. */
export function carriedFiles(context: CrawlContext, id: string, document: JsonObject): ObjectFiles {
  const files = new ObjectFiles(context, id);
  const stored = context.state.entries.of(id);
  keepMediaOf(context, stored.length > 0 ? stored : context.previous.filesOf(id), document, files);
  return files;
}
