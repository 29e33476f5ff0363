/** Restores in place that are cut off at a request, as kill -9 or an outage does, and run again: the same end. */
import { expect } from 'vitest';
import type { NotionConnection } from '../../../../src/notion/api/client.ts';
import { readIdMap } from '../../../../src/notion/restore/journal/restore-result.ts';
import { generateWorkspace } from '../../../../src/simulator/sample/generated/generate.ts';
import { damageWorkspace, mendable } from './damage.ts';
import { recordsOf } from './records.ts';
import { Stage } from './stage.ts';
import { asTold, toldEmbeds } from './told.ts';

/** What a killed process sees of an answer. It is no API failure, so nothing reads back. */
class Killed extends Error {}

/** The connection until the write numbered `last` is carried out (or just not); from there on everything fails. */
function cutAfter(api: NotionConnection, last: number, arrives: boolean): NotionConnection {
  let writes = 0;
  let isDead = false;
  const request: NotionConnection['request'] = async (given) => {
    if (isDead) throw new Killed();
    if (given.method !== 'get' && given.effect === 'write') writes += 1;
    if (writes < last) return api.request(given);
    isDead = true;
    if (arrives) await api.request(given);
    throw new Killed();
  };
  return new Proxy(api, {
    get(target, key) {
      if (key === 'request') return request;
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

export interface Cuts {
  readonly cuts: number;
  /** Number of writes from one cut to the next. */
  readonly step: number;
  /** Kinds of damage; all when absent. */
  readonly acts?: typeof mendable;
}

/** An option that was created again has another id: when that one is renamed, too, nobody knows any more what it was. */
const { 'renamed option': _once, ...repeatable } = mendable;

/**
 * Damages one workspace again and again; each time the restore is cut off at a later write, run again, and expected to give
 * the original.
 */
export async function expectSameEnd(seed: number, { cuts, step, acts = mendable }: Cuts): Promise<void> {
  const state = generateWorkspace({
    seed,
    pages: 6,
    databases: 1,
    rowsPerDatabase: 3,
    viewsPerDatabase: 2,
    depth: 3,
    blocksPerPage: 5,
    variety: 'plain',
  });
  const stage = await Stage.of(state);
  try {
    const snapshot = await stage.backup();
    const before = recordsOf(state);
    const originals = new Map<string, string>();
    const embeds = new Set<string>();
    const isTold = (plan: Parameters<typeof toldEmbeds>[0]): void => {
      for (const id of toldEmbeds(plan)) embeds.add(originals.get(id) ?? id);
    };
    for (let cut = 0; cut < cuts; cut += 1) {
      const damage = damageWorkspace(state, seed * 1000 + cut, 8, cut === 0 ? acts : repeatable);
      isTold(await stage.plan(snapshot));
      const api = cutAfter(stage.api, 1 + cut * step, cut % 2 === 0);
      await stage.restore(snapshot, { verify: 'none' }, api).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
      const { restored, plan } = await stage.restore(snapshot, { verify: 'none' });
      expect(restored?.result.errors).toEqual([]);
      for (const journal of stage.journals())
        for (const { old, fresh } of readIdMap(journal))
          if (old !== fresh.replaceAll('-', ''))
            originals.set(fresh.replaceAll('-', ''), originals.get(old) ?? old);
      isTold(plan);
      const after = recordsOf(state, originals);
      const done = damage.map(({ id, kind }) => `${kind} ${id}`).join('\n');
      expect([...after.keys()].sort(), `cut ${cut}\n${done}`).toEqual([...before.keys()].sort());
      for (const [id, was] of before)
        expect(asTold(after.get(id)), `cut ${cut}: ${id}\n${done}`).toEqual(asTold(was, embeds));
    }
  } finally {
    await stage.close();
  }
}
