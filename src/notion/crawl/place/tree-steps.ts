/** The snapshot's tree as steps, read from the checkpoint as they are taken: no directory is ever held whole. */
import type { FileEntry, TreeStep } from '../../../document/content.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { withHoldings } from '../context/holdings.ts';
import type { PlacedChild } from '../state/placement.ts';
import { orphanPlace, orphans, rootPlace, templatePlace, trash, trashPlace } from '../state/placement.ts';

/** Shown for directories that stand for nothing that could have been edited. */
const noTime = '1970-01-01T00:00:00.000Z';

const childrenAtOnce = 500;

/** Something in a directory: its name, and the steps it takes. */
interface Part {
  readonly name: string;
  steps(): Iterable<TreeStep>;
}

/** @param rootFiles workspace.json, manifest.json and the workspace's media (`files/…`) */
export function* treeSteps(context: CrawlContext, rootFiles: readonly FileEntry[]): Generator<TreeStep> {
  const parts = [
    ...fileParts(rootFiles, noTime),
    ...placeParts(context, orphans, orphanPlace, noTime),
    ...placeParts(context, trash, trashPlace, noTime),
  ];
  yield* merged(parts, childParts(context, rootPlace));
}

function* objectSteps(context: CrawlContext, child: PlacedChild): Generator<TreeStep> {
  const { id, kind, name } = child;
  const previous = child.state === 'reused' ? context.previous.get(id) : undefined;
  const edited = previous?.edited ?? child.edited;
  yield { type: 'enter', name, modified: timeOf(edited), object: { id, kind, edited } };
  const { entries, objects } = context.state;
  const files = withHoldings(previous?.files ?? entries.of(id), objects.holdingsOf(id));
  const templates =
    kind === 'database' ? placeParts(context, '_templates', templatePlace(id), timeOf(edited)) : [];
  yield* merged([...fileParts(files, timeOf(edited)), ...templates], childParts(context, id));
  yield { type: 'leave' };
}

function* childParts(context: CrawlContext, place: string): Generator<Part> {
  const { placement } = context.state;
  let last = '';
  for (;;) {
    const children = placement.childrenIn(place, last, childrenAtOnce);
    for (const child of children) yield { name: child.name, steps: () => objectSteps(context, child) };
    if (children.length < childrenAtOnce) return;
    last = children.at(-1)?.name ?? last;
  }
}

/** A directory of objects that has a place of its own; none when nothing lies there. */
function placeParts(context: CrawlContext, name: string, place: string, modified: string): Part[] {
  if (!context.state.placement.hasChildren(place)) return [];
  return [{ name, steps: () => directory(name, modified, merged([], childParts(context, place))) }];
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

/** The number of files with bytes that the tree holds beside its documents. */
export function countMedia(context: CrawlContext, rootFiles: readonly FileEntry[]): number {
  const { entries, placement } = context.state;
  const isMedia = (file: { readonly name: string }): boolean => file.name.startsWith('files/');
  let n = entries.countPlacedMedia() + rootFiles.filter(isMedia).length;
  for (const id of placement.reused()) n += context.previous.filesOf(id).filter(isMedia).length;
  return n;
}
