/** Pages: create, change, move, trash and take out of the trash. */
import { validationError } from '../protocol/api-error.ts';
import type { Context } from '../protocol/routes.ts';
import { filterProperties } from '../render/filter-properties.ts';
import { renderPage } from '../render/page.ts';
import { isProperty, schemaOf } from '../render/schema.ts';
import type { Json, JsonObject } from '../workspace/json.ts';
import { isJsonObject, objectAt, stringAt } from '../workspace/json.ts';
import type { Container, DataSource, Page, Parent, PropertySchema } from '../workspace/state.ts';
import { addPage, findContainer, moveTo, parentOf, touch } from '../workspace/state.ts';
import { positionOf, refuseBlockLimit, refuseWriteIntoTrash } from './blocks.ts';
import { childrenCheck } from './check/blocks.ts';
import { cover, icon } from './check/icons.ts';
import { uuid } from './check/ids.ts';
import { moveParent, pageParent } from './check/parents.ts';
import type { Check } from './check/problems.ts';
import { checkPropertyValue } from './check/property-values.ts';
import { boolean, nullable, object, oneOf, optional, record, string } from './check/shapes.ts';
import { draftBlocks } from './create/blocks.ts';
import { newDraft, settle } from './create/draft.ts';
import { storeIcon } from './create/icons.ts';
import { refuseTrashed, seeDataSource, seePage } from './create/reach.ts';
import { applyTemplate, chosenTemplate } from './create/templates.ts';
import { firstStatus, mirrorRelations, storeValues } from './create/values.ts';
import { markdownBlocks, splitTitle } from './markdown/blocks.ts';
import { inlineMarkdown } from './markdown/inline.ts';
import { placeBlocks, placeOf, refuseBulk } from './place-blocks.ts';
import { acceptBody, refuseAny } from './refuse.ts';
import { writeRules } from './rules.ts';

const looks: { readonly [name: string]: { readonly optional: Check } } = {
  properties: optional(record(checkPropertyValue)),
  icon: optional(nullable(icon)),
  cover: optional(nullable(cover)),
};

const templateTypes = object({ type: oneOf(['none', 'default']), timezone: optional(string()) });
const templateById = object({
  type: oneOf(['template_id']),
  template_id: uuid,
  timezone: optional(string()),
});
const template: Check = (value, path, problems) => {
  const isById = isJsonObject(value) && value.type === 'template_id';
  (isById ? templateById : templateTypes)(value, path, problems);
};

/** `POST /pages` */
export function createPage(context: Context): JsonObject {
  const { body, state } = context;
  acceptBody(body, {
    parent: pageParent,
    ...looks,
    children: optional(childrenCheck('page', writeRules(state))),
    markdown: optional(string()),
    template: optional(template),
    position: optional(positionOf('page_start', 'page_end')),
  });
  refuseTwoContents(body);
  refuseBulk(body.children);
  const { parent, source, page: above } = seeParent(context, objectAt(body, 'parent'));
  refuseBlockLimit(context);
  if (above === undefined && body.position !== undefined) {
    refuseAny((problems) => problems.should('body.position', 'be not present', body.position));
  }
  const at = above === undefined ? undefined : placeOf(context, above, body.position);
  const draft = newDraft(context);
  const schema = source?.schema ?? titleSchema;
  const shown = filterProperties(context, schema);
  const { properties, children } = contentOf(body, above !== undefined);
  const values = storeValues(draft, properties, { schema, source, before: {} });
  const created = { icon: storeIcon(draft, body.icon, 'icon'), cover: storeIcon(draft, body.cover, 'cover') };
  const blocks = draftBlocks(draft, children);
  const chosen = chosenTemplate(context, source, objectAt(body, 'template'));
  settle(draft);
  const page = addPage(state, { parent, ...created, values, createdTime: context.clock.now() });
  if (at !== undefined) moveTo(state, page, parent, at);
  placeBlocks(context, blocks, { type: 'page_id', id: page.id });
  if (chosen !== undefined) applyTemplate(context, page, chosen);
  page.values = asRow(source, page.values);
  mirrorRelations(context, page.id, schema, {}, values);
  // Seen: creating a child page moves the parent page's time.
  if (above !== undefined) touch(above, context.clock.now(), state.botId);
  context.committed = { resourceId: page.id };
  return renderPage(context, page, shown);
}

/** A page's content comes from one place: blocks, Markdown or a template. @throws ApiError 400 */
function refuseTwoContents(body: JsonObject): void {
  const isTemplated = isJsonObject(body.template) && body.template.type !== 'none';
  const [, second] = [
    ['children', body.children !== undefined],
    ['markdown', body.markdown !== undefined],
    ['template', isTemplated],
  ].flatMap(([name, isGiven]) => (isGiven === true ? [String(name)] : []));
  if (second === undefined) return;
  refuseAny((problems) => problems.should(`body.${second}`, 'be not present', body[second]));
}

/** Properties and blocks of a new page; under a page, the first heading of a Markdown text becomes its title. */
function contentOf(
  body: JsonObject,
  isUnderPage: boolean,
): { readonly properties: JsonObject; readonly children: Json | undefined } {
  const properties = objectAt(body, 'properties');
  if (typeof body.markdown !== 'string') return { properties, children: body.children };
  const { title, rest } = splitTitle(body.markdown);
  if (!isUnderPage || title === undefined || Object.keys(properties).length > 0) {
    return { properties, children: markdownBlocks(body.markdown) };
  }
  return { properties: { title: { title: inlineMarkdown(title) } }, children: markdownBlocks(rest) };
}

