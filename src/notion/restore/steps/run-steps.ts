/** Executes the steps of a journal: in parallel where they do not touch, one after the other where they do. */
import type { Journal } from '../journal/journal.ts';
import type { Stage, Step } from '../journal/tables/steps/steps.ts';
import { FailureBreaker } from './failure-breaker.ts';

export interface RunStepsOptions {
  readonly journal: Journal;
  readonly run: (step: Step) => Promise<void>;
  /** Called after each step. */
  readonly onStep: (done: number, total: number) => void;
  /** Called for a step that failed. */
  readonly onFailure: (step: Step, error: unknown) => void;
  readonly signal?: AbortSignal | undefined;
  /** Max number of steps running at once. */
  readonly concurrency?: number;
}

const stages: readonly Stage[] = [1, 2, 3, 4];

/**
 * Runs every step that is not done. A step that fails is recorded and lets the others go on.
 * @throws KlosetError when nothing further can succeed (credentials, no connection) or the signal is aborted
 */
export async function runSteps(options: RunStepsOptions): Promise<void> {
  const { journal } = options;
  journal.atomically(() => journal.queue.reset());
  const breaker = new FailureBreaker();
  for (const stage of stages) await runStage(options, stage, breaker);
}

async function runStage(options: RunStepsOptions, stage: Stage, breaker: FailureBreaker): Promise<void> {
  const { journal, signal } = options;
  const concurrency = options.concurrency ?? 8;
  const running = new Map<number, Promise<void>>();
  const locked = new Set<string>();
  let fatal: unknown;
  const start = (step: Step): void => {
    locked.add(step.mutex);
    const work = runOne(options, step, breaker)
      .catch((error: unknown) => {
        fatal ??= error;
      })
      .finally(() => {
        locked.delete(step.mutex);
        running.delete(step.id);
      });
    running.set(step.id, work);
  };
  for (;;) {
    if (fatal === undefined && signal?.aborted !== true) {
      for (const step of journal.queue.ready(stage, concurrency * 8)) {
        if (running.size >= concurrency) break;
        if (!running.has(step.id) && !locked.has(step.mutex)) start(step);
      }
      if (running.size === 0) {
        // Only steps that wait for each other are left: they go ahead without what they wait for.
        const forced = journal.queue.firstOpen(stage);
        if (forced !== undefined) start(forced);
      }
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (fatal !== undefined) throw fatal;
  signal?.throwIfAborted();
}

async function runOne(options: RunStepsOptions, step: Step, breaker: FailureBreaker): Promise<void> {
  const { queue } = options.journal;
  const finish = (state: 'done' | 'failed'): void =>
    options.journal.atomically(() => queue.finish(step, state));
  try {
    await options.run(step);
    finish('done');
    breaker.reset();
  } catch (error) {
    if (breaker.trips(error, step)) throw error;
    options.onFailure(step, error);
    finish('failed');
  }
  const { done, total } = queue.progress();
  options.onStep(done, total);
}
