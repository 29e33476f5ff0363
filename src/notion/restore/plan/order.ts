/**
 * Ranks the steps of a restore, so that as many as possible can name what they refer to at once. Where things refer to
 * each other in a cycle, something is created first without the reference and completed later; this file decides which.
 *
 * 1. Steps that wait for nothing are ranked, as if they were done (Kahn's algorithm).
 * 2. When none is left but some remain, a cycle is followed and one dependency in it dropped: `breakCycle`.
 * 3. Ranks are the order in which the steps are executed; the dependencies that are left are kept to.
 */
import { KlosetError } from '../../../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { DependencyKind, Step } from '../journal/tables/steps/steps.ts';

/** The price of one cycle. */
interface BrokenCycle {
  readonly kind: DependencyKind;
  /** No step of this cycle was in one before: breaking it costs a request, whatever the order. */
  readonly isDisjoint: boolean;
}

/** Cheapest and safest to drop first. */
const preference: readonly DependencyKind[] = ['sequence', 'linked', 'content', 'values', 'segment'];

/** Ranks all steps. Returns how many dependencies of each kind were dropped. */
export function orderSteps(journal: Journal, signal?: AbortSignal): Map<DependencyKind, number> {
  const { ranks } = journal;
  const dropped = new Map<DependencyKind, number>();
  return journal.atomically(() => {
    ranks.countBlockers();
    ranks.clearCycleMarks();
    let rank = 0;
    let cycles = 0;
    for (;;) {
      signal?.throwIfAborted();
      const unblocked = ranks.unblocked();
      for (const id of unblocked) {
        ranks.setRank(id, rank++);
        ranks.decrementWaiters(id);
      }
      if (unblocked.length > 0) continue;
      const blocked = ranks.firstUnranked();
      if (blocked === undefined) break;
      const { kind, isDisjoint } = breakCycle(journal, blocked);
      dropped.set(kind, (dropped.get(kind) ?? 0) + 1);
      if (isDisjoint) cycles += 1;
    }
    ranks.rankRemaining(rank);
    ranks.countBlockers();
    journal.setMeta('cycles', String(cycles));
    return dropped;
  });
}

/** A step and the kind of its dependency on the next one of a path. */
interface Link {
  readonly step: number;
  readonly kind: DependencyKind;
}

/** Follows what `start` waits for until a cycle closes, and drops one dependency in it. */
function breakCycle(journal: Journal, start: number): BrokenCycle {
  const path: Link[] = [];
  const places = new Map<number, number>();
  for (let at = start; ; ) {
    const closed = places.get(at);
    if (closed !== undefined) return dropOneOf(journal, path.slice(closed));
    const next = journal.ranks.nextBlocker(at);
    if (next === undefined)
      throw new KlosetError('internal', `Step ${at} of the restore waits for nothing and is not ready.`);
    places.set(at, path.length);
    path.push({ step: at, kind: next.kind });
    at = next.needs;
  }
}

function dropOneOf(journal: Journal, cycle: readonly Link[]): BrokenCycle {
  for (const kind of preference) {
    const found = cycle.find((link) => link.kind === kind);
    if (found === undefined) continue;
    const isDisjoint = markCycle(journal, cycle) && (kind === 'content' || kind === 'values');
    dropDependency(journal, stepOf(journal, found.step), kind);
    return { kind, isDisjoint };
  }
  throw new KlosetError('internal', 'Steps of the restore wait for each other in a cycle.');
}

/** Marks the steps of a cycle; true when none was marked before. */
function markCycle({ ranks }: Journal, cycle: readonly Link[]): boolean {
  const isNew = cycle.every(({ step }) => !ranks.isInCycle(step));
  for (const { step } of cycle) ranks.markInCycle(step);
  return isNew;
}

/** Drops a dependency, and adds the step that completes later what the waiting step now does without. */
function dropDependency(journal: Journal, step: Step, kind: DependencyKind): void {
  const { steps } = journal;
  if (kind === 'segment' || kind === 'linked') {
    postpone(journal, step);
    return;
  }
  const needs = steps.dependenciesOf(step, kind);
  steps.dropDependencies(step, kind);
  if (kind === 'content') {
    // The page is created without blocks; its first segment is put at its start when everything exists.
    journal.objects.setBlocksWithPage(step.object, 0);
    postpone(journal, steps.ensure('segment', step.object, 0, `page:${step.object}`, 2), needs);
  }
  if (kind === 'values') postpone(journal, steps.ensure('values', step.object, 0, step.mutex, 2));
  journal.ranks.recountBlockers(step.id);
}

/** Moves a step behind everything that is ordered, and with it the steps that cannot be executed before it. */
function postpone(journal: Journal, step: Step, needs: readonly number[] = []): void {
  const { steps, ranks } = journal;
  for (const id of needs) steps.addDependency(step, stepOf(journal, id), 'segment');
  steps.addDependency(step, steps.find('page', step.object));
  steps.setStage(step, 2);
  for (const waiter of steps.dropSiblingOrder(step)) ranks.recountBlockers(waiter);
  ranks.recountBlockers(step.id);
  for (const waiter of ranks.droppableWaiters(step))
    dropDependency(journal, stepOf(journal, waiter.step), waiter.kind);
}

function stepOf(journal: Journal, id: number): Step {
  const step = journal.steps.get(id);
  if (step === undefined) throw new KlosetError('internal', `The restore has no step ${id}.`);
  return step;
}
