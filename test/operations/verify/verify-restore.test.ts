/** A fast verification of a damaged copy; that of a whole one is in `test/fidelity`. */
import { expect, it } from 'vitest';
import { verifyRestore } from '../../../src/operations/verify/verify-restore.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import { addPage } from '../../../src/simulator/workspace/state.ts';
import { withWorkspace } from '../../notion/restore/workspace.ts';
import { jobOf } from './job-of.ts';

it('finds in a copy what is gone, changed, added, and what cannot be read', async () => {
  await withWorkspace({ state: sampleWorkspace({ small: true }) }, async (workspace) => {
    const { state, faults } = workspace.simulator;
    const snapshot = await workspace.snapshot();
    const before = new Set([...state.pages.values(), ...state.blocks.values()].map(({ id }) => id));
    const result = await workspace.restore(snapshot, workspace.addTarget());
    const verify = async () =>
      verifyRestore(jobOf(workspace), {
        api: workspace.api,
        snapshot,
        path: '/',
        result,
        comments: true,
        markers: false,
        isFull: false,
        restoreRequests: 1_000,
      });
    expect((await verify()).findings.filter(({ verdict }) => verdict !== 'impossible')).toEqual([]);
    const copies = [...state.blocks.values()].filter(({ id }) => !before.has(id));
    const [gone, changed, extra] = copies.filter(({ type }) => type === 'paragraph');
    const row = [...state.pages.values()].find(
      ({ id, parent }) => !before.has(id) && parent.type === 'data_source_id',
    );
    if (gone === undefined || changed === undefined || extra === undefined || row === undefined)
      throw new Error('the sample has no paragraphs or rows');
    gone.inTrash = true;
    changed.payload = { ...changed.payload, rich_text: [] };
    addPage(state, { parent: row.parent, values: { title: [] } });
    const damaged = await verify();
    expect(damaged.counts).toMatchObject({ lost: 2, extra: 1, unknown: 0 });
    const path = new RegExp(`/blocks/${changed.parent.id}/children`);
    const answer = { status: 403, code: 'restricted_resource', message: 'Insufficient permissions.' };
    faults.script.push({ method: 'GET', path, answer });
    const blind = await verify();
    expect(blind.counts.unknown).toBeGreaterThan(0);
    expect(blind.counts.lost).toBeLessThan(2);
  });
}, 120_000);
