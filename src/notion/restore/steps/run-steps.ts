/** Carries out the steps of a journal: side by side where they do not touch, one after the other where they do. */
import { KlosetError, messageOf } from '../../../errors.ts';
import { apiFailureOf } from '../../api/api.ts';
import type { Journal } from '../journal/journal.ts';
import type { Step } from '../journal/steps.ts';

export interface RunStepsOptions {
  readonly journal: Journal;
  readonly run: (step: Step) => Promise<void>;
  /** Told after each step. */
  readonly onStep: (done: number, total: number) => void;
  /** Told of a step that failed. */
  readonly onFailure: (step: Step, message: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Steps under way at once. */
  readonly width?: number;
}

const stages = [1, 2, 3, 4];

/**
 * Runs every step that is not done. A step that fails is noted and lets the others go on.
 * @throws KlosetError when nothing further can succeed (credentials, no connection) or the signal is aborted
 */
export async function runSteps(options: RunStepsOptions): Promise<void> {
  const { journal } = options;
  // A step that failed in an earlier run is tried again; what was said of its failure no longer counts.
  journal.atomically(() => {
    journal.database.exec("UPDATE step SET state = 'todo' WHERE state = 'failed'");
    journal.database.exec('DELETE FROM failure');
  });
  journal.database.exec(`
    UPDATE step SET waits = (
      SELECT count(DISTINCT needs) FROM dep JOIN step AS other ON other.id = dep.needs
      WHERE dep.step = step.id AND dep.needs <> dep.step AND other.stage <= step.stage AND other.state = 'todo')
    WHERE state = 'todo'`);
  const hope = new Hope();
  for (const stage of stages) await runStage(options, stage, hope);
}

async function runStage(options: RunStepsOptions, stage: number, hope: Hope): Promise<void> {
  const { journal, signal } = options;
  const width = options.width ?? 8;
  const running = new Map<number, Promise<void>>();
  const lanes = new Set<string>();
  let fatal: unknown;
  const start = (step: Step): void => {
    lanes.add(step.lane);
    const work = runOne(options, step, hope)
      .catch((error: unknown) => {
        fatal ??= error;
      })
      .finally(() => {
        lanes.delete(step.lane);
        running.delete(step.id);
      });
    running.set(step.id, work);
  };
  for (;;) {
    if (fatal === undefined && signal?.aborted !== true) {
      for (const step of readySteps(journal, stage, width * 8)) {
        if (running.size >= width) break;
        if (!running.has(step.id) && !lanes.has(step.lane)) start(step);
      }
      if (running.size === 0) {
        // Only steps that wait for each other are left: they go ahead without what they wait for.
        const forced = anyStep(journal, stage);
        if (forced !== undefined) start(forced);
      }
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (fatal !== undefined) throw fatal;
  signal?.throwIfAborted();
}

async function runOne(options: RunStepsOptions, step: Step, hope: Hope): Promise<void> {
  const { journal } = options;
  try {
    await options.run(step);
    finish(journal, step, 'done');
    hope.renew();
  } catch (error) {
    if (hope.isLostBy(error, step)) throw error;
    options.onFailure(step, messageOf(error));
    finish(journal, step, 'failed');
  }
  const { done, total } = progressOf(journal);
  options.onStep(done, total);
}

/** What waited for a failed step goes on: it says itself what it misses. */
function finish(journal: Journal, step: Step, state: 'done' | 'failed'): void {
  journal.atomically(() => {
    journal.prepare('UPDATE step SET state = ? WHERE id = ?').run(state, step.id);
    journal
      .prepare(
        `UPDATE step SET waits = waits - 1
          WHERE stage >= ? AND state = 'todo' AND id IN (SELECT step FROM dep WHERE needs = ? AND step <> needs)`,
      )
      .run(step.stage, step.id);
  });
}

function readySteps(journal: Journal, stage: number, limit: number): Step[] {
  return journal
    .prepare<[number, number], Step>(
      `SELECT id, stage, kind, object, part, lane FROM step
        WHERE state = 'todo' AND stage = ? AND waits <= 0 ORDER BY rank LIMIT ?`,
    )
    .all(stage, limit);
}

function anyStep(journal: Journal, stage: number): Step | undefined {
  return journal
    .prepare<[number], Step>(
      "SELECT id, stage, kind, object, part, lane FROM step WHERE state = 'todo' AND stage = ? ORDER BY rank LIMIT 1",
    )
    .get(stage);
}

/** How many steps there are and how many are done. */
export function progressOf(journal: Journal): { readonly done: number; readonly total: number } {
  const row = journal
    .prepare<[], { done: number; total: number }>(
      "SELECT sum(state <> 'todo') AS done, count(*) AS total FROM step",
    )
    .get();
  return { done: row?.done ?? 0, total: row?.total ?? 0 };
}

/** So many steps that fail one after the other because nothing answers mean that nothing will. */
const hopelessRow = 3;

/** Tells the failures of one object from those that will meet every further step too. */
class Hope {
  #row = 0;

  /** A step succeeded. */
  renew(): void {
    this.#row = 0;
  }

  /** Whether `error`, of a step of this kind, ends the run. */
  isLostBy(error: unknown, step: Step): boolean {
    const failure = apiFailureOf(error);
    if (failure === undefined) return !(error instanceof KlosetError) || fatalCodes.has(error.code);
    if (failure.status === 401) return true;
    // The connection may lack the right to comment, and still have all others.
    if (failure.status === 403) return step.kind !== 'comments';
    const isDown = failure.status === 0 || failure.status === 429 || failure.status >= 500;
    if (isDown) this.#row += 1;
    return isDown && this.#row >= hopelessRow;
  }
}

const fatalCodes: ReadonlySet<string> = new Set(['temporary', 'credentials']);