/** `PATCH /pages/{page_id}` */
export function updatePage(context: Context): JsonObject {
  const { body, params, state } = context;
  const page = seePage(context, params.page_id ?? '');
  refuseUnknownProperties(schemaOf(state, page), objectAt(body, 'properties'));
  acceptBody(body, {
    ...looks,
    is_locked: optional(boolean),
    in_trash: optional(boolean),
    is_archived: optional(boolean),
    erase_content: optional(boolean),
  });
  refuseWriteIntoTrash(context, page, body.in_trash === false);
  const draft = newDraft(context);
  const before = page.values;
  const schema = schemaOf(state, page);
  const source = state.dataSources.get(page.parent.id);
  const shown = filterProperties(context, schema);
  const values = storeValues(draft, objectAt(body, 'properties'), { schema, source, before });
  const newIcon = body.icon === undefined ? page.icon : storeIcon(draft, body.icon, 'icon');
  const newCover = body.cover === undefined ? page.cover : storeIcon(draft, body.cover, 'cover');
  settle(draft);
  Object.assign(page, { values, icon: newIcon, cover: newCover });
  mirrorRelations(context, page.id, schema, before, values);
  if (typeof body.is_locked === 'boolean') page.isLocked = body.is_locked;
  if (typeof body.is_archived === 'boolean') page.isArchived = body.is_archived;
  if (typeof body.in_trash === 'boolean') page.inTrash = body.in_trash;
  if (body.erase_content === true) eraseContent(context, page);
  touch(page, context.clock.now(), state.botId);
  context.committed = { resourceId: page.id };
  return renderPage(context, page, shown);
}

/** An update looks for its properties before it looks at their values (recorded). @throws ApiError 400 */
function refuseUnknownProperties(schema: readonly PropertySchema[], given: JsonObject): void {
  const unknown = Object.keys(given).filter((key) => !schema.some((property) => isProperty(property, key)));
  if (unknown.length === 0) return;
  throw validationError(`Couldn't find editable properties for these identifiers: ${unknown.join(', ')}`);
}

/** `POST /pages/{page_id}/move` */
export function movePage(context: Context): JsonObject {
  const { body, params, state } = context;
  const page = seePage(context, params.page_id ?? '');
  acceptBody(body, { parent: moveParent });
  refuseTrashed(context, page);
  const { parent } = seeParent(context, objectAt(body, 'parent'));
  if (liesIn(context, findContainer(state, parent.id), page)) {
    throw validationError('A page cannot be moved into itself or into a page below it.');
  }
  if (parent.id !== page.parent.id) changeParent(context, page, parent);
  touch(page, context.clock.now(), state.botId);
  context.committed = { resourceId: page.id };
  return renderPage(context, page);
}

/** A row leaves its properties behind; only the title goes with it. */
function changeParent(context: Context, page: Page, parent: Parent): void {
  const { state } = context;
  mirrorRelations(context, page.id, schemaOf(state, page), page.values, {});
  const title = page.values.title ?? [];
  moveTo(state, page, parent);
  page.values = asRow(state.dataSources.get(parent.id), { title });
}

const titleSchema = [{ id: 'title', name: 'title', description: null, type: 'title', config: {} }];

interface SeenParent {
  readonly parent: Parent;
  readonly source: DataSource | undefined;
  readonly page: Page | undefined;
}

/** The parent a request names. @throws ApiError 404 out of reach, 400 in the trash or at the top */
function seeParent(context: Context, given: JsonObject): SeenParent {
  if (given.workspace !== undefined) {
    if (context.state.botOwner !== 'user') {
      throw validationError('Internal integrations are not allowed to create pages at the workspace level.');
    }
    return { parent: { type: 'workspace', id: '' }, source: undefined, page: undefined };
  }
  const pageId = stringAt(given, 'page_id');
  if (pageId !== undefined) {
    const page = seePage(context, pageId);
    refuseTrashed(context, page);
    return { parent: { type: 'page_id', id: page.id }, source: undefined, page };
  }
  const source = seeDataSource(context, stringAt(given, 'data_source_id') ?? '');
  refuseTrashed(context, source);
  return { parent: { type: 'data_source_id', id: source.id }, source, page: undefined };
}

/** Values a row gets by itself: its number, and the first status of To-do (recorded). */
function asRow(source: DataSource | undefined, values: Page['values']): Page['values'] {
  const given: { [propertyId: string]: Json } = { ...values };
  for (const property of source?.schema ?? []) {
    if (property.type === 'unique_id' && source !== undefined) {
      given[property.id] = source.nextUniqueId;
      source.nextUniqueId += 1;
    }
    if (property.type === 'status') given[property.id] ??= firstStatus(property);
  }
  return given;
}

/** Puts all that lies on a page into the trash. */
function eraseContent(context: Context, page: Page): void {
  for (const id of page.children) {
    const child = findContainer(context.state, id);
    if (child !== undefined) child.inTrash = true;
  }
}

function liesIn(context: Context, place: Container | undefined, page: Page): boolean {
  for (let link = place; link !== undefined; link = parentOf(context.state, link)) {
    if (link.id === page.id) return true;
  }
  return false;
}

/** The id of the parent a body names, to tell parallel writes under one parent. */
export function parentKey(context: Context): string | undefined {
  const { parent } = context.body;
  if (!isJsonObject(parent)) return undefined;
  return stringAt(parent, 'page_id') ?? stringAt(parent, 'data_source_id') ?? stringAt(parent, 'database_id');
}
