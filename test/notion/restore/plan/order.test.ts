/** Steps in an order that lets things name what they refer to; cycles are broken where it is cheapest. */
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../../src/database.ts';
import { compactId } from '../../../../src/document/notion-id.ts';
import { Journal } from '../../../../src/notion/restore/journal/journal.ts';
import type { DependencyKind } from '../../../../src/notion/restore/journal/tables/steps/steps.ts';
import { orderSteps } from '../../../../src/notion/restore/plan/order.ts';

/** Pages by name, and their dependencies; `rank` gives the pages in their order. */
function graphOf(
  pages: string,
  waits: readonly (readonly [step: string, needs: string, kind: DependencyKind])[],
) {
  const database = openDatabase(':memory:');
  const journal = new Journal(database);
  const pageStep = (name: string) => journal.steps.ensure('page', compactId(name), 0, 'mutex');
  [...pages].forEach((name, seq) => {
    pageStep(name);
    journal.objects.add({ id: compactId(name), kind: 'page', path: `/${name}`, parent: null }, seq);
    journal.objects.setBlocksWithPage(compactId(name), 5);
  });
  for (const [step, needs, kind] of waits) journal.steps.addDependency(pageStep(step), pageStep(needs), kind);
  const rank = () =>
    database
      .prepare<[], string>("SELECT object FROM step WHERE kind = 'page' AND stage = 1 ORDER BY rank")
      .pluck()
      .all()
      .join('');
  return { journal, rank, pageStep };
}

describe('the order of a restore', () => {
  it('puts what is referred to first, as long as nothing forbids it', () => {
    const { journal, rank } = graphOf('abcd', [
      ['b', 'a', 'required'],
      ['a', 'd', 'content'],
      ['c', 'b', 'values'],
    ]);
    expect([...orderSteps(journal)]).toEqual([]);
    expect(rank()).toBe('dabc');
    expect(journal.meta('cycles')).toBe('0');
  });

  it('creates a page without its blocks when they name a page below it, and appends them later', () => {
    const { journal, rank } = graphOf('ab', [
      ['b', 'a', 'required'],
      ['a', 'b', 'content'],
    ]);
    expect([...orderSteps(journal)]).toEqual([['content', 1]]);
    expect(rank()).toBe('ab');
    expect(journal.steps.find('segment', compactId('a'), 0)).toMatchObject({ stage: 2 });
    expect(journal.objects.get('a')?.blocksWithPage).toBe(0);
  });

  it('breaks a cycle once, not at every page of it', () => {
    const { journal } = graphOf('abcdx', [
      ['a', 'b', 'content'],
      ['b', 'c', 'content'],
      ['c', 'd', 'content'],
      ['d', 'a', 'content'],
      ['x', 'a', 'content'],
    ]);
    expect([...orderSteps(journal)]).toEqual([['content', 1]]);
    expect(journal.meta('cycles')).toBe('1');
  });

  it('sets values later for rows that relate to each other', () => {
    const { journal } = graphOf('ab', [
      ['a', 'b', 'values'],
      ['b', 'a', 'values'],
    ]);
    orderSteps(journal);
    const steps = ['a', 'b'].map((page) => journal.steps.find('values', compactId(page)));
    expect(steps.filter((step) => step?.stage === 2)).toHaveLength(1);
  });

  it('drops the order of rows before anything else', () => {
    const { journal } = graphOf('ab', [
      ['a', 'b', 'sequence'],
      ['b', 'a', 'content'],
    ]);
    expect([...orderSteps(journal)]).toEqual([['sequence', 1]]);
  });

  it('lets a page that names itself follow itself', () => {
    const { journal, rank } = graphOf('a', [['a', 'a', 'content']]);
    orderSteps(journal);
    expect(rank()).toBe('a');
  });

  it('postpones a segment that waits in a cycle, and frees the siblings behind it', () => {
    const { journal, rank, pageStep } = graphOf('pcx', [
      ['c', 'p', 'required'],
      ['x', 'c', 'required'],
    ]);
    const { steps } = journal;
    const segment = steps.ensure('segment', compactId('p'), 1, 'page:p');
    steps.addDependency(segment, pageStep('p'));
    steps.addDependency(pageStep('c'), segment, 'siblingOrder');
    steps.addDependency(segment, pageStep('x'), 'segment');
    expect([...orderSteps(journal)]).toEqual([['segment', 1]]);
    expect(steps.find('segment', compactId('p'), 1)).toMatchObject({ stage: 2 });
    expect(rank()).toBe('pcx');
  });
});
