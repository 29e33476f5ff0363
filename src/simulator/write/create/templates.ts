/** Templates: a new row begins with what its template holds. Notion does this a moment later; here it is at once. */
import { validationError } from '../../protocol/api-error.ts';
import type { Context } from '../../protocol/routes.ts';
import type { JsonObject } from '../../workspace/json.ts';
import { stringAt } from '../../workspace/json.ts';
import type { DataSource, Page, Parent } from '../../workspace/state.ts';
import { addBlock } from '../../workspace/state.ts';
import { seePage } from './reach.ts';

/**
 * The template a request asks for; undefined for none, and for a default that nobody has set.
 * @throws ApiError 400 or 404
 */
export function chosenTemplate(
  context: Context,
  source: DataSource | undefined,
  given: JsonObject,
): Page | undefined {
  if (given.type === 'template_id') return seePage(context, stringAt(given, 'template_id') ?? '');
  if (given.type !== 'default') return undefined;
  if (source === undefined)
    throw validationError('A default template exists only for pages of a data source.');
  const chosen = source.templates.find(({ isDefault }) => isDefault);
  return chosen === undefined ? undefined : context.state.pages.get(chosen.id);
}

/** Copies icon, cover, values and blocks of a template into a new page; what the request gave stays. */
export function applyTemplate(context: Context, page: Page, template: Page): void {
  page.icon ??= template.icon;
  page.cover ??= template.cover;
  page.values = { ...template.values, ...page.values };
  copyBlocks(context, template.children, { type: 'page_id', id: page.id });
}

function copyBlocks(context: Context, ids: readonly string[], parent: Parent): void {
  for (const id of ids) {
    const block = context.state.blocks.get(id);
    if (block === undefined || block.inTrash) continue;
    const { type, payload } = block;
    const copy = addBlock(context.state, { parent, type, payload, createdTime: context.clock.now() });
    copyBlocks(context, block.children, { type: 'block_id', id: copy.id });
  }
}
