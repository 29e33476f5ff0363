/** `ls SNAPSHOT[:PATH]`: the pages, databases, rows, views and files at a place. */
import { KlosetError } from '../../../errors.ts';
import { listPlace, sortEntries, sortKeys, titledEntries } from '../../../operations/look/list-place.ts';
import type { EntryKind, ListedEntry } from '../../../operations/look/listed-entry.ts';
import { entryJson, entryKinds, shortId } from '../../../operations/look/listed-entry.ts';
import type { Place } from '../../../operations/look/open-place.ts';
import { openPlace } from '../../../operations/look/open-place.ts';
import type { Store } from '../../../store/open-store.ts';
import type { App } from '../../app/app.ts';
import { filterOf } from '../../session/filters.ts';
import { tellLoss } from '../../session/tell-loss.ts';
import type { Align } from '../../text/columns.ts';
import { columns } from '../../text/columns.ts';
import { formatBytes, formatTime } from '../../text/format.ts';
import { parseChoice, parseCount, splitWords } from '../../text/parse.ts';
import type { LsFlags } from './ls-flags.ts';

/** Prints the entries at the place that `word` means. */
export async function listContents(app: App, store: Store, word: string, flags: LsFlags): Promise<void> {
  const filter = filterOf(app, flags);
  const form = formOf(flags);
  const place = await openPlace(store, word, { clock: app.io.clock, filter, goesOn: true });
  const entries = await listed(place, form);
  const withTitles = form.isLong || app.options.json === true;
  const titled = withTitles ? await titledEntries(place, entries) : entries;
  app.result(
    { snapshot: place.snapshot.id, path: place.entry.path, entries: titled.map(entryJson) },
    entryLines(app, titled, form),
  );
  tellLoss(app, place.loss);
}

interface Form {
  readonly isTree: boolean;
  readonly isRecursive: boolean;
  readonly isLong: boolean;
  readonly hasWholeIds: boolean;
  /** Levels below the place. */
  readonly depth: number;
  readonly kinds: readonly EntryKind[] | undefined;
  readonly sort: (typeof sortKeys)[number] | undefined;
}

/** @throws KlosetError `usage` */
function formOf(flags: LsFlags): Form {
  const [isTree, isRecursive] = [flags.tree === true, flags.recursive === true];
  if (flags.depth !== undefined && !isTree && !isRecursive)
    throw new KlosetError('usage', '--depth needs --tree or --recursive.');
  const kinds = flags.kind === undefined ? undefined : splitWords(flags.kind);
  if (kinds?.length === 0) throw new KlosetError('usage', '--kind needs a kind.');
  const deep = isTree || isRecursive ? Number.POSITIVE_INFINITY : 1;
  return {
    isTree,
    isRecursive,
    isLong: flags.long === true,
    hasWholeIds: flags.long === true || flags.uuid === true,
    depth: flags.depth === undefined ? deep : parseCount(flags.depth, '--depth', 1),
    kinds: kinds?.map((kind) => parseChoice(kind, entryKinds, '--kind')),
    sort: flags.sort === undefined ? undefined : parseChoice(flags.sort, sortKeys, '--sort'),
  };
}

async function listed(
  place: Place,
  { isTree, isRecursive, depth, kinds, sort }: Form,
): Promise<ListedEntry[]> {
  const inContents =
    kinds?.some((kind) => kind === 'document' || kind === 'file' || kind === 'view') === true;
  const entries = await listPlace(place, {
    depth,
    kinds,
    withAncestors: isTree,
    objectsOnly: isTree && !inContents,
    sort: isTree || !isRecursive ? sort : undefined,
  });
  return sort !== undefined && !isTree ? sortEntries(entries, sort) : entries;
}

/** Time of the last edit, kind, size, what lies in it, id, and the title or path. */
function entryLines(app: App, entries: readonly ListedEntry[], form: Form): string[] {
  const { isLong, isRecursive, isTree } = form;
  const stems = isTree ? treeStems(entries) : [];
  const rows = entries.map((listed, at) => [
    ...[formatTime(listed.edited), listed.kind],
    listed.size === undefined ? '-' : formatBytes(listed.size),
    listed.children === undefined ? '-' : String(listed.children),
    listed.id === undefined ? '-' : form.hasWholeIds ? listed.id : shortId(listed.id, listed.path),
    `${stems[at] ?? ''}${isRecursive && !isTree && !isLong ? pathOf(listed) : listed.title}`,
    ...(isLong ? [pathOf(listed)] : []),
  ]);
  const heading = ['EDITED', 'KIND', 'SIZE', 'INSIDE', 'ID', 'TITLE', ...(isLong ? ['PATH'] : [])];
  const aligns: readonly Align[] = ['left', 'left', 'right', 'right', 'left', 'left', 'left'];
  return columns(app.io.stdout.isTerminal && rows.length > 0 ? [heading, ...rows] : rows, aligns);
}

/** A view lies in the document of its database. */
function pathOf({ kind, path, title }: ListedEntry): string {
  return kind === 'view' ? `${path} (${title})` : path;
}

/** The branches before each title, as `tree` draws them. */
function treeStems(entries: readonly ListedEntry[]): string[] {
  const isOpen: boolean[] = [];
  const stems: string[] = [];
  // From the last one back: a level is open while an entry of it follows below the same parent.
  for (const { depth } of [...entries].reverse()) {
    const own = isOpen[depth] === true ? '├── ' : '└── ';
    const above = Array.from({ length: depth }, (_, level) => (isOpen[level] === true ? '│   ' : '    '));
    stems.push(`${above.join('')}${own}`);
    isOpen[depth] = true;
    isOpen.length = depth + 1;
  }
  return stems.reverse();
}
