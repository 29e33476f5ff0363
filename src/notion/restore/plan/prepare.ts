/** Plans a restore: reads the snapshot, writes the steps into the journal and orders them. Sends nothing. */
import type { Journal } from '../journal/journal.ts';
import { orderSteps } from './order.ts';
import { planSteps } from './plan-steps.ts';
import type { SurveyOptions } from './survey.ts';
import { survey } from './survey.ts';

/** Surveys the snapshot and writes the steps, in their order, into the journal. Sends nothing. */
export async function prepareSteps(options: SurveyOptions): Promise<void> {
  const { journal, signal } = options;
  clearPlan(journal);
  await survey(options);
  await planSteps(options);
  orderSteps(journal, signal);
}

/** An earlier run may have been killed while it planned. */
function clearPlan(journal: Journal): void {
  for (const table of [
    'object',
    'source',
    'item',
    'relation',
    'skipped_relation',
    'linked_view',
    'comment',
    'comment_link',
    'wanted',
    'block_home',
    'step',
    'dep',
    'tally',
    'note',
    'failure',
  ])
    journal.database.exec(`DELETE FROM ${table}`);
}
