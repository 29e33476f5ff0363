/** A workspace of three pages, served on loopback, that changes when told to. */
import { createHash } from 'node:crypto';
import type { Simulator } from '../../../src/simulator/server.ts';
import { startSimulator } from '../../../src/simulator/server.ts';
import { addBlock, addPage, createState, richText } from '../../../src/simulator/workspace/state.ts';

/** Stands in the text of the first page, and nowhere in what a store or a machine may show. */
export const secretText = 'The merger is announced on Friday.';

const someTime = Date.UTC(2026, 4, 20, 8, 30, 12, 345);

export interface Workspace {
  readonly simulator: Simulator;
  readonly homeId: string;
  /** Rewrites the long page; the same version is the same page again, byte for byte. */
  write(version: number): void;
  close(): Promise<void>;
}

export async function startWorkspace(): Promise<Workspace> {
  const state = createState();
  const stamp = { createdTime: someTime, editedTime: someTime };
  const home = addPage(state, {
    parent: { type: 'workspace', id: '' },
    values: { title: richText('Home') },
    ...stamp,
  });
  state.shared.add(home.id);
  const inHome = { parent: { type: 'page_id', id: home.id }, ...stamp } as const;
  addBlock(state, { ...inHome, type: 'paragraph', payload: { rich_text: richText(secretText) } });
  addPage(state, { ...inHome, values: { title: richText('Quiet') } });
  const page = addPage(state, { ...inHome, values: { title: richText('Long') } });
  const block = { parent: { type: 'page_id', id: page.id }, ...stamp, type: 'paragraph' } as const;
  const blocks = Array.from({ length: 40 }, () => addBlock(state, { ...block }));
  const write = (version: number): void => {
    const editedTime = someTime + version * 3_600_000;
    page.editedTime = editedTime;
    for (const [number, each] of blocks.entries()) {
      each.payload = { rich_text: richText(noise(`${version} ${number}`)) };
      each.editedTime = editedTime;
    }
  };
  write(1);
  const simulator = await startSimulator({ state, clock: 'real' });
  return { simulator, homeId: home.id, write, close: () => simulator.close() };
}

/** Text that nothing compresses: a thousand letters that follow from `seed`. */
function noise(seed: string): string {
  const parts = Array.from({ length: 24 }, (_, part) =>
    createHash('sha256').update(`${seed} ${part}`).digest('base64url'),
  );
  return `version ${seed} ${parts.join('')}`.slice(0, 1000);
}
