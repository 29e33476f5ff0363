/**
 * Decides in which order things are made, so that as many as possible can name what they refer to at once. Where things
 * refer to each other in a circle, something is made first without and completed later; which, is decided here.
 *
 * 1. Steps nothing holds back are ranked, as if they were done (Kahn's algorithm).
 * 2. When none is left but some remain, a circle is followed and one wait in it given up: `release`.
 * 3. Ranks are the order in which the steps are carried out; the waits that are left are kept to.
 */
import { KlosetError } from '../../../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { Soft, Step } from '../journal/steps.ts';
import { StepGraph } from '../journal/steps.ts';

/** What one circle cost. */
export interface Release {
  readonly step: Step;
  readonly soft: Soft;
  /** No step of this circle was in one before: breaking it is a price of its own, whatever the order. */
  readonly isDisjoint: boolean;
}

/** Cheapest and safest to give up first. */
const preference: readonly Soft[] = ['sequence', 'linked', 'content', 'values', 'run'];

/** Ranks all steps. Returns how many waits of each kind were given up. */
export function orderSteps(journal: Journal, signal?: AbortSignal): Map<Soft, number> {
  const { database } = journal;
  const releases = new Map<Soft, number>();
  return journal.atomically(() => {
    countWaits(journal);
    let rank = 0;
    let circles = 0;
    database.exec('UPDATE step SET circled = 0');
    const takeReady = journal.prepare<[], { id: number }>(
      'SELECT id FROM step WHERE stage = 1 AND waits = 0 AND rank IS NULL ORDER BY id LIMIT 200',
    );
    const setRank = journal.prepare('UPDATE step SET rank = ? WHERE id = ?');
    const relieve = journal.prepare(
      'UPDATE step SET waits = waits - 1 WHERE id IN (SELECT step FROM dep WHERE needs = ? AND step <> needs)',
    );
    for (;;) {
      signal?.throwIfAborted();
      const ready = takeReady.all();
      for (const { id } of ready) {
        setRank.run(rank++, id);
        relieve.run(id);
      }
      if (ready.length > 0) continue;
      const stuck = journal
        .prepare<[], { id: number }>(
          'SELECT id FROM step WHERE stage = 1 AND rank IS NULL ORDER BY id LIMIT 1',
        )
        .get();
      if (stuck === undefined) break;
      const released = release(journal, stuck.id);
      releases.set(released.soft, (releases.get(released.soft) ?? 0) + 1);
      if (released.isDisjoint) circles += 1;
    }
    journal.prepare('UPDATE step SET rank = ? + id WHERE rank IS NULL').run(rank);
    countWaits(journal);
    journal.setMeta('circles', String(circles));
    return releases;
  });
}

/** One wait counts once for each step waited for, whatever the reasons. */
function countWaits(journal: Journal): void {
  journal.database.exec(`
    UPDATE step SET waits = (
      SELECT count(DISTINCT needs) FROM dep JOIN step AS other ON other.id = dep.needs
      WHERE dep.step = step.id AND other.stage <= step.stage AND other.state = 'todo')
    WHERE state = 'todo'`);
}

/** Follows what `start` waits for until a circle closes, and gives up one wait in it. */
function release(journal: Journal, start: number): Release {
  const next = journal.prepare<[number], { needs: number; soft: Soft }>(
    `SELECT dep.needs AS needs, min(dep.soft) AS soft FROM dep JOIN step ON step.id = dep.needs
      WHERE dep.step = ? AND step.rank IS NULL AND step.stage = 1 GROUP BY dep.needs ORDER BY soft, dep.needs LIMIT 1`,
  );
  const path: { step: number; soft: Soft }[] = [];
  const places = new Map<number, number>();
  for (let at = start; ; ) {
    const closed = places.get(at);
    if (closed !== undefined) return giveUp(journal, path.slice(closed));
    const wait = next.get(at);
    if (wait === undefined)
      throw new KlosetError('internal', `Step ${at} of the restore waits for nothing and is not ready.`);
    places.set(at, path.length);
    path.push({ step: at, soft: wait.soft });
    at = wait.needs;
  }
}

function giveUp(journal: Journal, circle: readonly { step: number; soft: Soft }[]): Release {
  for (const soft of preference) {
    const found = circle.find((wait) => wait.soft === soft);
    if (found === undefined) continue;
    const step = stepOf(journal, found.step);
    const isDisjoint = markCircle(journal, circle) && (soft === 'content' || soft === 'values');
    releaseWait(journal, step, soft);
    return { step, soft, isDisjoint };
  }
  throw new KlosetError('internal', 'Steps of the restore wait for each other in a circle.');
}

/** Marks the steps of a circle; true when none was marked before. */
function markCircle(journal: Journal, circle: readonly { step: number }[]): boolean {
  const marked = journal.prepare<[number], number>('SELECT circled FROM step WHERE id = ?').pluck();
  const isNew = circle.every(({ step }) => marked.get(step) === 0);
  for (const { step } of circle) journal.prepare('UPDATE step SET circled = 1 WHERE id = ?').run(step);
  return isNew;
}

/** What giving up a wait means for the step that waited. */
function releaseWait(journal: Journal, step: Step, soft: Soft): void {
  const needs = journal
    .prepare<[number, string], number>('SELECT needs FROM dep WHERE step = ? AND soft = ?')
    .pluck()
    .all(step.id, soft);
  const graph = new StepGraph(journal);
  if (soft === 'run' || soft === 'linked') {
    postpone(journal, step);
    return;
  }
  graph.unlink(step, soft);
  if (soft === 'content') {
    // The page is made without blocks; its first run is put at its start when everything exists.
    journal.prepare('UPDATE object SET carry = 0 WHERE id = ?').run(step.object);
    postpone(journal, graph.step('run', step.object, 0, `page:${step.object}`, 2), needs);
  }
  if (soft === 'values') postpone(journal, graph.step('values', step.object, 0, step.lane, 2));
  recount(journal, step.id);
}

/** Moves a step behind everything that is ordered, and with it what cannot be done before it. */
function postpone(journal: Journal, step: Step, needs: readonly number[] = []): void {
  const graph = new StepGraph(journal);
  for (const id of needs) graph.link(step, stepOf(journal, id), 'run');
  graph.link(step, graph.find('page', step.object));
  graph.setStage(step, 2);
  for (const freed of graph.ungate(step)) recount(journal, freed);
  recount(journal, step.id);
  const followers = journal
    .prepare<[number], { step: number; soft: Soft }>(
      "SELECT dep.step AS step, dep.soft AS soft FROM dep JOIN step ON step.id = dep.step WHERE dep.needs = ? AND step.stage = 1 AND dep.soft <> ''",
    )
    .all(step.id);
  for (const follower of followers) releaseWait(journal, stepOf(journal, follower.step), follower.soft);
}

/** Counts again what a step waits for, while ranks are given. */
function recount(journal: Journal, id: number): void {
  journal
    .prepare(
      `UPDATE step SET waits = (
        SELECT count(DISTINCT needs) FROM dep JOIN step AS other ON other.id = dep.needs
        WHERE dep.step = step.id AND other.stage <= step.stage AND other.rank IS NULL)
      WHERE id = ? AND rank IS NULL`,
    )
    .run(id);
}

function stepOf(journal: Journal, id: number): Step {
  const step = journal
    .prepare<[number], Step>('SELECT id, stage, kind, object, part, lane FROM step WHERE id = ?')
    .get(id);
  if (step === undefined) throw new KlosetError('internal', `The restore has no step ${id}.`);
  return step;
}
