/** Ways in which a copy of the sample workspace can differ from its original, each of which a comparison must report. */
import type { Json, JsonObject } from '../../src/document/json.ts';
import { isObject } from '../../src/document/json.ts';
import { blockOf, drop, list, part, runOf, set, swap } from './json-parts.ts';

/** A change of one document of the copy, found by the title of its page or database. */
export interface Alteration {
  readonly what: string;
  readonly on: string;
  readonly change: (document: JsonObject) => void;
}

const nobody = '00000000-0000-4000-8000-000000000000';

/** Other words in the first run of a text. */
function reword(runs: Json): void {
  const run = part(runs, 0);
  set(run, 'plain_text', 'something else');
  set(part(run, 'text'), 'content', 'something else');
}

const blocks = 'Blocks of words';
const changesOfBlocks: readonly Alteration[] = [
  { what: 'a block is gone', on: blocks, change: (page) => dropBlock(page, 'quote') },
  { what: 'a block stands twice', on: blocks, change: (page) => doubleBlock(page, 'divider') },
  { what: 'two blocks are exchanged', on: blocks, change: (page) => swap(list(page, 'blocks'), 2) },
  { what: 'a block inside another is gone', on: blocks, change: (page) => dropChild(page, 'toggle') },
  {
    what: 'a block stands beside what it was inside',
    on: blocks,
    change: (page) => {
      const { block, siblings, index } = blockOf(page, 'quote');
      siblings.splice(index + 1, 0, drop(list(block, 'children'), 0));
    },
  },
  {
    what: 'a block is of another type',
    on: blocks,
    change: (page) => {
      const { block, payload } = blockOf(page, 'numbered_list_item');
      set(block, 'type', 'bulleted_list_item');
      block.bulleted_list_item = payload;
    },
  },
  inBlock('a text', 'heading_1', (payload) => reword(list(payload, 'rich_text'))),
  inBlock('a colour', 'heading_2', (payload) => set(payload, 'color', 'default'), coloured),
  inBlock('a check mark', 'to_do', (payload) => set(payload, 'checked', payload.checked !== true)),
  inBlock(
    'whether a heading folds',
    'heading_2',
    (payload) => set(payload, 'is_toggleable', false),
    (payload) => payload.is_toggleable === true,
  ),
  inBlock('the language of a program', 'code', (payload) => set(payload, 'language', 'cobol')),
  inBlock('the caption of a program', 'code', (payload) => reword(list(payload, 'caption'))),
  inBlock('an equation', 'equation', (payload) => set(payload, 'expression', 'x')),
  inBlock(
    'the icon of a callout',
    'callout',
    (payload) => set(payload, 'icon', { type: 'emoji', emoji: '🦊' }),
    (payload) => isObject(payload.icon ?? null) && part(payload, 'icon').type === 'file',
  ),
  inBlock('where a bookmark leads', 'bookmark', (payload) =>
    set(payload, 'url', 'https://elsewhere.example.com/'),
  ),
  inBlock('what an embed shows', 'embed', (payload) => set(payload, 'url', 'https://elsewhere.example.com/')),
  inBlock('where a link to a page leads', 'link_to_page', (payload) => set(payload, 'page_id', nobody)),
  inBlock('the colour of a table of contents', 'table_of_contents', (payload) =>
    set(payload, 'color', 'red'),
  ),
];

const layouts = 'Layouts';
const changesOfLayouts: readonly Alteration[] = [
  { what: 'a column is gone', on: layouts, change: (page) => dropChild(page, 'column_list', 2) },
  inBlock(
    'the width of a column',
    'column',
    (payload) => set(payload, 'width_ratio', 0.5),
    undefined,
    layouts,
  ),
  inBlock(
    'the header of a table',
    'table',
    (payload) => set(payload, 'has_row_header', false),
    undefined,
    layouts,
  ),
  inBlock('a cell', 'table_row', (payload) => reword(list(payload, 'cells', 0)), undefined, layouts),
  {
    what: 'two rows of a table are exchanged',
    on: layouts,
    change: (page) => swap(list(blockOf(page, 'table').block, 'children'), 1),
  },
  { what: 'a tab is gone', on: layouts, change: (page) => dropChild(page, 'tab', 1) },
  {
    what: 'a page that had to move out of a block has left no link',
    on: layouts,
    change: (page) => dropBlock(page, 'link_to_page'),
  },
  { what: 'a page is not on its page', on: layouts, change: (page) => dropBlock(page, 'child_page') },
  {
    what: 'two pages are exchanged',
    on: 'Hostile titles',
    change: (page) => swap(list(page, 'blocks'), 3),
  },
  {
    what: 'a copied block is no copy',
    on: 'Synced blocks',
    change: (page) => {
      const { payload } = blockOf(page, 'synced_block', (synced) => isObject(synced.synced_from ?? null));
      set(payload, 'synced_from', null);
    },
  },
];

