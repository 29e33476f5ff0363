/** One damaged workspace, restored in place and compared with the simulator's own records. */
import { expect } from 'vitest';
import { readIdMap } from '../../../../src/notion/restore/journal/restore-result.ts';
import { generateWorkspace } from '../../../../src/simulator/sample/generated/generate.ts';
import { refusalsOf } from '../../../../src/simulator/write/routes.ts';
import { damageWorkspace } from './damage.ts';
import { recordsOf } from './records.ts';
import { Stage } from './stage.ts';
import { asTold, toldEmbeds } from './told.ts';

/** A generated workspace is damaged by a seed, planned, restored, compared, and restored once more. */
export async function expectMended(seed: number, acts = 14): Promise<void> {
  const state = generateWorkspace({
    seed,
    pages: 10,
    databases: 2,
    rowsPerDatabase: 4,
    viewsPerDatabase: 2,
    depth: 3,
    blocksPerPage: 8,
    variety: 'every',
    media: 3,
    mediaBytes: 2_000,
    comments: 4,
  });
  const stage = await Stage.of(state);
  try {
    const snapshot = await stage.backup();
    const before = recordsOf(state);
    expect(await stage.writesOf(() => stage.restore(snapshot))).toEqual([]);

    const damage = damageWorkspace(state, seed, acts);
    expect(damage.length).toBeGreaterThan(acts / 2);
    let plan: Awaited<ReturnType<Stage['plan']>> | undefined;
    expect(await stage.writesOf(async () => (plan = await stage.plan(snapshot)))).toEqual([]);
    for (const { id, kind, told } of damage) {
      const change = plan?.changes.find((each) => each.id === id.replaceAll('-', ''));
      const said: string[] = change?.differences.map(({ what }) => what) ?? [];
      if (change?.action === 'create' || told.length === 0) continue;
      expect([kind, said.some((what) => told.includes(what))], JSON.stringify(change)).toEqual([kind, true]);
    }

    const { restored } = await stage.restore(snapshot);
    expect(restored?.result.errors).toEqual([]);
    expect(refusalsOf(state)).toEqual([]);
    const { findings = [] } = restored?.comparison ?? {};
    const journal = restored?.result.journalFile ?? '';
    const originals = new Map(
      [...readIdMap(journal)].map(({ old, fresh }) => [fresh.replaceAll('-', ''), old.replaceAll('-', '')]),
    );
    const after = recordsOf(state, originals);
    const done = damage.map(({ id, kind }) => `${kind} ${id}`);
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
    const embeds = new Set(toldEmbeds({ changes: plan?.changes ?? [] }));
    for (const [id, was] of before)
      expect(asTold(after.get(id)), `${id}\n${done.join('\n')}`).toEqual(asTold(was, embeds));
    expect(findings.filter(({ verdict }) => verdict !== 'impossible')).toEqual([]);

    const again = await stage.plan(snapshot);
    expect(again.changes).toEqual([]);
    expect(await stage.writesOf(() => stage.restore(snapshot))).toEqual([]);
  } finally {
    await stage.close();
  }
}
