/** The snapshot's tree as steps, read from the checkpoint as they are taken: no directory is ever held whole. */
import type { FileEntry, TreeStep } from '../../../document/content.ts';
import { loadEntries } from '../read/finish-object.ts';
import type { Run } from '../state/context.ts';
import { previousOf } from '../state/context.ts';
import type { ObjectKind } from '../state/objects.ts';
import { orphanPlace, orphans, rootPlace, templatePlace, trash, trashPlace } from './place-objects.ts';

/** Shown for directories that stand for nothing that could have been edited. */
const noTime = '1970-01-01T00:00:00.000Z';

const childrenAtOnce = 500;

interface Child {
  readonly id: string;
  readonly kind: ObjectKind;
  readonly state: string;
  readonly name: string;
  readonly edited: string;
}

/** Something in a directory: its name, and the steps it takes. */
interface Part {
  readonly name: string;
  steps(): Iterable<TreeStep>;
}

/** @param rootFiles workspace.json, manifest.json and the workspace's media (`files/…`) */
export function* treeSteps(run: Run, rootFiles: readonly FileEntry[]): Generator<TreeStep> {
  const parts = [
    ...fileParts(rootFiles, noTime),
    ...placeParts(run, orphans, orphanPlace, noTime),
    ...placeParts(run, trash, trashPlace, noTime),
  ];
  yield* merged(parts, childParts(run, rootPlace));
}

function* objectSteps(run: Run, child: Child): Generator<TreeStep> {
  const { id, kind, name } = child;
  const previous = child.state === 'reused' ? previousOf(run, id) : undefined;
  const edited = previous?.edited ?? child.edited;
  yield { type: 'enter', name, modified: timeOf(edited), object: { id, kind, edited } };
  const files = previous?.files ?? loadEntries(run, id);
  const templates =
    kind === 'database' ? placeParts(run, '_templates', templatePlace(id), timeOf(edited)) : [];
  yield* merged([...fileParts(files, timeOf(edited)), ...templates], childParts(run, id));
  yield { type: 'leave' };
}

function* childParts(run: Run, place: string): Generator<Part> {
  const page = run.state.prepare<[string, string], Child>(
    `SELECT id, kind, state, name, edited FROM objects WHERE placed = ? AND name > ? ORDER BY name LIMIT ${childrenAtOnce}`,
  );
  let last = '';
  for (;;) {
    const children = page.all(place, last);
    for (const child of children) yield { name: child.name, steps: () => objectSteps(run, child) };
    if (children.length < childrenAtOnce) return;
    last = children.at(-1)?.name ?? last;
  }
}

/** A directory of objects that has a place of its own; none when nothing lies there. */
function placeParts(run: Run, name: string, place: string, modified: string): Part[] {
  const first = run.state
    .prepare<[string], unknown>('SELECT 1 FROM objects WHERE placed = ? LIMIT 1')
    .get(place);
  if (first === undefined) return [];
  return [{ name, steps: () => directory(name, modified, merged([], childParts(run, place))) }];
}

/** Files directly in a directory, and those in its `files` directory. */
function fileParts(files: readonly FileEntry[], modified: string): Part[] {
  const prefix = 'files/';
  const direct = files.filter((file) => !file.name.startsWith(prefix)).map(stepOf);
  const media = files
    .filter((file) => file.name.startsWith(prefix))
    .map((file) => stepOf({ ...file, name: file.name.slice(prefix.length) }))
    .sort(byName);
  if (media.length === 0) return direct;
  return [...direct, { name: 'files', steps: () => directory('files', modified, merged(media, [])) }];
}

function stepOf(file: FileEntry): Part {
  return { name: file.name, steps: () => [{ ...file, modified: timeOf(file.modified) }] };
}

function* directory(name: string, modified: string, inside: Iterable<TreeStep>): Generator<TreeStep> {
  yield { type: 'enter', name, modified };
  yield* inside;
  yield { type: 'leave' };
}

/** The steps of `few` (in any order) and `many` (by name) in the order of their names. */
function* merged(few: readonly Part[], many: Iterable<Part>): Generator<TreeStep> {
  const waiting = [...few].sort(byName);
  for (const part of many) {
    while (waiting[0] !== undefined && byName(waiting[0], part) < 0) yield* waiting.shift()?.steps() ?? [];
    yield* part.steps();
  }
  for (const part of waiting) yield* part.steps();
}

/** By code points, as SQLite orders text and as trees are stored. */
function byName(left: Part, right: Part): number {
  return Buffer.compare(Buffer.from(left.name), Buffer.from(right.name));
}

function timeOf(edited: string): string {
  return edited === '' ? noTime : edited;
}

/** How many files with bytes the tree holds beside its documents. */
export function countTree(run: Run, rootFiles: readonly FileEntry[]): number {
  const isMedia = (file: { readonly name: string }): boolean => file.name.startsWith('files/');
  const read = run.state
    .prepare<[], { n: number }>(
      `SELECT COUNT(*) AS n FROM entries e JOIN objects o ON o.id = e.owner
       WHERE e.name LIKE 'files/%' AND o.state = 'done' AND o.placed IS NOT NULL`,
    )
    .get();
  let n = (read?.n ?? 0) + rootFiles.filter(isMedia).length;
  const reused = run.state.prepare<[string], { id: string }>(
    `SELECT id FROM objects WHERE state = 'reused' AND placed IS NOT NULL AND id > ? ORDER BY id LIMIT ${childrenAtOnce}`,
  );
  for (let last = ''; ; ) {
    const rows = reused.all(last);
    for (const { id } of rows) n += (previousOf(run, id)?.files ?? []).filter(isMedia).length;
    if (rows.length < childrenAtOnce) return n;
    last = rows.at(-1)?.id ?? last;
  }
}