const changesOfMedia: readonly Alteration[] = ['image', 'video', 'audio', 'pdf', 'file'].map(
  (type): Alteration =>
    inBlock(
      `the bytes of media (${type})`,
      type,
      (payload) => set(part(payload, 'file'), 'sha256', '0'.repeat(64)),
      (payload) => payload.type === 'file',
      'Media',
    ),
);

const changesOfText: readonly Alteration[] = [
  ...['bold', 'italic', 'strikethrough', 'underline', 'code'].map(
    (name): Alteration => ({
      what: `an annotation (${name})`,
      on: 'Rich text',
      change: (page) =>
        set(
          part(
            runOf(page, (run) => part(run, 'annotations')[name] === true),
            'annotations',
          ),
          name,
          false,
        ),
    }),
  ),
  {
    what: 'the colour of words',
    on: 'Rich text',
    change: (page) =>
      set(
        part(
          runOf(page, (run) => part(run, 'annotations').color !== 'default'),
          'annotations',
        ),
        'color',
        'default',
      ),
  },
  {
    what: 'where words lead',
    on: 'Rich text',
    change: (page) =>
      set(
        part(
          runOf(page, (run) => run.type === 'text' && isObject(part(run, 'text').link ?? null)),
          'text',
        ),
        'link',
        null,
      ),
  },
  {
    what: 'an equation among words',
    on: 'Rich text',
    change: (page) =>
      set(
        part(
          runOf(page, (run) => run.type === 'equation'),
          'equation',
        ),
        'expression',
        'x',
      ),
  },
  mention('page', (target) => set(target, 'id', nobody)),
  mention('database', (target) => set(target, 'id', nobody)),
  mention('user', (target) => set(target, 'id', nobody)),
  mention('date', (target) => set(target, 'start', '1999-01-01')),
  mention('custom_emoji', (target) => set(target, 'name', 'other')),
  mention('template_mention', (target) => set(target, 'template_mention_date', 'other')),
];

const changesOfLooks: readonly Alteration[] = [
  onPage('an emoji as icon', 'Emoji icon', (page) => set(part(page, 'icon'), 'emoji', '🦊')),
  onPage('a custom emoji as icon', 'Custom emoji icon', (page) =>
    set(part(page, 'icon', 'custom_emoji'), 'name', 'other'),
  ),
  onPage('the colour of a native icon', 'Native icon', (page) =>
    set(part(page, 'icon', 'icon'), 'color', 'other'),
  ),
  onPage('the bytes of an icon', 'Hosted icon, hosted cover', (page) =>
    set(part(page, 'icon', 'file'), 'sha256', '0'.repeat(64)),
  ),
  onPage('a cover is gone', 'Hosted icon, hosted cover', (page) => set(page, 'cover', null)),
  onPage('the picture a cover links to', 'External icon, external cover', (page) =>
    set(part(page, 'cover', 'external'), 'url', 'https://elsewhere.example.com/a.png'),
  ),
  onPage('an icon too many', 'Neither icon nor cover', (page) =>
    set(page, 'icon', { type: 'emoji', emoji: '🦊' }),
  ),
  onPage('a lock', 'Locked', (page) => set(page, 'is_locked', false)),
];

