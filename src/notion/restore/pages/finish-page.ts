/** Writes the parts that need everything else to exist: values that refer to later objects, and last archive and locks. */

import type { JsonObject } from '../../../document/json.ts';
import { titleRuns } from '../../../document/title.ts';
import { KlosetError } from '../../../errors.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import { pageReferences, relationReferences } from '../requests/references.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { boundedRuns } from '../requests/rich-text.ts';
import { writeParts } from '../requests/write-parts.ts';
import { readPage } from '../snapshot/snapshot-documents.ts';
import { rowContext } from './create-page.ts';
import { rowValues } from './property-values.ts';
import { noteRefused } from './refused-parts.ts';

/** Executes a `values` step: the properties a page was created without. */
export async function setValues(context: RestoreContext, object: RestoredObject): Promise<void> {
  const { journal } = context;
  const id = newIdOf(context, object);
  const pending = journal.progress.pendingProperties(object.id);
  if (pending.length === 0) return;
  const { page } = await readPage(context.snapshot, object.path);
  await context.target.resolve([...pageReferences(page), ...relationReferences(page)]);
  const conversion = context.target.conversion(object.path);
  const all: JsonObject =
    object.source === null
      ? { title: { title: boundedRuns(titleRuns(page), object.id, conversion) } }
      : rowValues(page, object.id, rowContext(context, object.source, conversion)).values;
  const properties = Object.fromEntries(Object.entries(all).filter(([name]) => pending.includes(name)));
  if (Object.keys(properties).length === 0) return;
  await writeParts(context, {
    key: `values ${object.id}`,
    path: `pages/${id}`,
    body: { properties },
    files: [],
    directory: object.path,
    onRefused: (part, reason) => noteRefused(conversion, object, page, part, reason),
  });
}

/** Executes a `lock` step. */
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
  const id = journal.ids.copyOf(object.id);
  if (id === undefined) throw new KlosetError('incomplete', `The ${object.kind} itself was not restored.`);
  return id;
}
