/** Page objects. */
import type { JsonObject } from '../workspace/json.ts';
import type { Page } from '../workspace/state.ts';
import { isTrashed } from '../workspace/state.ts';
import type { RenderContext } from './content.ts';
import { minuteTime, partialUser, plainText, renderContent, renderIcon, trashMembers } from './content.ts';
import { renderParent } from './parent.ts';
import { renderValues } from './values.ts';

/**
 * A page as `GET /pages/{id}` shows it.
 * @param only property ids or names to keep (`filter_properties`); all when left out
 */
export function renderPage(context: RenderContext, page: Page, only?: readonly string[]): JsonObject {
  return {
    object: 'page',
    id: page.id,
    created_time: minuteTime(page.createdTime),
    last_edited_time: minuteTime(page.editedTime),
    created_by: partialUser(page.createdBy),
    last_edited_by: partialUser(page.editedBy),
    cover: page.cover === null ? null : renderContent(context, page.cover),
    icon: renderIcon(context, page.id, page.icon),
    parent: renderParent(context, page.id, page.parent),
    ...trashMembers(context, isTrashed(context.state, page)),
    is_archived: page.isArchived,
    is_locked: page.isLocked,
    properties: renderValues(context, page, only),
    url: pageUrl(page),
    public_url: page.publicUrl,
  };
}

/** Title of a page as plain text. */
export function pageTitle(page: Page): string {
  return plainText(page.values.title);
}

function pageUrl(page: Page): string {
  const slug = pageTitle(page)
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const hex = page.id.replaceAll('-', '');
  return `https://www.notion.so/${slug === '' ? '' : `${slug}-`}${hex}`;
}
