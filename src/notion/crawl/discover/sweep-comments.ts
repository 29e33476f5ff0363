/** Reads the comments of pages whose content is taken over: nothing else tells of new ones. */
import { canonicalBytes } from '../../../document/canonical.ts';
import type { BlockNode } from '../../../document/documents.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject } from '../../../document/json.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { idOf } from '../context/notion-object.ts';
import { collectReferences, noReferences } from '../context/references.ts';
import { keepStoredMedia } from '../read/keep-stored-media.ts';
import { ObjectFiles } from '../read/object-files.ts';
import { readPreviousDocument } from '../read/previous-document.ts';
import { isCommentable, visit } from '../read/read-blocks.ts';
import { readComments } from '../read/read-comments.ts';
import { saveGaps, saveReferences, saveTallies, writeDocument } from '../read/write-document.ts';

const pagesAtOnce = 16;

/** With `comments: all`: gives every page taken over its comments of today. @returns false when there was nothing to do */
export async function sweepComments(context: CrawlContext): Promise<boolean> {
  if (context.options.comments !== 'all' || context.refused.has('comments')) return false;
  for (const ids of context.state.objects.batches('page', 'reused', pagesAtOnce)) {
    await Promise.all(ids.map((id) => sweepPage(context, id)));
  }
  return true;
}

async function sweepPage(context: CrawlContext, id: string): Promise<void> {
  const document = await readPreviousDocument(context, id);
  const previous = context.previous.get(id);
  if (document === undefined || previous === undefined) return;
  const before = canonicalBytes(document);
  const files = new ObjectFiles(context, id);
  keepStoredMedia(context, id, document, files);
  const { comments, gaps } = await readComments(
    context,
    [id, ...commentableBlocks(document.blocks ?? null)],
    files,
  );
  // A page whose comments cannot all be read keeps those it had.
  const swept: JsonObject = gaps.length > 0 ? document : { ...document, comments };
  const written = await writeDocument(context, id, 'page.json', swept, files, previous.edited);
  const references = noReferences();
  collectReferences(comments, references);
  context.state.transaction(() => {
    saveGaps(context, id, [...gaps, ...files.gaps]);
    saveReferences(context, references);
    saveTallies(context, new Map([['comments', comments.length]]));
    if (Buffer.compare(before, written.documentBytes) === 0) return;
    context.state.entries.save(written);
    context.state.objects.markRewritten(id, previous.edited);
  });
}

function commentableBlocks(blocks: Json): string[] {
  const ids: string[] = [];
  const nodes = Array.isArray(blocks) ? blocks.filter((node): node is BlockNode => isObject(node)) : [];
  visit(nodes, (node) => {
    const id = idOf(node);
    if (id !== undefined && isCommentable(node)) ids.push(id);
  });
  return ids;
}
