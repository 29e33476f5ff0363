import { describe, expect, test } from 'vitest';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { Json, JsonObject } from '../../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../../src/simulator/workspace/json.ts';
import { isVisible } from '../../../src/simulator/workspace/state.ts';
import { everyObject } from './state-contents.ts';

const state = sampleWorkspace();
const objects = everyObject(state);
const visiblePages = [...state.pages.values()].filter((page) => isVisible(state, page));

/** Everything `pick` finds in all stored JSON. */
function found(pick: (object: JsonObject) => Json | undefined): Set<Json> {
  return new Set(objects.map(pick).filter((each) => each !== undefined));
}

function typesUnder(type: string): Set<Json> {
  return found((object) => {
    const member = object[type];
    return object.type === type && isJsonObject(member) ? (member.type ?? undefined) : undefined;
  });
}

const blockTypes =
  words(`paragraph heading_1 heading_2 heading_3 heading_4 bulleted_list_item numbered_list_item to_do
  toggle quote callout code equation divider breadcrumb table_of_contents template synced_block column_list column table
  table_row tab link_to_page embed bookmark image video pdf audio file link_preview meeting_notes unsupported`);

const propertyTypes =
  words(`title rich_text number select multi_select status date people files checkbox url email
  phone_number relation rollup formula unique_id created_time created_by last_edited_time last_edited_by place
  verification button location last_visited_time`);

/** Computed at the time of answering, so nothing is stored. */
const unstored = words('created_time created_by last_edited_time last_edited_by button rollup');

const viewTypes = words('table board list calendar timeline gallery form chart map dashboard');
const mentions = words('user date page database link_preview link_mention template_mention custom_emoji');
const rollupFunctions =
  words(`count count_values empty not_empty unique show_unique percent_empty percent_not_empty sum
  average median min max range earliest_date latest_date date_range checked unchecked percent_checked percent_unchecked
  count_per_group percent_per_group show_original`);
const colours =
  words(`default gray brown orange yellow green blue purple pink red default_background gray_background
  brown_background orange_background yellow_background green_background blue_background purple_background
  pink_background red_background`);

