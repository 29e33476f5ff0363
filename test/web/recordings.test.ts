/** Every page of every recorded workspace opens in the web view. */
import { describe, expect, test } from 'vitest';
import { arrayAt, stringAt } from '../../src/document/json.ts';
import { InProcessMachine } from '../cli/in-process-machine.ts';
import { jsonOf } from '../e2e/machine.ts';
import { Recording, recordedWorkspaces } from '../replay/recording.ts';
import { startReplay } from '../replay/replay-server.ts';
import { faultsOf } from './html.ts';
import { serveStore } from './served.ts';

const workspaces = recordedWorkspaces();
if (workspaces.length === 0)
  process.stderr.write(
    'left out: recorded workspaces in the web view, because ../shared/notion-recordings is not here\n',
  );

describe.skipIf(workspaces.length === 0)('a recorded workspace', () => {
  test.each(workspaces)('%s: every page and every view opens without an error', async (workspace) => {
    const replay = await startReplay(workspace);
    const machine = new InProcessMachine();
    try {
      machine.connect(replay);
      expect(await machine.at(['create'])).toMatchObject({ code: 0 });
      const { completeRoots, partialRoots } = new Recording(workspace);
      const roots = workspace.startsWith('ultimate') ? [] : [...completeRoots, ...partialRoots];
      const words = ['backup', '--json', '--no-media', '--comments', 'pages'];
      const trash = roots.length > 0 ? ['--trash'] : [];
      const backup = await machine.at([...words, ...trash, ...roots.flatMap(({ id }) => ['--root', id])]);
      const id = stringAt(jsonOf(backup), 'snapshot') ?? '';
      expect(id).toHaveLength(64);
      const served = await serveStore(machine);
      const faults: string[] = [];
      const entries = arrayAt(jsonOf(await machine.at(['ls', '--json', '--recursive', id])), 'entries');
      const objects = entries.flatMap(
        (entry) => stringAt(entry, 'id') ?? stringAt((entry as { object?: unknown }).object, 'id') ?? [],
      );
      expect(objects.length).toBeGreaterThan(0);
      for (const object of new Set(objects)) {
        const path = `/s/${id.slice(0, 16)}/o/${object.replaceAll('-', '')}/`;
        const { status, text } = await served.get(path);
        if (status !== 200) faults.push(`${path}: ${status} ${text.slice(0, 400)}`);
        faults.push(...faultsOf(text).map((fault) => `${path}: ${fault}`));
        for (const [, view = ''] of text.matchAll(/href="[^"]*\?v=(\d+)"/g)) {
          const shown = await served.get(`${path}?v=${view}`);
          if (shown.status !== 200)
            faults.push(`${path}?v=${view}: ${shown.status} ${shown.text.slice(0, 400)}`);
        }
      }
      await served.stop();
      expect(faults.slice(0, 10)).toEqual([]);
    } finally {
      machine.dispose();
      await replay.close();
    }
  });
});
