/** The sample's main database: every property type with values, templates, and a view of every type. */
import type { JsonObject } from '../../workspace/json.ts';
import type { Database, DataSource, Page, Parent, PropertySchema } from '../../workspace/state.ts';
import { moveTo } from '../../workspace/state.ts';
import { bullet, hostedMedia, paragraph, toDo } from '../parts/blocks.ts';
import { emoji, externalPicture, hostedPicture, nativeIcon } from '../parts/icons.ts';
import { addMedia } from '../parts/media.ts';
import type { Sample } from '../parts/sample.ts';
import { draw, inPage } from '../parts/sample.ts';
import * as tables from '../parts/tables.ts';
import { dateMention, rich, text, userMention } from '../parts/text.ts';

const { property, options, statusConfig, propertyToken, sampleRow, date, person } = tables;

/** Tasks with the parts other databases refer to. */
export interface Tasks {
  readonly database: Database;
  readonly source: DataSource;
  readonly rows: readonly Page[];
  /** The property by its name. */
  property(name: string): PropertySchema;
}

/** Adds the database with rows; relations and rollups come later, with the other databases. */
export function addTasks(sample: Sample, parent: Parent): Tasks {
  const cover = addMedia(sample.state, { name: 'tasks cover.jpg', contentType: 'image/jpeg', size: 20_000 });
  const database = tables.sampleDatabase(sample, parent, 'Tasks', {
    icon: emoji('✅'),
    cover: hostedPicture(cover),
    description: rich('Everything that is ', text('to be done', { bold: true }), '.'),
  });
  const source = tables.sampleSource(sample, database, []);
  source.schema = taskSchema(sample, source);
  const tasks = {
    database,
    source,
    rows: addTaskRows(sample, source),
    property: (name: string) => propertyOf(source, name),
  };
  addTemplates(sample, source);
  return tasks;
}

