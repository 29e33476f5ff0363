import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../../src/database.ts';
import { openCrawlState } from '../../../../src/notion/crawl/state/crawl-state.ts';
import { EndOfRun } from '../../../../src/notion/crawl/state/database/end-of-run.ts';
import { StateDatabase } from '../../../../src/notion/crawl/state/database/state-database.ts';
import { numberId } from '../fake-context.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'crawl-state-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const page = { id: numberId(1), kind: 'page', state: 'pending' } as const;

describe('the state of a crawl', () => {
  it('is there again for the same crawl and dropped for another', () => {
    const file = join(folder, 'state.sqlite');
    const first = openCrawlState(file, 'one');
    first.objects.add(page);
    first.close();
    const again = openCrawlState(file, 'one');
    expect(again.isResumed).toBe(true);
    expect(again.objects.get(page.id)).toMatchObject(page);
    again.close();
    const other = openCrawlState(file, 'two');
    expect(other.isResumed).toBe(false);
    expect(other.objects.get(page.id)).toBeUndefined();
    other.remove();
  });

  it('drops a checkpoint of the first layout, which had its identity in another table', () => {
    const file = join(folder, 'old.sqlite');
    const old = openDatabase(file);
    old.exec(`CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
      INSERT INTO meta VALUES ('layout', '1'), ('fingerprint', 'one');`);
    old.close();
    const state = openCrawlState(file, 'one');
    expect(state.isResumed).toBe(false);
    state.remove();
  });

  it('writes all of a transaction or nothing, and a nested one belongs to the outer', () => {
    const state = openCrawlState(':memory:', 'one');
    const failure = new Error('in the middle');
    expect(() =>
      state.transaction(() => {
        state.transaction(() => state.objects.add(page));
        throw failure;
      }),
    ).toThrow(failure);
    expect(state.objects.get(page.id)).toBeUndefined();
    expect(state.transaction(() => state.queue.count('pending'))).toBe(0);
  });

  it('ends the run when a statement fails, and says why', () => {
    const database = new StateDatabase(openDatabase(':memory:'));
    database.prepare<[]>('CREATE TABLE t (id TEXT PRIMARY KEY)').run();
    const add = database.prepare<[string]>('INSERT INTO t VALUES (?)');
    add.run('a');
    const failed = catchError(() => database.transaction(() => add.run('a')));
    expect(failed).toBeInstanceOf(EndOfRun);
    expect(failed).toMatchObject({ cause: { name: 'SqliteError' } });
    // The failed transaction is over.
    expect(database.transaction(() => add.run('b'))).toBe(1);
  });

  it('knows each step that is complete, and when the crawl began', () => {
    const { progress } = openCrawlState(':memory:', 'one');
    expect(progress.startedAt(5)).toBe(5);
    expect(progress.startedAt(9)).toBe(5);
    progress.complete('search');
    expect([progress.isComplete('search'), progress.isComplete('trash')]).toEqual([true, false]);
    progress.repeat('search');
    expect(progress.isComplete('search')).toBe(false);
  });

  it('gives objects in batches, each once, also while their states change', () => {
    const { objects, queue } = openCrawlState(':memory:', 'one');
    for (let n = 0; n < 10; n += 1) objects.add({ id: numberId(n), kind: 'page', state: 'reused' });
    const seen: string[][] = [];
    for (const ids of queue.batches('page', 'reused', 4)) {
      seen.push(ids);
      for (const id of ids) objects.markRewritten(id, '');
    }
    expect(seen.map(({ length }) => length)).toEqual([4, 4, 2]);
    expect(new Set(seen.flat()).size).toBe(10);
  });
});

function catchError(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