const row = 'Repair the bicycle';
/** A row whose box is checked. */
const doneRow = 'Water the plants by 2026-04-02';
const changesOfValues: readonly Alteration[] = [
  value('Task', (held) => reword(list(held, 'title'))),
  value('Notes', (held) => reword(list(held, 'rich_text'))),
  value('Effort', (held) => set(held, 'number', -1)),
  value('Kind', (held) => set(part(held, 'select'), 'name', 'Other')),
  value('Tags', (held) => drop(list(held, 'multi_select'), 0)),
  value('Status', (held) => set(part(held, 'status'), 'name', 'Blocked')),
  value('Due', (held) => set(part(held, 'date'), 'start', '1999-01-01')),
  value('Assignee', (held) => drop(list(held, 'people'), 0)),
  value('Attachments', (held) => drop(list(held, 'files'), 0)),
  value('Done', (held) => set(held, 'checkbox', false), doneRow),
  value('Link', (held) => set(held, 'url', 'https://elsewhere.example.com/')),
  value('Contact', (held) => set(held, 'email', 'other@example.com')),
  value('Phone', (held) => set(held, 'phone_number', '1')),
  value('Project', (held) => set(part(held, 'relation', 0), 'id', nobody)),
  value('Where', (held) => set(part(held, 'place'), 'lat', 0)),
  {
    what: 'the last of a hundred and thirty relations',
    on: 'A hundred and thirty',
    change: (page) => drop(list(part(page, 'page', 'properties', 'Entries'), 'relation'), 129),
  },
];

const changesOfSchemas: readonly Alteration[] = [
  onDatabase('the title of a database', (database) => reword(list(database, 'title'))),
  onDatabase('the description of a database', (database) => reword(list(database, 'description'))),
  onDatabase('the icon of a database', (database) => set(part(database, 'icon'), 'emoji', '🦊')),
  onDatabase('the cover of a database', (database) => set(database, 'cover', null)),
  onDatabase('whether a database stands in the text', (database) => set(database, 'is_inline', true)),
  onDatabase('the lock of a database', (database) => set(database, 'is_locked', false), 'Library'),
  {
    what: 'the title of a data source',
    on: 'Library',
    change: (document) => reword(list(document, 'data_sources', 1, 'title')),
  },
  {
    what: 'a data source is gone',
    on: 'Library',
    change: (document) => drop(list(document, 'data_sources'), 1),
  },
  schema('a property is gone', (properties) => {
    set(properties, 'Phone', null);
    delete properties.Phone;
  }),
  schema('a property is of another type', (properties) => set(part(properties, 'Phone'), 'type', 'email')),
  schema('a property has another name', (properties) => {
    properties.Telephone = part(properties, 'Phone');
    delete properties.Phone;
  }),
  schema('the colour of an option', (properties) =>
    set(part(properties, 'Kind', 'select', 'options', 0), 'color', 'red'),
  ),
  schema('the name of an option', (properties) =>
    set(part(properties, 'Tags', 'multi_select', 'options', 0), 'name', 'other'),
  ),
  schema('an option is gone', (properties) => drop(list(properties, 'Tags', 'multi_select', 'options'), 0)),
  schema('the order of options', (properties) =>
    swap(list(properties, 'Tags', 'multi_select', 'options'), 0),
  ),
  schema('the colour of a status', (properties) =>
    set(part(properties, 'Status', 'status', 'options', 1), 'color', 'pink'),
  ),
  schema('the format of a number', (properties) =>
    set(part(properties, 'Effort', 'number'), 'format', 'percent'),
  ),
  schema('a formula', (properties) => set(part(properties, 'Twice', 'formula'), 'expression', '1 + 1')),
  schema('the prefix of unique ids', (properties) =>
    set(part(properties, 'Number', 'unique_id'), 'prefix', 'OTHER'),
  ),
  schema('where a relation leads', (properties) =>
    set(part(properties, 'Project', 'relation'), 'data_source_id', nobody),
  ),
  schema('the other side of a relation', (properties) =>
    set(part(properties, 'Project', 'relation', 'dual_property'), 'synced_property_name', 'Other'),
  ),
  schema(
    'what a rollup reckons',
    (properties) => set(part(properties, 'Rollup max', 'rollup'), 'function', 'min'),
    'Projects',
  ),
];

