import { it } from 'vitest';
import { generateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import { oddWorkspace } from '../../src/simulator/sample/odd/odd-workspace.ts';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import { homeOf } from './fidelity-table.ts';
import { roundTrip } from './round-trip.ts';
import { seedOptions } from './seeds.ts';

it('x', async () => {
  for (const [name, state] of [
    ['sample', sampleWorkspace()],
    ['odd', oddWorkspace().state],
    ['g1', generateWorkspace(seedOptions(1))],
    ['g2', generateWorkspace(seedOptions(2))],
  ] as const) {
    const trip = await roundTrip(state);
    const planned = new Map<string, string>();
    for (const { path, kind, outcome, reason } of trip.notes)
      planned.set(`${path} :: ${kind}`, `${outcome} ${reason}`);
    const found = new Map<string, string>();
    for (const f of trip.comparison.findings) {
      let home = f.what;
      try {
        home = homeOf(f.what);
      } catch {}
      found.set(`${f.path} :: ${home}`, `${f.verdict} ${f.what} ${f.at}`);
    }
    const only = (a: Map<string, string>, b: Map<string, string>) => {
      const out = new Map<string, string>();
      for (const [k, v] of a) if (!b.has(k)) out.set(k.replace(/.* :: /, ''), `${k} ${v}`);
      return [...out.values()].join('\n');
    };
    console.log(
      `=== ${name} ONLY PLANNED\n${only(planned, found)}\n=== ${name} ONLY FOUND\n${only(found, planned)}`,
    );
  }
}, 300_000);
