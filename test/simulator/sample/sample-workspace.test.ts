import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../src/simulator/json.ts';
import { isJsonObject } from '../../../src/simulator/json.ts';
import { uuid } from '../../../src/simulator/routes.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import { hostileTitles } from '../../../src/simulator/sample/text-pages.ts';
import type { Page, State, Table } from '../../../src/simulator/state.ts';
import { isTrashed, isVisible } from '../../../src/simulator/state.ts';

const state = sampleWorkspace();

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** Everything stored as JSON in the workspace, one root each. */
function* contents(of: State): Generator<Json> {
  for (const page of of.pages.values()) yield [page.icon, page.cover, { ...page.values }];
  for (const block of of.blocks.values()) yield { type: block.type, [block.type]: block.payload };
  for (const { title, description, icon, cover } of of.databases.values())
    yield [title, description, icon, cover];
  for (const { title, icon, cover } of of.dataSources.values()) yield [title, icon, cover];
  for (const comment of of.comments.values()) yield [comment.richText, comment.attachments];
}

function* objectsIn(value: Json): Generator<JsonObject> {
  if (Array.isArray(value)) for (const each of value) yield* objectsIn(each);
  if (!isJsonObject(value)) return;
  yield value;
  for (const each of Object.values(value)) yield* objectsIn(each);
}

function everyObject(of: State): JsonObject[] {
  return [...contents(of)].flatMap((each) => [...objectsIn(each)]);
}

const objects = everyObject(state);
const visiblePages = [...state.pages.values()].filter((page) => isVisible(state, page));

/** What `pick` finds in all stored JSON. */
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

