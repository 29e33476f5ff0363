/** What is set once everything exists: values that point at what came later, the archive, and locks, which come last. */

import type { JsonObject } from '../../../document/json.ts';
import { KlosetError } from '../../../errors.ts';
import type { RestoredObject } from '../journal/objects.ts';
import type { PendingFile } from '../requests/conversion.ts';
import { pageReferences, relationReferences } from '../requests/references.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { boundedRuns } from '../requests/rich-text.ts';
import { readPage } from '../requests/snapshot-documents.ts';
import { withUploads } from '../requests/uploads.ts';
import { rowContext, titleOf } from './create-page.ts';
import { rowValues } from './property-values.ts';

/** Carries out a `values` step: the properties a page was created without. */
export async function setValues(context: RestoreContext, object: RestoredObject): Promise<void> {
  const { journal } = context;
  const id = newIdOf(context, object);
  const pending: unknown = JSON.parse(journal.seen('pending', object.id) ?? '[]');
  if (!Array.isArray(pending) || pending.length === 0) return;
  const { page } = await readPage(context.snapshot, object.path);
  await context.target.learn([...pageReferences(page), ...relationReferences(page)]);
  const files: PendingFile[] = [];
  const conversion = {
    ...context.target.conversion(object.path),
    attach: (file: PendingFile) => files.push(file),
  };
  const all: JsonObject =
    object.source === null
      ? { title: { title: boundedRuns(titleOf(page), object.id, conversion) } }
      : rowValues(page, object.id, rowContext(context, object.source, conversion)).values;
  const properties = Object.fromEntries(Object.entries(all).filter(([name]) => pending.includes(name)));
  if (Object.keys(properties).length === 0) return;
  await withUploads(context.uploads, files, () =>
    context.writer.write({
      key: `values ${object.id}`,
      request: () => ({ method: 'patch', path: `pages/${id}`, body: { properties }, effect: 'write' }),
      keep: () => ({}),
    }),
  );
}

/** Carries out a `lock` step. */
export async function lockObject(context: RestoreContext, object: RestoredObject): Promise<void> {
  const id = newIdOf(context, object);
  const body =
    object.kind === 'database'
      ? { is_locked: true }
      : stateOf((await readPage(context.snapshot, object.path)).page);
  if (Object.keys(body).length === 0) return;
  await context.writer.write({
    key: `lock ${object.id}`,
    request: () => ({
      method: 'patch',
      path: `${object.kind === 'database' ? 'databases' : 'pages'}/${id}`,
      body,
      effect: 'write',
    }),
    keep: () => ({}),
  });
}

function stateOf(page: JsonObject): JsonObject {
  return {
    ...(page.is_locked === true ? { is_locked: true } : {}),
    ...(page.is_archived === true ? { is_archived: true } : {}),
  };
}

function newIdOf({ journal }: RestoreContext, object: RestoredObject): string {
  const id = journal.newId(object.id);
  if (id === undefined) throw new KlosetError('incomplete', `The ${object.kind} itself was not restored.`);
  return id;
}