/** The property called `name`. @throws Error when there is none */
export function propertyOf(source: DataSource, name: string): PropertySchema {
  const found = source.schema.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no property ${name}`);
  return found;
}

function taskSchema(sample: Sample, source: DataSource): PropertySchema[] {
  const effort = property(sample, 'Effort', 'number', { format: 'number_with_commas' });
  const done = property(sample, 'Done', 'checkbox');
  const due = property(sample, 'Due', 'date', {}, 'When it has to be done');
  const token = (of: PropertySchema) => propertyToken(sample, source.id, of.id);
  const title = property(sample, 'Task', 'title');
  const formula = (name: string, expression: string) => property(sample, name, 'formula', { expression });
  return [
    title,
    property(sample, 'Notes', 'rich_text'),
    effort,
    property(sample, 'Kind', 'select', {
      options: options(sample, 'Chore:brown', 'Errand:pink:Out of the house'),
    }),
    property(sample, 'Tags', 'multi_select', { options: options(sample, 'home', 'work:blue', 'later:gray') }),
    property(sample, 'Status', 'status', {
      ...statusConfig(sample, {
        'To-do': ['Not started', 'Blocked:red'],
        'In progress': ['Doing:blue'],
        Complete: ['Done:green', 'Dropped'],
      }),
    }),
    due,
    property(sample, 'Assignee', 'people'),
    property(sample, 'Attachments', 'files'),
    done,
    property(sample, 'Link', 'url'),
    property(sample, 'Contact', 'email'),
    property(sample, 'Phone', 'phone_number'),
    formula('Label', `${token(title)} + "!"`),
    formula('Twice', `${token(effort)} * 2`),
    formula('Open?', `not ${token(done)}`),
    formula('Reminder', `dateSubtract(${token(due)}, 1, "days")`),
    formula('Odd', 'map([1, 2], current)'),
    property(sample, 'Made', 'created_time'),
    property(sample, 'Made by', 'created_by'),
    property(sample, 'Edited', 'last_edited_time'),
    property(sample, 'Edited by', 'last_edited_by'),
    property(sample, 'Number', 'unique_id', { prefix: 'TASK' }),
    property(sample, 'Where', 'place'),
    property(sample, 'Whereabouts', 'location'),
    property(sample, 'Last seen', 'last_visited_time'),
    property(sample, 'Press me', 'button'),
    property(sample, 'constructor', 'rich_text', {}, 'Its name is also that of something else'),
  ];
}

function addTaskRows(sample: Sample, source: DataSource): Page[] {
  const rows = [fullRow(sample, source)];
  rows.push(sampleRow(sample, source, { Task: '' }));
  rows.push(
    sampleRow(sample, source, {
      Task: rich('Water the ', text('plants', { italic: true }), ' by ', dateMention('2026-04-02')),
      Effort: 0,
      Done: true,
      Status: 'Done',
      Tags: [],
      Due: date('2026-04-02'),
      Twice: { type: 'number', number: 0 },
      'Open?': { type: 'boolean', boolean: false },
      Reminder: { type: 'date', date: date('2026-04-01') },
    }),
  );
  for (let index = 1; index <= 5; index += 1) {
    rows.push(
      sampleRow(sample, source, {
        Task: `Sort drawer ${index}`,
        Effort: index,
        Kind: 'Chore',
        Done: index > 3,
      }),
    );
  }
  const [, , watered] = rows;
  if (watered !== undefined) {
    draw(sample, inPage(watered), [
      paragraph('The fern first.'),
      toDo('Fern', true, { children: [bullet('twice')] }),
    ]);
  }
  sampleRow(sample, source, { Task: 'Archived long ago', Effort: 9 }, { isArchived: true });
  sampleRow(sample, source, { Task: 'Thrown away', Effort: 8 }, { inTrash: true });
  return rows;
}

function fullRow(sample: Sample, source: DataSource): Page {
  const { people, state } = sample;
  const receipt = addMedia(state, { name: 'receipt.pdf', contentType: 'application/pdf', size: 12_345 });
  const photo = addMedia(state, { name: 'photo.png', contentType: 'image/png', size: 4_321 });
  const row = sampleRow(
    sample,
    source,
    {
      Task: 'Repair the bicycle',
      Notes: rich(
        'Ask ',
        userMention(people.bruno, 'Bruno Ćosić'),
        ' for ',
        text('the pump', { bold: true }),
      ),
      Effort: 1234.5,
      Kind: 'Errand',
      Tags: [{ name: 'home' }, { name: 'later' }],
      Status: 'Doing',
      Due: date('2026-05-04T09:30:00.000+02:00', '2026-05-05T18:00:00.000+02:00'),
      Assignee: [person(people.ada), person(people.guest), person(people.otherBot), person(people.gone)],
      Attachments: [
        { name: 'receipt.pdf', type: 'file', file: { key: receipt } },
        { name: 'photo.png', type: 'file', file: { key: photo } },
        { name: 'manual', type: 'external', external: { url: 'https://example.com/manual.pdf?page=3' } },
      ],
      Link: 'https://example.com/bikes?id=7',
      Contact: 'shop@example.com',
      Phone: '+43 1 234567',
      Label: { type: 'string', string: 'Repair the bicycle!' },
      Twice: { type: 'number', number: 2469 },
      'Open?': { type: 'boolean', boolean: true },
      Reminder: { type: 'date', date: date('2026-05-03T09:30:00.000+02:00') },
      Odd: { type: 'unsupported', unsupported: {} },
      Where: { lat: 48.21, lon: 16.37, name: 'Workshop', address: 'Vienna', google_place_id: 'sample-place' },
      'Last seen': '2026-05-01T07:00:00.000Z',
      constructor: 'Spokes and rims.',
    },
    { icon: nativeIcon('bike', 'orange'), cover: externalPicture('https://images.example.com/bike.jpg') },
  );
  draw(sample, inPage(row), [paragraph('Both tyres are flat.'), hostedMedia('image', photo, 'The bicycle')]);
  return row;
}

function addTemplates(sample: Sample, source: DataSource): void {
  const template = (title: string, isDefault: boolean) => {
    const page = sampleRow(sample, source, { Task: title, Kind: 'Chore' }, { isTemplate: true });
    draw(sample, inPage(page), [toDo(`First step of ${title}`, false), paragraph('And so on.')]);
    return { id: page.id, isDefault };
  };
  source.templates = [template('Weekly chore', true), template('Errand with a list', false)];
}

/** A row that left the database for a page: it is an ordinary page now. */
export function addMovedRow(sample: Sample, tasks: Tasks, target: Page): Page {
  const row = sampleRow(sample, tasks.source, { Task: 'Outgrew its table', Effort: 3 });
  draw(sample, inPage(row), [paragraph('I used to be a row.')]);
  moveTo(sample.state, row, { type: 'page_id', id: target.id });
  const title = propertyOf(tasks.source, 'Task');
  row.values = { title: row.values[title.id] ?? [] };
  return row;
}

/** A configuration's mention of a property. */
export function shownProperty(of: PropertySchema, visible = true, more: JsonObject = {}): JsonObject {
  return { property_id: encodeURIComponent(of.id), property_name: of.name, visible, ...more };
}