describe('the sample workspace shows', () => {
  test('every block type', () => {
    const types = new Set(
      [...state.blocks.values()].filter((each) => isVisible(state, each)).map(({ type }) => type),
    );
    expect([...types].sort()).toEqual([...blockTypes].sort());
  });

  test('pages and databases among blocks, on pages, in columns, toggles and callouts', () => {
    const hosts = visiblePages.flatMap(({ parent }) => state.blocks.get(parent.id)?.type ?? []);
    expect(new Set(hosts)).toEqual(new Set(['column', 'toggle', 'callout']));
    const homes = [...state.databases.values()].map(({ parent }) => parent.type);
    expect(new Set(homes)).toEqual(new Set(['page_id', 'block_id', 'database_id']));
  });

  test('every property type in schemas, and every stored one with a value', () => {
    const schemas = [...state.dataSources.values()].flatMap(({ schema }) => schema);
    expect(new Set(schemas.map(({ type }) => type))).toEqual(new Set(propertyTypes));
    const filled = visiblePages.flatMap((page) => {
      const schema = state.dataSources.get(page.parent.id)?.schema ?? [];
      return schema.filter(({ id }) => !isBlank(page.values[id])).map(({ type }) => type);
    });
    const expected = propertyTypes.filter((type) => !unstored.includes(type) && type !== 'location');
    expect([...new Set(filled)].sort()).toEqual(expected.sort());
  });

  test('every number format and every rollup function', () => {
    const schemas = [...state.dataSources.values()].flatMap(({ schema }) => schema);
    const formats = schemas.filter(({ type }) => type === 'number').map(({ config }) => config.format);
    expect(new Set(formats).size).toBe(41);
    const functions = schemas.filter(({ type }) => type === 'rollup').map(({ config }) => config.function);
    expect(new Set(functions)).toEqual(new Set(rollupFunctions));
  });

  test('every kind of formula result', () => {
    const results = visiblePages.flatMap((page) => {
      const schema = state.dataSources.get(page.parent.id)?.schema ?? [];
      return schema.flatMap(({ id, type }) => {
        const value = page.values[id];
        return type === 'formula' && isJsonObject(value) ? [value.type] : [];
      });
    });
    expect(new Set(results)).toEqual(new Set(words('string number boolean date unsupported')));
  });

  test('every view type, with filters, sorts, groups and widgets', () => {
    const views = [...state.views.values()];
    expect(new Set(views.map(({ type }) => type))).toEqual(new Set(viewTypes));
    for (const type of viewTypes)
      expect(views.some((view) => view.type === type && view.configuration)).toBe(true);
    expect(views.filter(({ dashboardViewId }) => dashboardViewId !== null)).toHaveLength(2);
    expect(views.some(({ filter, sorts, quickFilters }) => filter && sorts && quickFilters)).toBe(true);
  });

  test('every kind of mention, annotation and colour of text', () => {
    expect(typesUnder('mention')).toEqual(new Set(mentions));
    expect(typesUnder('template_mention')).toEqual(
      new Set(words('template_mention_date template_mention_user')),
    );
    for (const name of words('bold italic strikethrough underline code')) {
      expect(
        found(({ annotations }) => (isJsonObject(annotations) ? annotations[name] : undefined)),
      ).toContain(true);
    }
    const inText = found(({ annotations }) => (isJsonObject(annotations) ? annotations.color : undefined));
    expect(inText).toEqual(new Set(colours));
    expect(found((object) => (object.rich_text === undefined ? undefined : object.color))).toEqual(
      new Set(colours),
    );
    expect(objects.some(({ type, expression }) => type === undefined && typeof expression === 'string')).toBe(
      true,
    );
  });

  test('every kind of icon and cover, on pages and elsewhere', () => {
    const kind = (value: JsonObject | null) => value?.type ?? null;
    expect(new Set(visiblePages.map(({ icon }) => kind(icon)))).toEqual(
      new Set([null, ...words('emoji external file custom_emoji icon')]),
    );
    expect(new Set(visiblePages.map(({ cover }) => kind(cover)))).toEqual(
      new Set([null, 'external', 'file']),
    );
    const callouts = [...state.blocks.values()].filter(({ type }) => type === 'callout');
    expect(
      new Set(callouts.map(({ payload }) => kind(isJsonObject(payload.icon) ? payload.icon : null))),
    ).toEqual(new Set([null, ...words('emoji external file custom_emoji icon')]));
    expect([...state.dataSources.values()].some(({ icon, cover }) => icon && cover)).toBe(true);
  });

  test('hosted and external media in every media block, in file properties and in comments', () => {
    for (const type of words('image video pdf audio file')) {
      const kinds = [...state.blocks.values()]
        .filter((each) => each.type === type)
        .map(({ payload }) => payload.type);
      expect(new Set(kinds)).toEqual(new Set(['file', 'external']));
    }
    const inProperties = found((object) =>
      typeof object.name === 'string' && object.file ? 'file' : undefined,
    );
    expect(inProperties).toContain('file');
    const categories = [...state.comments.values()].flatMap(({ attachments }) =>
      attachments.map((each) => each.category),
    );
    expect(new Set(categories)).toEqual(new Set(words('image audio video productivity')));
  });

  test('every kind of user', () => {
    const users = [...state.users.values()];
    expect(new Set(users.map(({ type, isGuest }) => `${type} ${isGuest}`))).toEqual(
      new Set(['person false', 'person true', 'bot false']),
    );
    expect(users.some(({ email, avatarKey }) => email === null && avatarKey === null)).toBe(true);
    const named = found((object) => (object.object === 'user' ? object.id : undefined));
    expect([...named].some((id) => typeof id === 'string' && !state.users.has(id))).toBe(true);
  });

  test('comments on pages and blocks, in threads, by guests and bots, under other names, resolved', () => {
    const comments = [...state.comments.values()];
    expect(new Set(comments.map(({ parent }) => parent.type))).toEqual(new Set(['page_id', 'block_id']));
    expect(new Set(comments.map(({ displayName }) => displayName.type))).toEqual(
      new Set(words('user integration custom')),
    );
    expect(comments.some(({ isResolved }) => isResolved)).toBe(true);
    expect(comments.some(({ createdBy }) => state.users.get(createdBy)?.isGuest)).toBe(true);
    const thread = (id: string) => comments.filter(({ discussionId }) => discussionId === id).length;
    expect(Math.max(...comments.map(({ discussionId }) => thread(discussionId)))).toBe(3);
    expect(Math.max(...comments.map(({ attachments }) => attachments.length))).toBe(3);
  });
});

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

function isBlank(value: Json | undefined): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}
