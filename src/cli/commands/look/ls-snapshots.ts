/** `ls` without a place: the snapshots of a store, with what is known of each. */
import type { CountedChanges } from '../../../operations/history/count-changes.ts';
import { countChanges } from '../../../operations/history/count-changes.ts';
import type { ShrinkAlarm } from '../../../operations/look/alarm.ts';
import { alarmJson, readAlarm } from '../../../operations/look/alarm.ts';
import { isFiltered, nothingMatchesLine } from '../../../operations/look/filter.ts';
import type { KnownSnapshot } from '../../../operations/look/known-snapshots.ts';
import { isAlarmed } from '../../../operations/look/known-snapshots.ts';
import { listSnapshots } from '../../../operations/look/list.ts';
import { rootsOf, selectionKindOf } from '../../../operations/look/sources.ts';
import type { SnapshotHeader, Store } from '../../../store/open-store.ts';
import type { App } from '../../app/app.ts';
import { filterOf } from '../../session/filters.ts';
import { tellLoss } from '../../session/tell-loss.ts';
import { columns } from '../../text/columns.ts';
import { formatBytes, formatDuration, formatTime, plural } from '../../text/format.ts';
import type { LsFlags } from './ls-flags.ts';

interface ShownSnapshot extends KnownSnapshot {
  readonly alarm: ShrinkAlarm | undefined;
  /** Undefined where changes are not asked for, and of a snapshot that cannot be read. */
  readonly changes: CountedChanges | undefined;
}

/** Comparisons of one run, and the time after which no other is begun. What is known already costs nothing. */
const comparisonsOfOneRun = 64;
const comparingMs = 2000;

/** Plakar lists the oldest first, so that the newest stands above the prompt. */
export async function listStore(app: App, store: Store, flags: LsFlags): Promise<void> {
  const filter = filterOf(app, flags);
  const { snapshots, loss, all, unknown } = await listSnapshots(store, filter);
  const changes = flags.changes === false ? undefined : await changesOf(app, store, all, snapshots, flags);
  const shown: ShownSnapshot[] = [];
  for (const snapshot of snapshots) {
    const alarm = await readAlarm(store, snapshot);
    shown.push({ ...snapshot, alarm, changes: changes?.get(snapshot.id) });
  }
  app.result({ snapshots: shown.map(snapshotJson) }, snapshotLines(app, shown, flags));
  if (shown.length === 0 && isFiltered(filter)) app.warn(nothingMatchesLine(filter));
  const left = shown.filter((snapshot) => snapshot.changes?.isLeft === true).length;
  if (left > 0 && app.options.json !== true)
    app.warn(`The changes of ${plural(left, 'older snapshot')} are not counted yet: --changes counts them.`);
  for (const { id, problem } of [...shown, ...unknown])
    if (problem !== undefined) app.warn(`${id.slice(0, 8)}: ${problem}`);
  if (unknown.length > 0)
    app.warn(
      `${plural(unknown.length, 'snapshot')} cannot be read and may match ${filter.words} all the same.`,
    );
  if ([...shown, ...unknown].some(({ problem, isRevoked = false }) => problem !== undefined && !isRevoked))
    app.finishedWith('integrity');
  tellLoss(app, loss);
}

function changesOf(
  app: App,
  store: Store,
  all: readonly KnownSnapshot[],
  shown: readonly KnownSnapshot[],
  { changes }: LsFlags,
): Promise<ReadonlyMap<string, CountedChanges>> {
  const phase = 'counting changes';
  const startMs = app.io.clock.now();
  return countChanges(store, all, shown, {
    limit: changes === true ? Number.POSITIVE_INFINITY : comparisonsOfOneRun,
    isTimeUp: () => changes !== true && app.io.clock.now() - startMs > comparingMs,
    onCompare: (done) => {
      app.io.signal.throwIfAborted();
      // A few are counted before anybody wonders.
      if (done >= 16) app.progress.report({ type: 'progress', phase, done });
    },
  });
}

/** Time, id, size, duration, source, changes, tags and state. */
function snapshotLines(app: App, shown: readonly ShownSnapshot[], flags: LsFlags): string[] {
  const { uuid = false, long = false } = flags;
  const rows = shown.map((snapshot) => snapshotRow(snapshot, uuid || long));
  const heading = ['TIME', 'ID', 'SIZE', 'TOOK', 'SOURCE', 'CHANGES', 'TAGS', 'STATE'];
  return columns(app.io.stdout.isTerminal && rows.length > 0 ? [heading, ...rows] : rows, [
    ...(['left', 'left', 'right', 'right', 'left', 'left', 'left', 'left'] as const),
  ]);
}

