/** Plans a restore: reads the snapshot, writes the steps into the journal and orders them. Sends nothing. */
import { orderSteps } from './order.ts';
import { planSteps } from './plan-steps.ts';
import type { SurveyOptions } from './survey.ts';
import { survey } from './survey.ts';

/** Surveys the snapshot and writes the steps, in their order, into the journal. Sends nothing. */
export async function prepareSteps(options: SurveyOptions): Promise<void> {
  const { journal, signal } = options;
  journal.clearPlan();
  await survey(options);
  await planSteps(options);
  orderSteps(journal, signal);
}
