/** Reads the comments of pages whose content is taken over: nothing else tells whether there are new ones. */
import { canonicalBytes } from '../../../document/canonical.ts';
import type { BlockNode } from '../../../document/documents.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject } from '../../../document/json.ts';
import { saveEntries, saveReferences, saveTallies, writeDocument } from '../read/finish-object.ts';
import { keepStoredMedia } from '../read/keep-stored-media.ts';
import { ObjectFiles } from '../read/object-files.ts';
import { readPreviousDocument } from '../read/previous-document.ts';
import { isCommentable, visit } from '../read/read-blocks.ts';
import { readComments } from '../read/read-comments.ts';
import type { Run } from '../state/context.ts';
import { previousOf } from '../state/context.ts';
import { idOf } from '../state/notion-object.ts';
import { collectReferences, noReferences } from '../state/references.ts';

const pagesAtOnce = 16;

/** With `comments: all`: gives every page taken over its comments of today. @returns false when there was nothing to do */
export async function sweepComments(run: Run): Promise<boolean> {
  if (run.options.comments !== 'all' || run.refused.has('comments')) return false;
  const some = run.state.prepare<[string], { id: string }>(
    `SELECT id FROM objects WHERE kind = 'page' AND state = 'reused' AND id > ? ORDER BY id LIMIT ${pagesAtOnce}`,
  );
  for (let pages = some.all(''); pages.length > 0; pages = some.all(pages.at(-1)?.id ?? '')) {
    await Promise.all(pages.map(({ id }) => sweepPage(run, id)));
  }
  return true;
}

async function sweepPage(run: Run, id: string): Promise<void> {
  const document = await readPreviousDocument(run, id);
  const previous = previousOf(run, id);
  if (document === undefined || previous === undefined) return;
  const before = canonicalBytes(document);
  const files = new ObjectFiles(run, id);
  keepStoredMedia(run, id, document, files);
  const { comments, gaps } = await readComments(
    run,
    [id, ...commentableBlocks(document.blocks ?? null)],
    files,
  );
  // A page whose comments cannot all be read keeps those it had.
  const swept: JsonObject = gaps.length > 0 ? document : { ...document, comments };
  const written = await writeDocument(run, id, 'page.json', swept, files, previous.edited);
  const references = noReferences();
  collectReferences(comments, references);
  run.state.transaction(() => {
    for (const { what, id: of, reason } of [...gaps, ...files.gaps]) {
      run.state.addError({ owner: id, kind: what, what, id: of, reason });
    }
    saveReferences(run, references);
    saveTallies(run, new Map([['comments', comments.length]]));
    if (Buffer.compare(before, written.documentBytes) === 0) return;
    saveEntries(run, written);
    run.state.prepare(`UPDATE objects SET state = 'done', edited = ? WHERE id = ?`).run(previous.edited, id);
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
