/** The filters that every command with snapshots has: which snapshots they leave. Pure: it is given the snapshots there are. */
import { KlosetError } from '../../errors.ts';
import type { KnownSnapshot } from './known-snapshots.ts';
import { isBackup } from './known-snapshots.ts';
import { rootsOf, workspaceOf } from './sources.ts';

/** Conditions that a snapshot must all meet; none by default. */
export interface SnapshotFilter {
  /** The filter as it was typed (`--tag nightly --since 7d`), for messages; empty when none was given. */
  readonly words: string;
  /** Of those that meet the rest, the newest backup of each source and scope alone. */
  readonly latest?: boolean;
  /** Made before this moment, in ms. */
  readonly beforeMs?: number;
  /** Made at this moment or later, in ms. */
  readonly sinceMs?: number;
  /** Tags it has, all of them. */
  readonly tags?: readonly string[];
  /** Tags it does not have, none of them. */
  readonly withoutTags?: readonly string[];
  readonly name?: string;
  /** The name of a workspace, or the beginning of its key or id. */
  readonly source?: string;
  /** Id of a root of its scope (32 hex digits), or `/` for a backup of the whole workspace. */
  readonly root?: string;
}

/** Every snapshot meets it. */
export const noFilter: SnapshotFilter = { words: '' };

/** True when a filter was given. */
export function isFiltered({ words }: SnapshotFilter): boolean {
  return words !== '';
}

/** The snapshots that meet the filter, in their order. One whose header cannot be read meets none: what it is, is not known. */
export function filterSnapshots(
  snapshots: readonly KnownSnapshot[],
  filter: SnapshotFilter,
): KnownSnapshot[] {
  if (!isFiltered(filter)) return [...snapshots];
  const workspaces = filter.source === undefined ? undefined : workspacesNamed(snapshots, filter.source);
  const matching = snapshots.filter((snapshot) => meets(snapshot, filter, workspaces));
  return filter.latest === true ? newestOfEach(matching) : matching;
}

/** The snapshots of which nobody can say whether they meet the filter, because their headers cannot be read. */
export function unknownTo(snapshots: readonly KnownSnapshot[], filter: SnapshotFilter): KnownSnapshot[] {
  return isFiltered(filter) ? snapshots.filter(({ header }) => header === undefined) : [];
}

/** The keys of the workspaces that have a backup of this name, or whose key or id begins so. */
export function workspacesNamed(snapshots: readonly KnownSnapshot[], word: string): ReadonlySet<string> {
  return new Set(
    snapshots.flatMap(({ header }) => {
      const key = workspaceOf(header?.source ?? '');
      const isMeant =
        header?.name === word || key.startsWith(word) || key.slice(key.indexOf(':') + 1).startsWith(word);
      return isMeant ? [key] : [];
    }),
  );
}

/** The error of commands that cannot do without a snapshot. */
export function nothingMatches({ words }: SnapshotFilter): KlosetError {
  return new KlosetError('not-found', nothingMatchesLine({ words }), {
    hint: 'List the snapshots with `notion-kloset ls`.',
  });
}

/** `No snapshot matches --tag nightly.` */
export function nothingMatchesLine({ words }: Pick<SnapshotFilter, 'words'>): string {
  return `No snapshot matches ${words}.`;
}

function meets(
  { header, tags }: KnownSnapshot,
  filter: SnapshotFilter,
  workspaces: ReadonlySet<string> | undefined,
): boolean {
  if (header === undefined) return false;
  const { beforeMs, sinceMs, name, root } = filter;
  const timeMs = Date.parse(header.time);
  return (
    (beforeMs === undefined || timeMs < beforeMs) &&
    (sinceMs === undefined || timeMs >= sinceMs) &&
    (filter.tags ?? []).every((tag) => tags.includes(tag)) &&
    !(filter.withoutTags ?? []).some((tag) => tags.includes(tag)) &&
    (name === undefined || header.name === name) &&
    (workspaces === undefined || workspaces.has(workspaceOf(header.source))) &&
    (root === undefined || hasRoot(header.source, root))
  );
}

function hasRoot(source: string, root: string): boolean {
  const roots = rootsOf(source);
  return root === '/' ? roots.length === 0 : roots.includes(root);
}

/** The newest backup of each source and scope; not what the program took by itself. `snapshots` are newest first. */
export function newestOfEach(snapshots: readonly KnownSnapshot[]): KnownSnapshot[] {
  const seen = new Set<string>();
  return snapshots.filter((snapshot) => {
    const source = snapshot.header?.source ?? '';
    if (!isBackup(snapshot) || seen.has(source)) return false;
    seen.add(source);
    return true;
  });
}
