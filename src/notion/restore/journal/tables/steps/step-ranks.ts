/** The ranks of steps: the order in which they are executed, while it is determined. */
import type { Database } from '../../../../../database.ts';
import type { DependencyKind, Step } from './steps.ts';

/** A dependency between two unranked steps. */
export interface OpenDependency {
  readonly needs: number;
  readonly kind: DependencyKind;
}

/** A step that waits for another with a dependency that can be dropped. */
export interface Waiter {
  readonly step: number;
  readonly kind: DependencyKind;
}

/** Dependency kinds in the order in which the steps of a cycle are followed. */
const kindOrder =
  "CASE kind WHEN 'required' THEN 0 WHEN 'content' THEN 1 WHEN 'siblingOrder' THEN 2 WHEN 'linked' THEN 3 " +
  "WHEN 'segment' THEN 4 WHEN 'sequence' THEN 5 ELSE 6 END";

export class StepRanks {
  readonly #prepare: Database['prepare'];

  constructor(prepare: Database['prepare']) {
    this.#prepare = prepare;
  }

  /** Counts what every open step waits for; a step counts once, whatever the number of dependencies on it. */
  countBlockers(): void {
    this.#prepare(`UPDATE step SET blocked_by = (
      SELECT count(DISTINCT needs) FROM dependency JOIN step AS other ON other.id = dependency.needs
      WHERE dependency.step = step.id AND other.stage <= step.stage AND other.state = 'todo')
    WHERE state = 'todo'`).run();
  }

  /** Counts again what one unranked step waits for. */
  recountBlockers(id: number): void {
    this.#prepare(`UPDATE step SET blocked_by = (
        SELECT count(DISTINCT needs) FROM dependency JOIN step AS other ON other.id = dependency.needs
        WHERE dependency.step = step.id AND other.stage <= step.stage AND other.rank IS NULL)
      WHERE id = ? AND rank IS NULL`).run(id);
  }

  /** Some unranked steps of the first stage that wait for nothing. */
  unblocked(): number[] {
    return this.#prepare<[], number>(
      'SELECT id FROM step WHERE stage = 1 AND blocked_by = 0 AND rank IS NULL ORDER BY id LIMIT 200',
    )
      .pluck()
      .all();
  }

  /** The first unranked step of the first stage. */
  firstUnranked(): number | undefined {
    return this.#prepare<[], number>(
      'SELECT id FROM step WHERE stage = 1 AND rank IS NULL ORDER BY id LIMIT 1',
    )
      .pluck()
      .get();
  }

  setRank(id: number, rank: number): void {
    this.#prepare('UPDATE step SET rank = ? WHERE id = ?').run(rank, id);
  }

  /** Ranks all other steps behind `last`, in the order they were added. */
  rankRemaining(last: number): void {
    this.#prepare('UPDATE step SET rank = ? + id WHERE rank IS NULL').run(last);
  }

  /** One step less blocks those that wait for `id`. */
  decrementWaiters(id: number): void {
    this.#prepare(
      'UPDATE step SET blocked_by = blocked_by - 1 WHERE id IN (SELECT step FROM dependency WHERE needs = ? AND step <> needs)',
    ).run(id);
  }

  /** The unranked step of the first stage that `id` waits for first. */
  nextBlocker(id: number): OpenDependency | undefined {
    return this.#prepare<[number], { needs: number; kind: DependencyKind }>(
      `SELECT dependency.needs AS needs, dependency.kind AS kind FROM dependency JOIN step ON step.id = dependency.needs
        WHERE dependency.step = ? AND step.rank IS NULL AND step.stage = 1
        ORDER BY ${kindOrder.replace('CASE kind', 'CASE dependency.kind')}, dependency.needs LIMIT 1`,
    ).get(id);
  }

  /** Steps of the first stage that wait for `step` with a dependency that can be dropped. */
  droppableWaiters(step: Step): Waiter[] {
    return this.#prepare<[number], Waiter>(
      `SELECT dependency.step AS step, dependency.kind AS kind FROM dependency JOIN step ON step.id = dependency.step
        WHERE dependency.needs = ? AND step.stage = 1 AND dependency.kind <> 'required'
        ORDER BY dependency.step, ${kindOrder.replace('CASE kind', 'CASE dependency.kind')}`,
    ).all(step.id);
  }

  clearCycleMarks(): void {
    this.#prepare('UPDATE step SET in_cycle = 0').run();
  }

  isInCycle(id: number): boolean {
    return this.#prepare<[number], number>('SELECT in_cycle FROM step WHERE id = ?').pluck().get(id) === 1;
  }

  markInCycle(id: number): void {
    this.#prepare('UPDATE step SET in_cycle = 1 WHERE id = ?').run(id);
  }
}