function snapshotRow(snapshot: ShownSnapshot, isWhole: boolean): string[] {
  const { id, header, tags, changes } = snapshot;
  const shownId = isWhole ? id : id.slice(0, 8);
  if (header === undefined)
    return ['unreadable', shownId, '', '', '', '', '', '(bad: run `notion-kloset check`)'];
  return [
    formatTime(header.time),
    shownId,
    formatBytes(header.contentBytes),
    formatDuration(header.durationMs),
    sourceText(header),
    changesText(changes),
    tags.length === 0 ? '' : `tags=${tags.join(',')}`,
    stateText(snapshot),
  ];
}

/** The workspace, and of a backup of parts the ends of the ids of its roots. */
function sourceText({ name, source }: SnapshotHeader): string {
  const roots = rootsOf(source).map((id) => `~${id.slice(-8)}`);
  const more = roots.length > 3 ? [`and ${roots.length - 3} more`] : [];
  const part = selectionKindOf(source) === undefined ? [] : ['(part by choice)'];
  return [`notion://${name}`, ...roots.slice(0, 3), ...more, ...part].join(' ');
}

/** `+3 ~12 −1`; `=` for nothing, `?` for what is not known, empty for a first snapshot. */
function changesText(changes: CountedChanges | undefined): string {
  if (changes?.comparedWith === undefined) return '';
  if (changes.counts === undefined) return changes.isLeft === true ? '…' : '?';
  const { added, changed, removed, unknown } = changes.counts;
  const parts = [
    [added, '+'],
    [changed, '~'],
    [removed, '−'],
    [unknown, '?'],
  ] as const;
  const told = parts.flatMap(([count, sign]) => (count === 0 ? [] : [`${sign}${count}`]));
  return told.length === 0 ? '=' : told.join(' ');
}

function stateText(snapshot: ShownSnapshot): string {
  const { header, problem, isRevoked, isAutomatic, isPinned, alarm, wrongTime } = snapshot;
  if (isRevoked === true) return '(revoked)';
  if (problem !== undefined) return '(bad)';
  const compared = alarm === undefined ? '' : `: ${alarm.text}`;
  const states = [
    isAutomatic ? '(automatic)' : '',
    header?.complete === true ? '' : '(incomplete)',
    isPinned ? '(pinned)' : '',
    wrongTime === undefined ? '' : `(the clock was wrong: it says ${formatTime(wrongTime)})`,
    isAlarmed(snapshot) ? `(ALARM${compared})` : '',
  ];
  return states.filter((state) => state !== '').join(' ') || 'complete';
}

function snapshotJson(snapshot: ShownSnapshot): object {
  const { id, header, problem, tags, isAutomatic, isPinned, alarm, acknowledged, wrongTime } = snapshot;
  if (header === undefined) return { id, problem };
  const {
    time,
    durationMs,
    source,
    name,
    description,
    complete,
    errors,
    counts,
    contentBytes,
    addedBytes,
    host,
    tool,
    signer,
  } = header;
  return {
    id,
    time,
    ...(wrongTime === undefined ? {} : { stated_time: wrongTime }),
    duration_ms: durationMs,
    source,
    name,
    description,
    tags,
    complete,
    errors,
    counts,
    size: contentBytes,
    bytes_added: addedBytes,
    host,
    tool,
    signer,
    automatic: isAutomatic,
    pinned: isPinned,
    ...(header.origin === undefined ? {} : { origin: originOf(header.origin) }),
    ...(alarm === undefined ? {} : { alarm: alarmJson(alarm), acknowledged: acknowledged ?? null }),
    ...changesJson(snapshot.changes),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** `changes` is null where there is nothing before, or it is not known. */
function changesJson(changes: CountedChanges | undefined): object {
  if (changes === undefined) return {};
  return { compared_with: changes.comparedWith ?? null, changes: changes.counts ?? null };
}

/** The first header of a resealed snapshot; its signature holds. */
function originOf({ id, storeId, signer }: NonNullable<SnapshotHeader['origin']>): object {
  return { snapshot: id, store: storeId, signer };
}
