/**
 * The words that stand for a snapshot, alike in every command: `latest`, `latest-good`, `before:2026-11-01`, a name, a
 * tag, the beginning of an id. `latest@NAME` chooses among workspaces. Pure: it is given the snapshots there are.
 */
import { KlosetError } from '../../errors.ts';
import { momentOf } from './ages.ts';
import { workspacesNamed } from './filter.ts';
import type { KnownSnapshot } from './known-snapshots.ts';
import { isBackup } from './known-snapshots.ts';
import { isScoped, workspaceOf } from './sources.ts';

/** The surroundings in which words are read. */
export interface WordContext {
  /** For ages such as `before:3d`. */
  readonly nowMs: number;
  /** Key of the source that `latest` is about, where the command knows its workspace. */
  readonly source?: string | undefined;
}

/** A snapshot and a place in it. */
export interface SnapshotPlace {
  readonly snapshot: KnownSnapshot;
  /** As typed; empty for the whole snapshot. */
  readonly path: string;
}

type Snapshots = readonly KnownSnapshot[];

/** Shorter beginnings of ids may be names and tags; longer ones win over them. */
const minIdDigits = 4;

/** So many hex digits that begin no snapshot's id may be the end of an object's: what `ls` prints. */
const objectDigits = /^[0-9a-f]{8,32}$/;

/**
 * Reads `SNAPSHOT[:PATH]`. A path, URL, page id or title without a snapshot lies in the latest one.
 * @param snapshots newest first
 * @throws KlosetError `not-found`; `usage` for a word that cannot be read or stands for several snapshots
 */
