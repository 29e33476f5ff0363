/** The steps of a restore while they are executed, and the `failure` table: steps that failed. */
import type { Database } from '../../../../../database.ts';
import type { Stage, Step } from './steps.ts';
import { stepColumns } from './steps.ts';

/** A part of the restore that failed. */
export interface Failure {
  readonly path: string;
  readonly what: string;
  readonly message: string;
}

export class StepQueue {
  readonly #prepare: Database['prepare'];

  constructor(prepare: Database['prepare']) {
    this.#prepare = prepare;
  }

  /** Queues steps that failed in an earlier run again, forgets their failures, and counts what each step waits for. */
  reset(): void {
    this.#prepare("UPDATE step SET state = 'todo' WHERE state = 'failed'").run();
    this.#prepare('DELETE FROM failure').run();
    this.#prepare(`UPDATE step SET blocked_by = (
      SELECT count(DISTINCT needs) FROM dependency JOIN step AS other ON other.id = dependency.needs
      WHERE dependency.step = step.id AND dependency.needs <> dependency.step AND other.stage <= step.stage
        AND other.state = 'todo')
    WHERE state = 'todo'`).run();
  }

  /** Open steps of a stage that wait for nothing, by rank. */
  ready(stage: Stage, limit: number): Step[] {
    return this.#prepare<[number, number], Step>(
      `SELECT ${stepColumns} FROM step
        WHERE state = 'todo' AND stage = ? AND blocked_by <= 0 ORDER BY rank LIMIT ?`,
    ).all(stage, limit);
  }

  /** The first open step of a stage, whatever it waits for. */
  firstOpen(stage: Stage): Step | undefined {
    return this.#prepare<[number], Step>(
      `SELECT ${stepColumns} FROM step WHERE state = 'todo' AND stage = ? ORDER BY rank LIMIT 1`,
    ).get(stage);
  }

  /** Ends a step. Steps that wait for a failed one go on: they report themselves what they miss. */
  finish(step: Step, state: 'done' | 'failed'): void {
    this.#prepare('UPDATE step SET state = ? WHERE id = ?').run(state, step.id);
    this.#prepare(
      `UPDATE step SET blocked_by = blocked_by - 1
        WHERE stage >= ? AND state = 'todo' AND id IN (SELECT step FROM dependency WHERE needs = ? AND step <> needs)`,
    ).run(step.stage, step.id);
  }

  /** Numbers of all steps and of those that ended. */
  progress(): { readonly done: number; readonly total: number } {
    const row = this.#prepare<[], { done: number | null; total: number }>(
      "SELECT sum(state <> 'todo') AS done, count(*) AS total FROM step",
    ).get();
    return { done: row?.done ?? 0, total: row?.total ?? 0 };
  }

  isComplete(): boolean {
    return this.#prepare<[], number>("SELECT 1 FROM step WHERE state <> 'done' LIMIT 1").get() === undefined;
  }

  /** Records a failure; `what` names the part of the object at `path`. */
  addFailure({ path, what, message }: Failure): void {
    this.#prepare('INSERT OR REPLACE INTO failure VALUES (?, ?, ?)').run(path, what, message);
  }

  /** The first thousand failures, by path. */
  failures(): Failure[] {
    return this.#prepare<[], Failure>(
      'SELECT path, what, message FROM failure ORDER BY path LIMIT 1000',
    ).all();
  }
}
