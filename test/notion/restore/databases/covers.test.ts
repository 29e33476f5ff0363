/** The cover of a data source, which is set through its database alone. */
import { expect, it } from 'vitest';
import { sampleWorkspace } from '../../../../src/simulator/sample/sample-workspace.ts';
import { withWorkspace } from '../workspace.ts';

it('gives the copy of a database the cover that only its first data source has', async () => {
  await withWorkspace({ state: sampleWorkspace({ small: true }) }, async (workspace) => {
    const { state } = workspace.simulator;
    const database = [...state.databases.values()].find(({ dataSources }) => dataSources.length === 1);
    const source = state.dataSources.get(database?.dataSources[0] ?? '');
    if (database === undefined || source === undefined) throw new Error('the sample has no database');
    database.cover = null;
    source.cover = { type: 'external', external: { url: 'https://covers.example.com/a.png' } };
    const snapshot = await workspace.snapshot();
    const result = await workspace.restore(snapshot, workspace.addTarget());
    expect(result.errors).toEqual([]);
    const copies = [...state.databases.values()].filter(({ cover }) => cover !== null);
    expect(copies.map(({ cover }) => JSON.stringify(cover))).toEqual([
      expect.stringContaining('https://covers.example.com/a.png'),
    ]);
    const { findings } = await workspace.compare(snapshot, result.journalFile);
    expect(findings.filter(({ what }) => what === 'cover')).toEqual([]);
  });
}, 120_000);