describe('the sample workspace holds', () => {
  test('a linked database of what is shared and one of what is not', () => {
    const linked = [...state.databases.values()].filter(({ isLinked }) => isLinked);
    const visible = linked.map(({ dataSources: [id = ''] }) => {
      const source = state.dataSources.get(id);
      return source !== undefined && isVisible(state, source);
    });
    expect(visible.sort()).toEqual([false, true]);
  });

  test('a synced original, copies of it, and a copy of an original out of sight', () => {
    const blocks = [...state.blocks.values()].filter(({ type }) => type === 'synced_block');
    const copies = blocks.flatMap(({ payload: { synced_from: from } }) =>
      isJsonObject(from) ? [state.blocks.get(String(from.block_id))] : [],
    );
    expect(copies.map((original) => original !== undefined && isVisible(state, original)).sort()).toEqual([
      false,
      true,
      true,
    ]);
  });

  test('unsupported blocks with and without a name, with and without children', () => {
    const blocks = [...state.blocks.values()].filter(({ type }) => type === 'unsupported');
    expect(new Set(blocks.map(({ payload }) => typeof payload.block_type))).toEqual(
      new Set(['undefined', 'string']),
    );
    expect(new Set(blocks.map(({ children }) => children.length > 0))).toEqual(new Set([true, false]));
  });

  test('meeting notes whose three sections are there', () => {
    const [notes] = [...state.blocks.values()].filter(({ payload }) => payload.status === 'notes_ready');
    const sections = isJsonObject(notes?.payload.children) ? Object.values(notes.payload.children) : [];
    expect(sections).toHaveLength(3);
    for (const id of sections) expect(state.blocks.get(String(id))?.children.length).toBeGreaterThan(0);
  });

  test('templates, a wiki, a database of two sources, inline and full-page ones', () => {
    const sources = [...state.dataSources.values()];
    expect(sources.flatMap(({ templates }) => templates).map(({ isDefault }) => isDefault)).toEqual([
      true,
      false,
    ]);
    const databases = [...state.databases.values()];
    const wiki = databases.find(({ isWiki }) => isWiki);
    const rows = sources.find(({ databaseId }) => databaseId === wiki?.id)?.rows ?? [];
    expect(rows.filter((id) => state.dataSources.has(id))).toHaveLength(1);
    expect(databases.some(({ dataSources }) => dataSources.length === 2)).toBe(true);
    expect(new Set(databases.map(({ isInline }) => isInline))).toEqual(new Set([true, false]));
    expect(databases.some(({ isLocked }) => isLocked)).toBe(true);
  });

  test('relations beyond 25 and beyond 100, and their mirrors', () => {
    const lengths = relationLengths(state);
    expect(lengths.some((length) => length > 25 && length <= 100)).toBe(true);
    expect(lengths.some((length) => length > 100)).toBe(true);
    for (const page of state.pages.values()) expectMirrored(page);
  });

  test('a page of 250 children, toggles 12 deep, and texts beyond 2,000 characters in one run and in several', () => {
    expect(Math.max(...visiblePages.map(({ children }) => children.length))).toBeGreaterThanOrEqual(250);
    let depth = 0;
    for (const block of state.blocks.values()) depth = Math.max(depth, toggleDepth(block.id));
    expect(depth).toBe(12);
    const texts = objects.flatMap(({ rich_text: runs }) => (Array.isArray(runs) ? [runs] : []));
    const long = texts.filter((runs) => lengthOf(runs) > 2_000);
    expect(long.some(({ length }) => length === 1)).toBe(true);
    expect(long.some((runs) => runs.length > 1 && runs.every((run) => lengthOf([run]) <= 2_000))).toBe(true);
    expect(Math.max(...texts.map(({ length }) => length))).toBeGreaterThan(100);
  });

  test('archived rows, a trashed page with a page below, trashed rows, and a row that moved away', () => {
    const pages = [...state.pages.values()];
    expect(pages.some(({ isArchived, parent }) => isArchived && parent.type === 'data_source_id')).toBe(true);
    expect(pages.some(({ inTrash, parent }) => inTrash && parent.type === 'data_source_id')).toBe(true);
    expect(pages.some((page) => !page.inTrash && isTrashed(state, page))).toBe(true);
    expect(pages.some((page) => title(page) === 'Outgrew its table' && page.parent.type === 'page_id')).toBe(
      true,
    );
    expect(pages.some(({ isLocked }) => isLocked)).toBe(true);
  });

  test('every hostile title, two equal ones, and one of 300 bytes', () => {
    const titles = visiblePages.map(title);
    expect(titles).toEqual(expect.arrayContaining([...hostileTitles]));
    expect(titles.filter((each) => each === 'Duplicate')).toHaveLength(2);
    expect(titles.some((each) => Buffer.byteLength(each) === 300)).toBe(true);
  });

  test('orphans: visible objects whose parents are not', () => {
    const orphans = visiblePages.filter(({ parent }) => {
      if (parent.type === 'agent_id') return true;
      const above =
        state.pages.get(parent.id) ?? state.blocks.get(parent.id) ?? state.dataSources.get(parent.id);
      return above !== undefined && !isVisible(state, above);
    });
    expect(new Set(orphans.map(({ parent }) => parent.type))).toEqual(
      new Set(['page_id', 'block_id', 'data_source_id', 'agent_id']),
    );
  });

  test('only references to what is there', () => {
    for (const page of state.pages.values())
      for (const id of page.children) expect(exists(id), id).toBe(true);
    for (const block of state.blocks.values())
      for (const id of block.children) expect(exists(id), id).toBe(true);
    for (const source of state.dataSources.values())
      for (const id of source.rows) expect(exists(id), id).toBe(true);
    const keys = found(({ file }) => (isJsonObject(file) ? file.key : undefined));
    for (const key of keys) expect(state.files.has(String(key))).toBe(true);
  });
});

