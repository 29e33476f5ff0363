/** Databases that refer to each other: relations single and dual, short and beyond every cut, and rollups over them. */
import type { DataSource, Page, Parent, PropertySchema } from '../../workspace/state.ts';
import { paragraph } from '../parts/blocks.ts';
import { emoji } from '../parts/icons.ts';
import type { Sample } from '../parts/sample.ts';
import { draw, inPage } from '../parts/sample.ts';
import {
  property,
  propertyToken,
  related,
  rollupConfig,
  sampleDatabase,
  sampleRow,
  sampleSource,
  sampleView,
} from '../parts/tables.ts';
import { pageMention, rich } from '../parts/text.ts';
import type { Tasks } from './tasks-database.ts';
import { propertyOf } from './tasks-database.ts';

/** Rollup functions and the property of a task each is computed over. */
const rollups: readonly (readonly [name: string, target: string])[] = [
  ['count', 'Task'],
  ['count_values', 'Due'],
  ['empty', 'Due'],
  ['not_empty', 'Due'],
  ['unique', 'Kind'],
  ['show_unique', 'Kind'],
  ['percent_empty', 'Due'],
  ['percent_not_empty', 'Due'],
  ['sum', 'Effort'],
  ['average', 'Effort'],
  ['median', 'Effort'],
  ['min', 'Effort'],
  ['max', 'Effort'],
  ['range', 'Effort'],
  ['earliest_date', 'Due'],
  ['latest_date', 'Due'],
  ['date_range', 'Due'],
  ['checked', 'Done'],
  ['unchecked', 'Done'],
  ['percent_checked', 'Done'],
  ['percent_unchecked', 'Done'],
  ['count_per_group', 'Status'],
  ['percent_per_group', 'Status'],
  ['show_original', 'Task'],
];

/** Adds Projects, which own tasks (a dual relation with every rollup function), and gives each task its project. */
export function addProjects(sample: Sample, parent: Parent, tasks: Tasks): DataSource {
  const database = sampleDatabase(sample, parent, 'Projects', { icon: emoji('🗂️') });
  const mirror = property(sample, 'Project', 'relation');
  const owns = property(sample, 'Tasks', 'relation', dual(tasks.source.id, mirror));
  const total = property(sample, 'Total', 'rollup', rollupConfig(owns, tasks.property('Effort'), 'sum'));
  const projects = sampleSource(sample, database, [
    property(sample, 'Project name', 'title'),
    owns,
    property(sample, 'Blocked by', 'relation'),
    total,
    ...rollups.map(([name, target]) =>
      property(sample, `Rollup ${name}`, 'rollup', rollupConfig(owns, tasks.property(target), name)),
    ),
  ]);
  const blocked = propertyOf(projects, 'Blocked by');
  blocked.config = { data_source_id: projects.id, type: 'single_property', single_property: {} };
  const weight = propertyToken(sample, projects.id, total.id);
  projects.schema = [
    ...projects.schema,
    property(sample, 'Heavy', 'formula', { expression: `${weight} > 10` }),
  ];
  mirror.config = dual(projects.id, owns);
  tasks.source.schema = [...tasks.source.schema, mirror];
  addProjectRows(sample, projects, tasks, mirror);
  sampleView(sample, database, projects, 'Default view', { type: 'table' });
  return projects;
}

function addProjectRows(sample: Sample, projects: DataSource, tasks: Tasks, mirror: PropertySchema): void {
  const half = Math.ceil(tasks.rows.length / 2);
  const home = addProject(sample, projects, 'Home', tasks.rows.slice(0, half), []);
  const work = addProject(sample, projects, 'Work', tasks.rows.slice(half), [home]);
  addProject(sample, projects, 'Nothing to do', [], [home, work]);
  for (const [index, task] of tasks.rows.entries()) {
    task.values = { ...task.values, [mirror.id]: related([index < half ? home : work]) };
  }
}

function addProject(
  sample: Sample,
  source: DataSource,
  title: string,
  owned: readonly Page[],
  blockers: readonly Page[],
): Page {
  return sampleRow(sample, source, {
    'Project name': title,
    Tasks: related(owned),
    'Blocked by': related(blockers),
    Heavy: { type: 'boolean', boolean: owned.length > 3 },
  });
}

function dual(sourceId: string, mirror: PropertySchema): PropertySchema['config'] {
  return {
    data_source_id: sourceId,
    type: 'dual_property',
    dual_property: { synced_property_id: mirror.id, synced_property_name: mirror.name },
  };
}

/** Adds a ledger whose accounts have 30 and 130 entries, and one with nothing but mentions in its title. */
export function addLedger(sample: Sample, parent: Parent): DataSource {
  const database = sampleDatabase(sample, parent, 'Entries');
  const mirror = property(sample, 'Account', 'relation');
  const entries = sampleSource(sample, database, [
    property(sample, 'Entry', 'title'),
    property(sample, 'Amount', 'number', { format: 'euro' }),
  ]);
  const accountsHome = sampleDatabase(sample, parent, 'Accounts');
  const holds = property(sample, 'Entries', 'relation', dual(entries.id, mirror));
  const accounts = sampleSource(sample, accountsHome, [
    property(sample, 'Account', 'title'),
    holds,
    property(sample, 'Balance', 'rollup', rollupConfig(holds, propertyOf(entries, 'Amount'), 'sum')),
    property(
      sample,
      'Amounts',
      'rollup',
      rollupConfig(holds, propertyOf(entries, 'Amount'), 'show_original'),
    ),
    property(sample, 'Memo', 'rich_text'),
  ]);
  mirror.config = dual(accounts.id, holds);
  entries.schema = [...entries.schema, mirror];
  const created = Array.from({ length: 160 }, (_, index) =>
    sampleRow(sample, entries, { Entry: `Entry ${index + 1}`, Amount: index * 1.5 }),
  );
  addAccount(sample, accounts, mirror, 'Thirty', created.slice(0, 30));
  addAccount(sample, accounts, mirror, 'A hundred and thirty', created.slice(30));
  const mentions = created.slice(0, 40).map((entry, index) => pageMention(entry.id, `Entry ${index + 1}`));
  sampleRow(sample, accounts, { Account: rich(...mentions.slice(0, 30)), Memo: mentions });
  for (const [home, source] of [
    [database, entries],
    [accountsHome, accounts],
  ] as const) {
    sampleView(sample, home, source, 'Default view', { type: 'table' });
  }
  return accounts;
}

function addAccount(
  sample: Sample,
  accounts: DataSource,
  mirror: PropertySchema,
  title: string,
  entries: readonly Page[],
): void {
  const account = sampleRow(sample, accounts, { Account: title, Entries: related(entries) });
  for (const entry of entries) entry.values = { ...entry.values, [mirror.id]: related([account]) };
  draw(sample, inPage(account), [paragraph(`It has ${entries.length} entries.`)]);
}
