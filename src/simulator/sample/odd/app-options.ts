/** Options the app takes and the API refuses: names with commas, and names that differ only by commas or by case. */
import type { DataSource, Parent } from '../../workspace/state.ts';
import type { Sample } from '../parts/sample.ts';
import {
  options,
  property,
  sampleDatabase,
  sampleRow,
  sampleSource,
  sampleView,
  statusConfig,
} from '../parts/tables.ts';

/** Names that cannot be told apart once commas and case are lost. */
export const appOptionNames = ['Red, green', 'Red green', 'red green', 'RED GREEN', 'Red,green'] as const;

/** Adds a database of one row per name, each naming it as its select, its status and one of its tags. */
export function addAppOptions(sample: Sample, parent: Parent): DataSource {
  const database = sampleDatabase(sample, parent, 'Options made in the app');
  const source = sampleSource(sample, database, [
    property(sample, 'Name', 'title'),
    property(sample, 'Colour', 'select', { options: options(sample, ...appOptionNames) }),
    property(sample, 'Tags', 'multi_select', { options: options(sample, ...appOptionNames) }),
    property(
      sample,
      'State',
      'status',
      statusConfig(sample, { 'To-do': appOptionNames, Complete: ['Done'] }),
    ),
  ]);
  for (const [index, name] of appOptionNames.entries()) {
    const next = appOptionNames[(index + 1) % appOptionNames.length] ?? name;
    sampleRow(sample, source, { Name: name, Colour: name, Tags: [{ name }, { name: next }], State: name });
  }
  sampleView(sample, database, source, 'Default view', { type: 'table' });
  return source;
}
