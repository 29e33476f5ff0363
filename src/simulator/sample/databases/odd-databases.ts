/** Databases that are not simply a table on a page: inline, untitled, with several sources, linked, wiki, trashed. */
import type { Database, DataSource, Page, Parent } from '../../workspace/state.ts';
import { numberFormats } from '../../write/lists/number-formats.ts';
import { columns, heading, paragraph } from '../parts/blocks.ts';
import { emoji } from '../parts/icons.ts';
import type { Sample } from '../parts/sample.ts';
import { draw, inPage, samplePage } from '../parts/sample.ts';
import {
  date,
  options,
  person,
  property,
  sampleDatabase,
  sampleRow,
  sampleSource,
  sampleView,
} from '../parts/tables.ts';
import { rich } from '../parts/text.ts';
import type { Tasks } from './tasks-database.ts';

/** A page with inline databases: between words, in a column, untitled, and without rows. */
export function addInlineDatabases(sample: Sample, parent: Parent): Page {
  const page = samplePage(sample, parent, 'Inline databases');
  const inline = (title: string, rows: readonly string[]) => (place: Parent) => {
    addSimple(sample, place, title, rows, { isInline: true });
  };
  draw(sample, inPage(page), [
    heading(2, 'Before'),
    inline('Plants', ['Fern', 'Cactus']),
    paragraph('Between.'),
    columns({ of: [inline('In a column', ['Narrow'])] }, { of: [paragraph('Beside it.')] }),
    inline('', ['Row of an untitled database']),
    inline('No rows yet', []),
    paragraph('After.'),
  ]);
  return page;
}

/** A database with a name, a number and a few rows. */
export function addSimple(
  sample: Sample,
  parent: Parent,
  title: string,
  rows: readonly string[],
  more: Partial<Database> = {},
): DataSource {
  const database = sampleDatabase(sample, parent, title, more);
  const schema = [
    property(sample, 'Name', 'title'),
    property(sample, 'Count', 'number', { format: 'number' }),
  ];
  const source = sampleSource(sample, database, schema);
  for (const [index, name] of rows.entries()) sampleRow(sample, source, { Name: name, Count: index });
  sampleView(sample, database, source, 'Default view', { type: 'table' });
  return source;
}

/** One database over two data sources of different schemas. */
export function addMultiSource(sample: Sample, parent: Parent): Database {
  const database = sampleDatabase(sample, parent, 'Library', { icon: emoji('📚'), isLocked: true });
  const books = sampleSource(
    sample,
    database,
    [property(sample, 'Book', 'title'), property(sample, 'Pages', 'number', { format: 'number' })],
    { title: rich('Books'), icon: emoji('📖') },
  );
  const films = sampleSource(
    sample,
    database,
    [
      property(sample, 'Film', 'title'),
      property(sample, 'Genre', 'select', { options: options(sample, 'Noir:gray') }),
    ],
    { title: rich('Films'), icon: null },
  );
  sampleRow(sample, books, { Book: 'The Long Walk', Pages: 312 });
  sampleRow(sample, films, { Film: 'The Short Night', Genre: 'Noir' });
  sampleView(sample, database, books, 'Books', { type: 'table' });
  sampleView(sample, database, films, 'Films', { type: 'gallery' });
  return database;
}

/** A page with linked databases: one of Tasks, and one whose original nobody shared. */
export function addLinkedDatabases(sample: Sample, parent: Parent, tasks: Tasks, unshared: DataSource): Page {
  const page = samplePage(sample, parent, 'Linked databases');
  const linked = (title: string, source: DataSource) => {
    const database = sampleDatabase(sample, inPage(page), title, { isLinked: true, isInline: true });
    database.dataSources = [source.id];
    sampleView(sample, database, source, 'Linked view', { type: 'list' });
  };
  draw(sample, inPage(page), [paragraph('My tasks:')]);
  linked('', tasks.source);
  draw(sample, inPage(page), [paragraph('What I may not see:')]);
  linked('', unshared);
  return page;
}

/** A wiki: its rows are pages and databases, and carry verification. */
export function addWiki(sample: Sample, parent: Parent): Database {
  const database = sampleDatabase(sample, parent, 'Handbook', { isWiki: true, icon: emoji('📕') });
  const source = sampleSource(sample, database, [
    property(sample, 'Page', 'title'),
    property(sample, 'Owner', 'people'),
    property(sample, 'Verification', 'verification'),
    property(sample, 'Last edited time', 'last_edited_time'),
  ]);
  const { ada } = sample.people;
  const verified = { state: 'verified', verified_by: person(ada), date: date('2026-01-01', '2026-12-31') };
  const welcome = sampleRow(sample, source, {
    Page: 'Welcome',
    Owner: [person(ada)],
    Verification: verified,
  });
  draw(sample, inPage(welcome), [paragraph('Read me first.')]);
  const below = samplePage(sample, inPage(welcome), 'Below the welcome');
  draw(sample, inPage(below), [paragraph('A page under a wiki page.')]);
  sampleRow(sample, source, {
    Page: 'Unverified',
    Verification: { state: 'unverified', verified_by: null, date: null },
  });
  const inner = addSimple(sample, { type: 'database_id', id: database.id }, 'Rooms', ['Attic'], {});
  source.rows.push(inner.id);
  sampleView(sample, database, source, 'Home', { type: 'list' });
  return database;
}

/** A number column of every format. */
export function addNumbers(sample: Sample, parent: Parent): DataSource {
  const database = sampleDatabase(sample, parent, 'Numbers');
  const source = sampleSource(sample, database, [
    property(sample, 'Name', 'title'),
    ...numberFormats.map((format) => property(sample, format, 'number', { format })),
  ]);
  const values = Object.fromEntries(numberFormats.map((format, index) => [format, index * 1.25 - 3]));
  sampleRow(sample, source, { Name: 'One of each', ...values });
  sampleRow(sample, source, { Name: 'Extremes', number: 1e21, percent: 5e-7, euro: -0.1 });
  sampleView(sample, database, source, 'Default view', { type: 'table' });
  return source;
}
