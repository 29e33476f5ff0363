/** The workspaces that configured sources were, so that a token of another workspace under the same name is noticed. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isObject, stringAt } from '../../../document/json.ts';
import { KlosetError } from '../../../errors.ts';
import type { Workspace } from '../../../operations/backup/notion-source.ts';
import type { App } from '../../app/app.ts';
import { configFolder } from '../../app/folders.ts';

/**
 * Compares the workspace with the one that the source `word` (`@mynotion`) was before, and remembers it. Sources without a name are
 * not remembered. @throws KlosetError `credentials` for another workspace, unless `isAccepted`
 */
export function checkWorkspaceOf(
  app: App,
  word: string | undefined,
  workspace: Workspace,
  isAccepted: boolean,
): void {
  if (word === undefined || !word.startsWith('@')) return;
  const name = word.slice(1);
  const path = join(configFolder(app.io), 'workspaces.json');
  const known = read(path);
  const before = known[name];
  if (before === workspace.id) return;
  if (before !== undefined && !isAccepted) throw otherWorkspace(word, workspace);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.new`, JSON.stringify({ ...known, [name]: workspace.id }), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch {
    // A read-only home: this machine cannot remember it, and the next run is a first one again.
  }
}

function otherWorkspace(word: string, { name }: Workspace): KlosetError {
  const which = name === '' ? 'another workspace' : `another workspace, ${JSON.stringify(name)}`;
  return new KlosetError(
    'credentials',
    `The token of ${word} belongs to ${which}, not to the one it was backed up from before.`,
    {
      hint: 'Give the right token, or a source of its own to the other workspace; --accept-workspace takes it under this name.',
    },
  );
}

function read(path: string): { [name: string]: string } {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!isObject(value)) return {};
    return Object.fromEntries(
      Object.keys(value).flatMap((name) => {
        const id = stringAt(value, name);
        return id === undefined ? [] : [[name, id]];
      }),
    );
  } catch {
    return {};
  }
}
