/** `ls`: lists snapshots, or the contents of one. */
import type { Command } from 'commander';
import type { WalkedEntry } from '../../../document/content.ts';
import type { ShrinkAlarm } from '../../../operations/look/alarm.ts';
import { alarmJson, readAlarm } from '../../../operations/look/alarm.ts';
import type { KnownSnapshot } from '../../../operations/look/known-snapshots.ts';
import { isAlarmed } from '../../../operations/look/known-snapshots.ts';
import { listEntries, listSnapshots } from '../../../operations/look/list.ts';
import type { Place } from '../../../operations/look/open-place.ts';
import { openPlace } from '../../../operations/look/open-place.ts';
import type { SnapshotHeader, Store } from '../../../store/open-store.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { tellLoss } from '../../session/tell-loss.ts';
import { formatBytes, formatDuration, formatTime } from '../../text/format.ts';

interface LsFlags {
  readonly recursive?: boolean;
  readonly uuid?: boolean;
  readonly tags?: boolean;
  readonly tag?: string;
  readonly name?: string;
  readonly latest?: boolean;
}

/** Adds the command. */
export function registerLs(program: Command, app: App): void {
  const command = program
    .command('ls [snapshot]')
    .description('list snapshots, or the contents of SNAPSHOT[:PATH]')
    .option('--recursive', 'list everything below the path')
    .option('--uuid', 'print whole snapshot ids')
    .option('--tags', 'print tags')
    .option('--tag <tag>', 'list only snapshots with this tag')
    .option('--name <name>', 'list only snapshots with this name')
    .option('--latest', 'list only the newest snapshot')
    .action((word: string | undefined, flags: LsFlags) =>
      withReadableStore(app, async (store) => {
        if (word !== undefined)
          await printEntries(app, await openPlace(store, word, { goesOn: true }), flags);
        else await printSnapshots(app, store, flags);
      }),
    );
  teach(command, { examples: ['ls -tags', 'ls latest:/Home'], errors: storeErrors });
}

/** Plakar lists the oldest first, so that the newest stands above the prompt. */
async function printSnapshots(app: App, store: Store, flags: LsFlags): Promise<void> {
  const shown: ShownSnapshot[] = [];
  const { snapshots, loss } = await listSnapshots(store, flags);
  for (const snapshot of snapshots) shown.push({ ...snapshot, alarm: await readAlarm(store, snapshot) });
  app.result(
    { snapshots: shown.map(snapshotJson) },
    shown.map((snapshot) => snapshotLine(snapshot, flags)),
  );
  for (const { id, problem } of shown) if (problem !== undefined) app.warn(`${id.slice(0, 8)}: ${problem}`);
  if (shown.some(({ problem, isRevoked = false }) => problem !== undefined && !isRevoked))
    app.finishedWith('integrity');
  tellLoss(app, loss);
}

interface ShownSnapshot extends KnownSnapshot {
  readonly alarm: ShrinkAlarm | undefined;
}

/** `2026-11-20T23:04:00Z   4cf5a3c0   3.1 MiB       12s notion://Acme`, columns as Plakar's. */
function snapshotLine(snapshot: ShownSnapshot, { uuid = false, tags: withTags = false }: LsFlags): string {
  const { id, header, tags } = snapshot;
  const shownId = uuid ? id : id.slice(0, 8);
  if (header === undefined)
    return `${'unreadable'.padEnd(20)} ${shownId.padStart(10)}  (bad: run \`notion-kloset check\`)`;
  const tagText = withTags && tags.length > 0 ? ` tags=${tags.join(',')}` : '';
  return [
    `${formatTime(header.time)} ${shownId.padStart(uuid ? 3 : 10)}`,
    `${formatBytes(header.contentBytes).padStart(10)}${formatDuration(header.durationMs).padStart(10)}`,
    ` notion://${header.name}${tagText}${stateText(snapshot)}`,
  ].join('');
}

function stateText(snapshot: ShownSnapshot): string {
  const { header, problem, isRevoked, isAutomatic, isPinned, alarm, wrongTime } = snapshot;
  if (isRevoked === true) return ' (revoked)';
  if (problem !== undefined) return ' (bad)';
  const compared = alarm === undefined ? '' : `: ${alarm.text}`;
  return [
    isAutomatic ? ' (automatic)' : '',
    header?.complete === true ? '' : ' (incomplete)',
    isPinned ? ' (pinned)' : '',
    wrongTime === undefined ? '' : ` (the clock was wrong: it says ${formatTime(wrongTime)})`,
    isAlarmed(snapshot) ? ` (ALARM${compared})` : '',
  ].join('');
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
    ...(problem === undefined ? {} : { problem }),
  };
}

/** The first header of a resealed snapshot; its signature holds. */
function originOf({ id, storeId, signer }: NonNullable<SnapshotHeader['origin']>): object {
  return { snapshot: id, store: storeId, signer };
}

async function printEntries(app: App, place: Place, { recursive = false }: LsFlags): Promise<void> {
  const json: object[] = [];
  for await (const found of listEntries(place, { recursive })) {
    const name = recursive ? found.path : found.path.slice(found.path.lastIndexOf('/') + 1);
    if (app.options.json === true) json.push(entryJson(found));
    else app.line(entryLine(found, name));
  }
  app.result({ snapshot: place.snapshot.id, path: place.entry.path, entries: json });
  tellLoss(app, place.loss);
}

/** Time, mode, owner, group, size, name. Notion's objects have no owner here, so a dash stands for both. */
function entryLine(entry: WalkedEntry, name: string): string {
  const mode = entry.type === 'directory' ? 'drwxr-xr-x' : '-rw-r--r--';
  const size = formatBytes(entry.type === 'file' ? entry.content.size : 0);
  return `${formatTime(entry.modified)} ${mode} ${'-'.padStart(8)} ${'-'.padStart(8)} ${size.padStart(8)} ${name}`;
}

function entryJson(entry: WalkedEntry): object {
  const { type, path, modified } = entry;
  if (entry.type === 'file') return { type, path, modified, size: entry.content.size };
  return { type, path, modified, ...(entry.object === undefined ? {} : { object: entry.object }) };
}
