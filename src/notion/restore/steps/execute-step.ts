/** Executes one step of a restore: picks the function that carries out its kind. */

import { writeSegment } from '../blocks/block-segment.ts';
import { createDatabase, createSource } from '../databases/create-database.ts';
import { writeLinked } from '../databases/write-linked.ts';
import { SchemaPlan, writeSchema } from '../databases/write-schema.ts';
import { writeViews } from '../databases/write-views.ts';
import type { InPlaceRun } from '../in-place/in-place-run.ts';
import { patchObject } from '../in-place/patch-object.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { Step } from '../journal/tables/steps/steps.ts';
import { createPage } from '../pages/create-page.ts';
import { lockObject, setValues } from '../pages/finish-page.ts';
import { writeCommentLinks } from '../pages/write-comment-links.ts';
import { writeComments } from '../pages/write-comments.ts';
import type { RestoreContext } from '../requests/restore-context.ts';

/**
 * The function that executes the steps of one run.
 * @param inPlace the settings of a restore in place; only its `patch` steps need them
 */
export function stepExecutor(context: RestoreContext, inPlace?: InPlaceRun): (step: Step) => Promise<void> {
  let plan: SchemaPlan | undefined;
  return async (step) => {
    if (step.kind === 'schema') {
      plan ??= new SchemaPlan(context.journal);
      return writeSchema(context, plan, step);
    }
    if (step.kind === 'linked') return writeLinked(context, step);
    const object = context.journal.objects.get(step.object);
    if (object === undefined) return undefined;
    if (step.kind !== 'patch') return executeObjectStep(context, object, { ...step, kind: step.kind });
    return inPlace === undefined ? undefined : patchObject(context, inPlace, object);
  };
}

interface ObjectStep extends Step {
  readonly kind: Exclude<Step['kind'], 'schema' | 'linked' | 'patch'>;
}

function executeObjectStep(context: RestoreContext, object: RestoredObject, step: ObjectStep): Promise<void> {
  switch (step.kind) {
    case 'page':
      return createPage(context, object);
    case 'segment':
      return writeSegment(context, object, step);
    case 'database':
      return createDatabase(context, object);
    case 'source':
      return createSource(context, object, step);
    case 'values':
      return setValues(context, object);
    case 'views':
      return writeViews(context, object);
    case 'comments':
      return writeComments(context, object);
    case 'links':
      return writeCommentLinks(context, object);
    case 'lock':
      return lockObject(context, object);
  }
}
