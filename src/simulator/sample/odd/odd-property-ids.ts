/** Properties whose ids hold what a URL must encode, with values so long that only their own address shows them whole. */
import type { DataSource, Page, Parent, PropertySchema } from '../../workspace/state.ts';
import type { Sample } from '../parts/sample.ts';
import {
  person,
  property,
  related,
  sampleDatabase,
  sampleRow,
  sampleSource,
  sampleView,
} from '../parts/tables.ts';
import { rich } from '../parts/text.ts';

export interface OddPropertyIds {
  readonly source: DataSource;
  /** The row with the long values. */
  readonly row: Page;
  /** The rows it relates to, more than a page object shows. */
  readonly related: readonly Page[];
}

/** Decoded ids: a slash, a backslash, a percent sign, a question mark and a hash among their characters. */
export const oddPropertyIds = ['a/b\\', '%2Fx', 'a?b#', '\\\\//', '+ &='] as const;

/** Adds a database with a relation, people, text, a number and a date under odd ids. */
export function addOddPropertyIds(sample: Sample, parent: Parent): OddPropertyIds {
  const database = sampleDatabase(sample, parent, 'Odd property ids');
  const sourceId = sample.nextId('data_source');
  const [relationId, peopleId, textId, numberId, dateId] = oddPropertyIds;
  const under = (id: string, name: string, type: string, config = {}): PropertySchema => ({
    ...property(sample, name, type, config),
    id,
  });
  const source = sampleSource(
    sample,
    database,
    [
      property(sample, 'Name', 'title'),
      under(relationId, 'Related', 'relation', { data_source_id: sourceId, type: 'single_property' }),
      under(peopleId, 'People', 'people'),
      under(textId, 'Text', 'rich_text'),
      under(numberId, 'Number', 'number', { format: 'number' }),
      under(dateId, 'Date', 'date'),
    ],
    { id: sourceId },
  );
  const others = Array.from({ length: 30 }, (_, index) =>
    sampleRow(sample, source, { Name: `Other ${index}` }),
  );
  const { ada, bruno } = sample.people;
  const row = sampleRow(sample, source, {
    Name: 'Long values',
    Related: related(others),
    People: [person(ada), person(bruno)],
    Text: rich('Under an odd id.'),
    Number: 7,
  });
  sampleView(sample, database, source, 'Default view', { type: 'table' });
  return { source, row, related: others };
}