const changesOfViews: readonly Alteration[] = [
  { what: 'a view is gone', on: 'Tasks', change: (document) => drop(list(document, 'views'), 3) },
  { what: 'the order of views', on: 'Tasks', change: (document) => swap(list(document, 'views'), 3) },
  view('the name of a view', 'List', (held) => set(held, 'name', 'Other')),
  view('the filter of a view', 'All tasks', (held) => set(held, 'filter', null)),
  view('one condition of a filter', 'All tasks', (held) => drop(list(held, 'filter', 'and'), 1)),
  view('the sorts of a view', 'All tasks', (held) => set(part(held, 'sorts', 0), 'direction', 'descending')),
  view('the order of sorts', 'All tasks', (held) => swap(list(held, 'sorts'), 0)),
  view('the quick filters of a view', 'All tasks', (held) => set(held, 'quick_filters', null)),
  view('the grouping of a view', 'Board', (held) => set(part(held, 'configuration'), 'group_by', null)),
  view('the second grouping of a view', 'Board', (held) =>
    set(part(held, 'configuration'), 'sub_group_by', null),
  ),
  view('the columns of a view', 'All tasks', (held) => drop(list(held, 'configuration', 'properties'), 0)),
  view('the width of a column of a view', 'All tasks', (held) =>
    set(part(held, 'configuration', 'properties', 0), 'width', 99),
  ),
  view('the date of a calendar', 'Calendar', (held) =>
    set(part(held, 'configuration'), 'date_property_id', 'other'),
  ),
  view('the scale of a timeline', 'Timeline', (held) =>
    set(part(held, 'configuration', 'preference'), 'zoom_level', 'year'),
  ),
  view('the cover of a gallery', 'Gallery', (held) => set(part(held, 'configuration'), 'cover', null)),
  view('the place of a map', 'Map', (held) => set(part(held, 'configuration'), 'map_by', 'other')),
  view('the kind of a chart', 'Effort by kind', (held) =>
    set(part(held, 'configuration'), 'chart_type', 'line'),
  ),
  view('a widget of a dashboard', 'Dashboard', (held) =>
    drop(list(held, 'configuration', 'rows', 0, 'widgets'), 0),
  ),
];

const discussions = 'Discussions';
const changesOfComments: readonly Alteration[] = [
  {
    what: 'the words of a comment',
    on: discussions,
    change: (page) => {
      const runs = list(page, 'comments', 0, 'rich_text');
      reword(runs.slice(-1));
    },
  },
  { what: 'a comment is gone', on: discussions, change: (page) => drop(list(page, 'comments'), 0) },
];

const changesOfLesserParts: readonly Alteration[] = [
  inBlock(
    'the name of a file',
    'file',
    (payload) => set(payload, 'name', 'other.zip'),
    (payload) => payload.name === 'one.bin',
    'Media',
  ),
  { ...value('Done', (held) => set(held, 'checkbox', true)), what: 'a box that was not checked' },
  {
    what: 'a value too many',
    on: 'Welcome',
    change: (page) => {
      part(page, 'page', 'properties').More = { id: 'x', type: 'number', number: 1 };
    },
  },
  schema('a property too many', (properties) => {
    properties.More = { id: 'x', name: 'More', type: 'number', number: { format: 'number' } };
  }),
  schema('the description of a property', (properties) => set(part(properties, 'Due'), 'description', null)),
  schema('the description of an option', (properties) =>
    set(part(properties, 'Kind', 'select', 'options', 1), 'description', null),
  ),
  {
    what: 'the icon of a data source',
    on: 'Library',
    change: (document) => set(part(document, 'data_sources', 0), 'icon', null),
  },
  {
    what: 'a data source too many',
    on: 'Library',
    change: (document) => {
      list(document, 'data_sources').push({ id: nobody, title: [], properties: {} });
    },
  },
  {
    what: 'a view too many',
    on: 'Tasks',
    change: (document) => {
      list(document, 'views').push({ name: 'More', type: 'table', configuration: null });
    },
  },
  {
    what: 'a comment stands twice',
    on: discussions,
    change: (page) => {
      list(page, 'comments').push(part(page, 'comments', 0));
    },
  },
  {
    what: 'a comment has left its thread',
    on: discussions,
    change: (page) => set(part(page, 'comments', 1), 'discussion_id', nobody),
  },
  {
    what: 'a comment hangs on another block',
    on: discussions,
    change: (page) => set(part(lastComment(page), 'parent'), 'block_id', nobody),
  },
  {
    what: 'a file of a comment is gone',
    on: discussions,
    change: (page) => {
      const comment = list(page, 'comments').find((item) => isObject(item) && 'attachments' in item);
      drop(list(comment ?? null, 'attachments'), 0);
    },
  },
  {
    what: 'an annotation in a comment',
    on: discussions,
    change: (page) => {
      const runs = list(lastComment(page), 'rich_text');
      set(part(runs, runs.length - 1, 'annotations'), 'bold', true);
    },
  },
];