describe('the sample workspace is', () => {
  test('the same at every call, and another with another seed', () => {
    const ids = (of: State) => [...idsOf(of.pages), ...idsOf(of.blocks)].join();
    expect(ids(sampleWorkspace())).toBe(ids(state));
    expect(JSON.stringify(everyObject(sampleWorkspace()))).toBe(JSON.stringify(objects));
    expect(ids(sampleWorkspace({ seed: 7 }))).not.toBe(ids(state));
  });

  test('made of ids the API accepts, many of which share their leading digits', () => {
    const ids = [state.pages, state.blocks, state.dataSources, state.users].flatMap(idsOf);
    for (const id of ids) expect(uuid('id', id)).toBe(id);
    expect(new Set(idsOf(state.pages).map((id) => id.slice(0, 8))).size).toBeLessThan(state.pages.size / 5);
  });

  test('older than the virtual clock, and edited in the order in which it was made', () => {
    const start = Date.UTC(2026, 5, 1, 9);
    for (const { createdTime, editedTime } of [...state.pages.values(), ...state.blocks.values()]) {
      expect(createdTime).toBeGreaterThan(Date.UTC(2024, 0, 1));
      expect(editedTime).toBeGreaterThanOrEqual(createdTime);
      expect(editedTime).toBeLessThan(start);
    }
  });

  test('a few MB of media; with `large`, one file too large for a single upload', () => {
    const sizes = (of: State) => [...of.files.values()].map(({ size }) => size);
    const sum = sizes(state).reduce((total, size) => total + size, 0);
    expect(sum).toBeGreaterThan(1_000_000);
    expect(sum).toBeLessThan(5_000_000);
    expect(Math.max(...sizes(sampleWorkspace({ large: true })))).toBeGreaterThan(20 * 1_024 * 1_024);
  });

  test('small when asked to: one database, one picture, comments on a page and on a block', () => {
    const small = sampleWorkspace({ small: true });
    expect(small.pages.size).toBe(10);
    expect(small.databases.size).toBe(1);
    expect([...small.blocks.values()].filter(({ type }) => type === 'image')).toHaveLength(1);
    expect(new Set([...small.comments.values()].map(({ parent }) => parent.type)).size).toBe(2);
  });

  test('made of files whose bytes are the same in whatever pieces they are read', () => {
    const file = [...state.files.values()].find(({ name }) => name === 'meadow.jpg');
    const whole = file?.bytes(0, file.size) ?? new Uint8Array();
    expect(whole).toHaveLength(300 * 1_024);
    expect([...whole.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    for (const [from, to] of [
      [0, 1],
      [3, 9],
      [1_001, 70_003],
      [whole.length - 5, whole.length],
    ] as const) {
      expect(Buffer.from(file?.bytes(from, to) ?? []).equals(whole.subarray(from, to))).toBe(true);
    }
  });
});

function idsOf(table: Pick<Table<{ readonly id: string }>, 'values'>): string[] {
  return [...table.values()].map(({ id }) => id);
}

function isBlank(value: Json | undefined): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function title(page: Page): string {
  const schema = state.dataSources.get(page.parent.id)?.schema ?? [];
  const id = schema.find(({ type }) => type === 'title')?.id ?? 'title';
  const runs = page.values[id];
  return (Array.isArray(runs) ? runs : []).map((run) => (isJsonObject(run) ? run.plain_text : '')).join('');
}

function lengthOf(runs: readonly Json[]): number {
  return runs.map((run) => (isJsonObject(run) ? String(run.plain_text) : '')).join('').length;
}

function exists(id: string): boolean {
  return [state.pages, state.blocks, state.databases, state.dataSources].some((table) => table.has(id));
}

function toggleDepth(id: string): number {
  let depth = 0;
  for (let block = state.blocks.get(id); block?.type === 'toggle'; block = state.blocks.get(block.parent.id))
    depth += 1;
  return depth;
}

function relationLengths(of: State): number[] {
  return [...of.pages.values()].flatMap((page) => relations(page).map(({ ids }) => ids.length));
}

function relations(page: Page): { ids: string[]; config: JsonObject }[] {
  const schema = state.dataSources.get(page.parent.id)?.schema ?? [];
  return schema
    .filter(({ type }) => type === 'relation')
    .map(({ id, config }) => {
      const value = page.values[id];
      const entries = Array.isArray(value) ? value.filter(isJsonObject) : [];
      return { ids: entries.map((entry) => String(entry.id)), config };
    });
}

/** Each page a dual relation names must name the page in turn. */
function expectMirrored(page: Page): void {
  for (const { ids, config } of relations(page)) {
    const mirror = isJsonObject(config.dual_property)
      ? String(config.dual_property.synced_property_id)
      : undefined;
    if (mirror === undefined) continue;
    for (const id of ids) {
      const back = state.pages.get(id)?.values[mirror];
      expect(JSON.stringify(back)).toContain(page.id);
    }
  }
}