export function readSnapshotPlace(snapshots: Snapshots, text: string, context: WordContext): SnapshotPlace {
  const inLatest = (path: string) => ({ snapshot: latest(snapshots, '', context), path });
  if (text === '' || /^https?:\/\//i.test(text) || text.startsWith('/')) return inLatest(text);
  const before = /^before(?:@[^:]*)?:/.test(text);
  const { word, path } = before ? splitMoment(text) : splitWord(snapshots, text);
  if (word === '') return inLatest(path);
  const snapshot = findByWord(snapshots, word, context);
  if (snapshot !== undefined) return { snapshot, path };
  // A word that cannot begin an id is a title in the latest snapshot, unless a path follows it.
  if (word === text && !/^[0-9a-f]{1,64}$/.test(text)) return inLatest(text);
  if (word === text && objectDigits.test(text)) return inLatest(text);
  throw noSnapshot(word);
}

function noSnapshot(word: string): KlosetError {
  return new KlosetError('not-found', `The store has no snapshot ${word}.`, {
    hint: 'List the snapshots with `notion-kloset ls`.',
  });
}

/** The snapshot that a word without a path means. @throws KlosetError `not-found`, `usage` */
export function readSnapshotWord(snapshots: Snapshots, word: string, context: WordContext): KnownSnapshot {
  const { snapshot, path } = readSnapshotPlace(snapshots, word, context);
  if (path === '') return snapshot;
  if (path === word && objectDigits.test(word)) throw noSnapshot(word);
  throw new KlosetError('usage', `"${word}" does not name a snapshot.`, {
    hint: 'Give the beginning of an id, a name or a tag, latest, latest-good or before:DATE.',
  });
}

/** True for words whose meaning changes with every backup. */
export function isMovingWord(word: string): boolean {
  return word === '' || /^latest(-good)?(@|$)/.test(word);
}

/** A moment has colons of its own: the path begins at the first `:/`, else at the first colon after the moment. */
function splitMoment(text: string): { word: string; path: string } {
  const [word] =
    /^before(?:@[^:]*)?:(?:\d{4}-\d{2}-\d{2}[T ][^:]*(?::\d{2}){1,2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?|[^:]*)/i.exec(
      text,
    ) ?? [text];
  return { word, path: text.slice(word.length + 1) };
}

/** The longest name or tag before a colon, else what stands before the first one. */
function splitWord(snapshots: Snapshots, text: string): { word: string; path: string } {
  const colons = [...text.matchAll(/:/g)].map(({ index }) => index);
  const whole = [text.length, ...colons.reverse()].find((end) => isNamed(snapshots, text.slice(0, end)));
  const end = whole ?? colons.at(-1) ?? text.length;
  return { word: text.slice(0, end), path: text.slice(end + 1) };
}

function isNamed(snapshots: Snapshots, word: string): boolean {
  return snapshots.some(({ header, tags }) => header?.name === word || tags.includes(word));
}

function findByWord(snapshots: Snapshots, word: string, context: WordContext): KnownSnapshot | undefined {
  const [, moving, workspace] = /^(latest|latest-good)(?:@(.*))?$/s.exec(word) ?? [];
  if (moving === 'latest') return latest(snapshots, workspace, context);
  if (moving === 'latest-good') return latestGood(snapshots, workspace, context);
  const [, of, moment] = /^before(?:@([^:]*))?:(.*)$/s.exec(word) ?? [];
  if (moment !== undefined) return newestBefore(snapshots, moment, of, context);
  const isHex = /^[0-9a-f]+$/.test(word);
  return (
    (isHex && word.length >= minIdDigits ? byId(snapshots, word) : undefined) ??
    newestOf(snapshots, ({ header }) => header?.name === word) ??
    newestOf(snapshots, ({ tags }) => tags.includes(word)) ??
    (isHex ? byId(snapshots, word) : undefined)
  );
}

function byId(snapshots: Snapshots, prefix: string): KnownSnapshot | undefined {
  const [found, second] = snapshots.filter(({ id }) => id.startsWith(prefix));
  if (second === undefined) return found;
  throw new KlosetError('usage', `More than one snapshot begins with ${prefix}.`, {
    hint: 'Give more digits.',
  });
}

/** The newest that people made; where there is none, the newest automatic one. */
function newestOf(
  snapshots: Snapshots,
  matches: (snapshot: KnownSnapshot) => boolean,
): KnownSnapshot | undefined {
  const found = snapshots.filter((snapshot) => matches(snapshot));
  return found.find(isBackup) ?? found[0];
}

function latest(snapshots: Snapshots, workspace: string | undefined, context: WordContext): KnownSnapshot {
  const found = newestBackup(snapshots.filter(isBackup), workspace, context);
  if (found !== undefined) return found;
  refuseOtherWorkspaces(snapshots, workspace, context);
  throw new KlosetError('not-found', 'The store has no readable backup yet.', {
    hint: 'Run `notion-kloset backup`.',
  });
}

function latestGood(
  snapshots: Snapshots,
  workspace: string | undefined,
  context: WordContext,
): KnownSnapshot {
  const backups = snapshots.filter(isBackup);
  const found = newestBackup(
    backups.filter(({ isGood }) => isGood),
    workspace,
    context,
  );
  if (found !== undefined) return found;
  refuseOtherWorkspaces(snapshots, workspace, context);
  throw new KlosetError('not-found', 'The store has no complete backup without an alarm.', {
    hint: 'List the backups with `notion-kloset ls`.',
  });
}

/** @throws KlosetError `usage` for a moment that cannot be read, `not-found` when nothing is that old */
function newestBefore(
  snapshots: Snapshots,
  moment: string,
  workspace: string | undefined,
  context: WordContext,
): KnownSnapshot {
  const limitMs = momentOf(moment, context.nowMs);
  if (limitMs === undefined) {
    throw new KlosetError('usage', `Not a time: "${moment}".`, {
      hint: 'Write before:2026-11-01, before:2026-11-01T09:30:00Z or before:3d.',
    });
  }
  const older = snapshots.filter(isBackup).filter(({ header }) => Date.parse(header?.time ?? '') < limitMs);
  const found = newestBackup(older, workspace, context);
  if (found !== undefined) return found;
  refuseOtherWorkspaces(snapshots, workspace, context);
  throw new KlosetError('not-found', `No backup is older than ${moment}.`, {
    hint: 'List the backups with `notion-kloset ls`.',
  });
}

/** @throws KlosetError `not-found` where there are backups, and none of the workspace asked for */
function refuseOtherWorkspaces(
  snapshots: Snapshots,
  workspace: string | undefined,
  context: WordContext,
): void {
  const backups = snapshots.filter(isBackup);
  if (backups.length === 0 || ownOf(backups, workspace, context).length > 0) return;
  const of = workspace ? `a workspace "${workspace}"` : 'this workspace';
  const names = [...new Set(backups.map(({ header }) => `"${header?.name ?? ''}"`))];
  throw new KlosetError('not-found', `The store has no backup of ${of}.`, {
    hint: `Its backups are of ${names.slice(0, 10).join(', ')}; \`notion-kloset ls\` lists them.`,
  });
}

/** The newest backup of the workspace asked for; one of the whole workspace before those of parts. */
function newestBackup(
  backups: Snapshots,
  workspace: string | undefined,
  context: WordContext,
): KnownSnapshot | undefined {
  const own = ownOf(backups, workspace, context);
  requireOneWorkspace(own);
  return own.find(({ header }) => header !== undefined && !isScoped(header.source)) ?? own[0];
}

function ownOf(backups: Snapshots, workspace: string | undefined, { source }: WordContext): Snapshots {
  return workspace ? ofWorkspace(backups, workspace) : backups.filter((each) => isOf(each, source));
}

function isOf({ header }: KnownSnapshot, source: string | undefined): boolean {
  return source === undefined || workspaceOf(header?.source ?? '') === workspaceOf(source);
}

function ofWorkspace(backups: Snapshots, word: string): KnownSnapshot[] {
  const chosen = workspacesNamed(backups, word);
  return backups.filter(({ header }) => chosen.has(workspaceOf(header?.source ?? '')));
}

/** @throws KlosetError `usage` when the backups are of several workspaces */
function requireOneWorkspace(backups: Snapshots): void {
  const names = new Map<string, Set<string>>();
  for (const { header } of backups) {
    if (header === undefined) continue;
    const key = workspaceOf(header.source);
    names.set(key, (names.get(key) ?? new Set()).add(header.name));
  }
  if (names.size < 2) return;
  const list = [...names].map(([key, of]) => `${[...of].join(' or ')} (${key})`);
  throw new KlosetError('usage', `The store has backups of several workspaces: ${list.join('; ')}.`, {
    hint: 'Name one, for example `latest@NAME`, or give the beginning of a snapshot id.',
  });
}