/** Changes that are to be reported, each on its own. */
export const alterations: readonly Alteration[] = [
  ...changesOfBlocks,
  ...changesOfLayouts,
  ...changesOfMedia,
  ...changesOfText,
  ...changesOfLooks,
  ...changesOfValues,
  ...changesOfSchemas,
  ...changesOfViews,
  ...changesOfComments,
  ...changesOfLesserParts,
];

/** Makes the mention of a restored page name the original. */
export function originalMention(page: JsonObject, originalOf: (id: string) => string): void {
  const isOf = (run: JsonObject) => run.type === 'mention' && part(run, 'mention').type === 'page';
  toOriginal(part(runOf(page, isOf), 'mention', 'page'), originalOf);
}

/** Makes the relation to a restored row name the original. */
export function originalRelation(page: JsonObject, originalOf: (id: string) => string): void {
  toOriginal(part(page, 'page', 'properties', 'Project', 'relation', 0), originalOf);
}

function toOriginal(target: JsonObject, originalOf: (id: string) => string): void {
  const original = originalOf(String(target.id));
  if (original === '') throw new Error('it leads to nothing that was restored');
  set(target, 'id', original);
}

function lastComment(page: JsonObject): JsonObject {
  const comments = list(page, 'comments');
  return part(comments, comments.length - 1);
}

function coloured(payload: JsonObject): boolean {
  return payload.color !== 'default';
}

function dropBlock(page: JsonObject, type: string): void {
  const { siblings, index } = blockOf(page, type);
  drop(siblings, index);
}

function doubleBlock(page: JsonObject, type: string): void {
  const { siblings, index, block } = blockOf(page, type);
  siblings.splice(index, 0, block);
}

function dropChild(page: JsonObject, type: string, child = 0): void {
  drop(
    list(blockOf(page, type, (_, block) => list(block, 'children').length > child).block, 'children'),
    child,
  );
}

function inBlock(
  what: string,
  type: string,
  change: (payload: JsonObject) => void,
  is?: (payload: JsonObject) => boolean,
  on = blocks,
): Alteration {
  return { what, on, change: (page) => change(blockOf(page, type, is).payload) };
}

function mention(type: string, change: (target: JsonObject) => void): Alteration {
  const isOf = (run: JsonObject) => run.type === 'mention' && part(run, 'mention').type === type;
  return {
    what: `a mention (${type})`,
    on: 'Rich text',
    change: (page) => change(part(runOf(page, isOf), 'mention', type)),
  };
}

function onPage(what: string, on: string, change: (page: JsonObject) => void): Alteration {
  return { what, on, change: (document) => change(part(document, 'page')) };
}

function value(property: string, change: (held: JsonObject) => void, on = row): Alteration {
  return {
    what: `the value of ${property}`,
    on,
    change: (document) => change(part(document, 'page', 'properties', property)),
  };
}

function onDatabase(what: string, change: (database: JsonObject) => void, on = 'Tasks'): Alteration {
  return { what, on, change: (document) => change(part(document, 'database')) };
}

function schema(what: string, change: (properties: JsonObject) => void, on = 'Tasks'): Alteration {
  return { what, on, change: (document) => change(part(document, 'data_sources', 0, 'properties')) };
}

function view(what: string, name: string, change: (held: JsonObject) => void): Alteration {
  return {
    what,
    on: 'Tasks',
    change: (document) => {
      const found = list(document, 'views').find((item) => isObject(item) && item.name === name);
      change(part(found ?? null));
    },
  };
}
