/** The steps of a restore as the journal holds them, with what each waits for. */
import type { Journal } from './journal.ts';

/**
 * - page: create a page or row, with the first blocks when nothing holds them back
 * - run: append blocks of a page (part: the place of the run among the page's items)
 * - database, source, schema (part: level): create a database, a further data source, properties that name others
 * - linked: re-create a linked database as a linked view
 * - values: set values that had to wait for other rows; heading: titles that name what came later
 * - views, comments, lock: as they say; links: blocks that link to comments, which are written last
 * - patch: change an object that is still there back to what it was (restores in place)
 */
export type StepKind =
  | 'page'
  | 'run'
  | 'database'
  | 'source'
  | 'schema'
  | 'linked'
  | 'values'
  | 'views'
  | 'comments'
  | 'links'
  | 'lock'
  | 'patch';

/** Why a step waits for another. An empty reason cannot be given up; the others can, at a price. */
export type Soft = '' | 'content' | 'values' | 'run' | 'gate' | 'linked' | 'sequence';

export interface Step {
  readonly id: number;
  readonly kind: StepKind;
  /** The object it is about. */
  readonly object: string;
  readonly part: number;
  /** Steps of one lane are never under way together: Notion refuses parallel writes under one parent. */
  readonly lane: string;
  /** 1 while what is made must be ordered, 2 once everything exists, 3 once all comments do, 4 for locks. */
  readonly stage: number;
}

/** Writes and reads the step graph. */
export class StepGraph {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  find(kind: StepKind, object: string, part = 0): Step | undefined {
    return this.#journal
      .prepare<[string, string, number], Step>(
        'SELECT id, stage, kind, object, part, lane FROM step WHERE kind = ? AND object = ? AND part = ?',
      )
      .get(kind, object, part);
  }

  /** The step of that name, made when it is not there. */
  step(kind: StepKind, object: string, part: number, lane: string, stage = 1): Step {
    const known = this.find(kind, object, part);
    if (known !== undefined) return known;
    this.#journal
      .prepare('INSERT INTO step (stage, kind, object, part, lane) VALUES (?, ?, ?, ?, ?)')
      .run(stage, kind, object, part, lane);
    return this.find(kind, object, part) ?? { id: 0, kind, object, part, lane, stage };
  }

  /** `step` waits for `needs`. A step that cannot be told apart from what it waits for waits for ever: see `release`. */
  link(step: Step, needs: Step | undefined, soft: Soft = ''): void {
    if (needs === undefined) return;
    this.#journal
      .prepare('INSERT OR IGNORE INTO dep (step, needs, soft) VALUES (?, ?, ?)')
      .run(step.id, needs.id, soft);
  }

  setStage(step: Step, stage: number): void {
    this.#journal.prepare('UPDATE step SET stage = ? WHERE id = ?').run(stage, step.id);
  }

  /** Gives up everything `step` waits for because of `soft`. */
  unlink(step: Step, soft: Soft): void {
    this.#journal.prepare('DELETE FROM dep WHERE step = ? AND soft = ?').run(step.id, soft);
  }

  /** Lets nothing wait for `step` merely to keep the order of siblings. Returns what waited for it. */
  ungate(step: Step): number[] {
    const freed = this.#journal
      .prepare<[number], number>("SELECT step FROM dep WHERE needs = ? AND soft = 'gate'")
      .pluck()
      .all(step.id);
    this.#journal.prepare("DELETE FROM dep WHERE needs = ? AND soft = 'gate'").run(step.id);
    return freed;
  }
}
