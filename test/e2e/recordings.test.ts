/** Real answers of Notion, replayed over HTTP to the installed command: nothing that was recorded may be missing. */
import { describe, expect, test } from 'vitest';
import { arrayAt, objectAt, stringAt } from '../../src/document/json.ts';
import { documentsIn } from '../replay/documents-in-folder.ts';
import { notHeld } from '../replay/recorded-objects.ts';
import { Recording, recordedWorkspaces } from '../replay/recording.ts';
import type { ServedBody } from '../replay/replay-server.ts';
import { startReplay } from '../replay/replay-server.ts';
import { trashedIn, untoldHoles, withoutLookUps } from './holes.ts';
import { jsonOf, withMachine } from './machine.ts';

interface Case {
  readonly title: string;
  readonly workspace: string;
  /** Ids given with `--root`; none for a crawl that begins with search. */
  readonly roots: readonly string[];
  /** True where no comments were recorded and nothing else is missing: such a connection may not read them. */
  readonly lacksCommentsOnly: boolean;
}

const cases = recordedWorkspaces().flatMap(casesOf);
if (cases.length === 0) {
  process.stderr.write(
    'left out: backups of recorded workspaces, because ../shared/notion-recordings is not here\n',
  );
}

function casesOf(workspace: string): Case[] {
  const { completeRoots, partialRoots } = new Recording(workspace);
  const isRecent = workspace.startsWith('ultimate');
  const complete = {
    title: 'from its complete roots',
    workspace,
    roots: completeRoots.map(({ id }) => id),
    lacksCommentsOnly: !isRecent,
  };
  if (isRecent) return [{ title: 'from search', workspace, roots: [], lacksCommentsOnly: false }, complete];
  if (!workspace.startsWith('devblog')) return [complete];
  // Its databases were recorded too, though the blocks of their rows are holes.
  const databases = partialRoots.filter(({ kind }) => kind === 'database').map(({ id }) => id);
  return [complete, { title: 'from its databases', workspace, roots: databases, lacksCommentsOnly: false }];
}

describe.skipIf(cases.length === 0)('a recorded workspace', () => {
  test.each(cases)(
    '$workspace, $title, is kept whole, and every hole is told',
    async ({ workspace, roots, lacksCommentsOnly }) => {
      const replay = await startReplay(workspace);
      try {
        await withMachine(
          async (machine) => {
            machine.connect(replay);
            expect(await machine.at(['create'])).toMatchObject({ code: 0 });
            // The media lie on servers of the past, nobody recorded the comments of blocks, and some
            // of the roots were trashed since. E-mail addresses, which stand in the answers, are kept when asked for.
            const settings = [
              '--no-media',
              '--emails',
              '--comments',
              'pages',
              ...(roots.length > 0 ? ['--trash'] : []),
            ];
            const words = ['backup', '--json', ...settings, ...roots.flatMap((id) => ['--root', id])];
            const backup = await machine.at(words);
            const manifest =
              objectAt(jsonOf(await machine.at(['info', 'latest', '--json'])), 'manifest') ?? {};
            const errors = arrayAt(objectAt(manifest, 'errors'), 'list');

            expect({ code: backup.code, stderr: withoutWarnings(backup.stderr) }).toEqual({
              code: lacksCommentsOnly ? 0 : 3,
              stderr: '',
            });
            expect(jsonOf(backup)).toMatchObject({
              complete: lacksCommentsOnly,
              error_count: errors.length,
            });
            const refused = objectAt(objectAt(manifest, 'blind_spots'), 'refused') ?? {};
            if (lacksCommentsOnly) expect(refused).toHaveProperty('comments');
            expect(untoldHoles(replay, manifest)).toEqual([]);

            const told = await machine.at(['info', 'latest', '--errors']);
            expect(told.code).toBe(0);
            for (const error of errors) expect(told.stdout).toContain(stringAt(error, 'id'));

            expect(await machine.at(['check'])).toMatchObject({ code: 0 });
            const restore = await machine.at(['restore', '--to', 'restored', '--json']);
            const documents = documentsIn(machine.path('restored'));
            const missing = arrayAt(jsonOf(restore), 'not_in_snapshot').map((gap) => stringAt(gap, 'id'));
            const gaps = documents.flatMap((document) => arrayAt(document, 'gaps'));
            expect(missing).toEqual(expect.arrayContaining(gaps.map((gap) => stringAt(gap, 'id'))));
            expect(restore.code).toBe(missing.length > 0 ? 3 : 0);
            expect(notHeld(documents, witnesses(replay.recorded, roots))).toEqual([]);
            expect(documents.length).toBeGreaterThan(1);
          },
          { isHere: true },
        );
      } finally {
        await replay.close();
      }
    },
  );
});

/** With given roots, search shows much that lies outside of them; without, what is trashed is not asked for. */
function witnesses(recorded: readonly ServedBody[], roots: readonly string[]): ServedBody[] {
  const read = withoutLookUps(recorded);
  if (roots.length > 0) return read.filter(({ path }) => path !== '/v1/search');
  const trashed = trashedIn(recorded);
  const isKept = (object: unknown) => !trashed.has((stringAt(object, 'id') ?? '').replaceAll('-', ''));
  return read
    .filter(({ body }) => isKept(body))
    .map((served) =>
      served.body.object === 'list'
        ? { ...served, body: { ...served.body, results: arrayAt(served.body, 'results').filter(isKept) } }
        : served,
    );
}

function withoutWarnings(stderr: string): string {
  return stderr.replace(/^warning: .*\n/gm, '');
}
