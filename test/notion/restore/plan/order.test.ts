/** Steps in an order that lets things name what they refer to; circles are opened where it is cheapest. */
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../../src/database.ts';
import { Journal } from '../../../../src/notion/restore/journal/journal.ts';
import type { Soft } from '../../../../src/notion/restore/journal/steps.ts';
import { StepGraph } from '../../../../src/notion/restore/journal/steps.ts';
import { orderSteps } from '../../../../src/notion/restore/plan/order.ts';

/** Pages by name, and who waits for whom. */
function graphOf(pages: string, waits: readonly (readonly [step: string, needs: string, soft: Soft])[]) {
  const journal = new Journal(openDatabase(':memory:'));
  const graph = new StepGraph(journal);
  for (const name of pages) {
    graph.step('page', name, 0, 'lane');
    journal
      .prepare("INSERT INTO object (id, seq, kind, path, carry) VALUES (?, ?, 'page', ?, 5)")
      .run(name, name.charCodeAt(0), `/${name}`);
  }
  for (const [step, needs, soft] of waits) {
    const from = graph.find('page', step);
    if (from !== undefined) graph.link(from, graph.find('page', needs), soft);
  }
  return journal;
}

function rank(journal: Journal): string {
  return journal
    .prepare<[], string>("SELECT object FROM step WHERE kind = 'page' AND stage = 1 ORDER BY rank")
    .pluck()
    .all()
    .join('');
}

describe('the order of a restore', () => {
  it('puts what is referred to first, as long as nothing forbids it', () => {
    const journal = graphOf('abcd', [
      ['b', 'a', ''],
      ['a', 'd', 'content'],
      ['c', 'b', 'values'],
    ]);
    expect([...orderSteps(journal)]).toEqual([]);
    expect(rank(journal)).toBe('dabc');
    expect(journal.meta('circles')).toBe('0');
  });

  it('creates a page without its blocks when they name a page below it, and appends them later', () => {
    const journal = graphOf('ab', [
      ['b', 'a', ''],
      ['a', 'b', 'content'],
    ]);
    expect([...orderSteps(journal)]).toEqual([['content', 1]]);
    expect(rank(journal)).toBe('ab');
    expect(new StepGraph(journal).find('run', 'a', 0)).toMatchObject({ stage: 2 });
    expect(journal.prepare<[], number>("SELECT carry FROM object WHERE id = 'a'").pluck().get()).toBe(0);
  });

  it('opens a circle once, not at every page of it', () => {
    const journal = graphOf('abcdx', [
      ['a', 'b', 'content'],
      ['b', 'c', 'content'],
      ['c', 'd', 'content'],
      ['d', 'a', 'content'],
      ['x', 'a', 'content'],
    ]);
    expect([...orderSteps(journal)]).toEqual([['content', 1]]);
    expect(journal.meta('circles')).toBe('1');
  });

  it('sets values later for rows that relate to each other', () => {
    const journal = graphOf('ab', [
      ['a', 'b', 'values'],
      ['b', 'a', 'values'],
    ]);
    orderSteps(journal);
    const later = journal
      .prepare<[], number>("SELECT count(*) FROM step WHERE kind = 'values' AND stage = 2")
      .pluck()
      .get();
    expect(later).toBe(1);
  });

  it('gives up the order of rows before anything else', () => {
    const journal = graphOf('ab', [
      ['a', 'b', 'sequence'],
      ['b', 'a', 'content'],
    ]);
    expect([...orderSteps(journal)]).toEqual([['sequence', 1]]);
  });

  it('lets a page that names itself follow itself', () => {
    const journal = graphOf('a', [['a', 'a', 'content']]);
    orderSteps(journal);
    expect(rank(journal)).toBe('a');
  });

  it('moves a run that waits in a circle behind everything, and frees what stood behind it', () => {
    const journal = graphOf('pcx', [
      ['c', 'p', ''],
      ['x', 'c', ''],
    ]);
    const graph = new StepGraph(journal);
    const run = graph.step('run', 'p', 1, 'page:p');
    const [page, child, other] = ['p', 'c', 'x'].map((name) => graph.find('page', name));
    if (page === undefined || child === undefined || other === undefined) throw new Error('no steps');
    graph.link(run, page);
    graph.link(child, run, 'gate');
    graph.link(run, other, 'run');
    expect([...orderSteps(journal)]).toEqual([['run', 1]]);
    expect(graph.find('run', 'p', 1)).toMatchObject({ stage: 2 });
    expect(rank(journal)).toBe('pcx');
  });
});
