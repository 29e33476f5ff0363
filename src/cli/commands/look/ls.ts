/** `ls`: lists snapshots, or what lies in one. */
import type { Command } from 'commander';
import type { WalkedEntry } from '../../../document/content.ts';
import { openPlace } from '../../../operations/look/open-place.ts';
import type { SnapshotSummary, TreeReader } from '../../../store/open-store.ts';
import type { App } from '../../app/app.ts';
import { withReadableStore } from '../../session/store-session.ts';
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
  program
    .command('ls [snapshot]')
    .description('list snapshots, or the contents of SNAPSHOT[:PATH]')
    .option('--recursive', 'list everything below')
    .option('--uuid', 'print whole snapshot ids')
    .option('--tags', 'print tags')
    .option('--tag <tag>', 'only snapshots with this tag')
    .option('--name <name>', 'only snapshots with this name')
    .option('--latest', 'only the newest')
    .action((word: string | undefined, flags: LsFlags) =>
      withReadableStore(app, async (store) => {
        if (word !== undefined) await listEntries(app, await openPlace(store, word), flags);
        else listSnapshots(app, await store.listSnapshots(), flags);
      }),
    );
}

function listSnapshots(app: App, all: readonly SnapshotSummary[], flags: LsFlags): void {
  const wanted = all.filter(({ header }) => {
    if (flags.tag !== undefined && !header?.tags.includes(flags.tag)) return false;
    return flags.name === undefined || header?.name === flags.name;
  });
  // Plakar lists the oldest first, so that the newest stands above the prompt.
  const shown = flags.latest === true ? wanted.slice(0, 1) : [...wanted].reverse();
  app.result(
    { snapshots: shown.map(snapshotJson) },
    shown.map((snapshot) => snapshotLine(snapshot, flags)),
  );
  for (const { id, problem } of shown) if (problem !== undefined) app.warn(`${id.slice(0, 8)}: ${problem}`);
  if (shown.some(({ problem }) => problem !== undefined)) app.finishedWith('integrity');
}

/** `2026-11-20T23:04:00Z   4cf5a3c0   3.1 MiB       12s notion://Acme`, columns as Plakar's. */
function snapshotLine(
  { id, header, problem }: SnapshotSummary,
  { uuid = false, tags = false }: LsFlags,
): string {
  const shownId = uuid ? id : id.slice(0, 8);
  if (header === undefined)
    return `${'unreadable'.padEnd(20)} ${shownId.padStart(10)}  (bad: run \`notion-kloset check\`)`;
  const tagText = tags && header.tags.length > 0 ? ` tags=${header.tags.join(',')}` : '';
  const state = problem !== undefined ? ' (bad)' : header.complete ? '' : ' (incomplete)';
  return [
    `${formatTime(header.time)} ${shownId.padStart(uuid ? 3 : 10)}`,
    `${formatBytes(header.contentBytes).padStart(10)}${formatDuration(header.durationMs).padStart(10)}`,
    ` notion://${header.name}${tagText}${state}`,
  ].join('');
}

function snapshotJson({ id, header, problem }: SnapshotSummary): object {
  if (header === undefined) return { id, problem };
  const {
    time,
    durationMs,
    source,
    name,
    description,
    tags,
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
    ...(problem === undefined ? {} : { problem }),
  };
}

async function listEntries(
  app: App,
  { snapshot, entry }: { snapshot: TreeReader; entry: WalkedEntry },
  flags: LsFlags,
): Promise<void> {
  const json: object[] = [];
  for await (const found of entriesOf(snapshot, entry, flags.recursive === true)) {
    const name = flags.recursive === true ? found.path : found.path.slice(found.path.lastIndexOf('/') + 1);
    if (app.options.json === true) json.push(entryJson(found));
    else app.line(entryLine(found, name));
  }
  app.result({ snapshot: snapshot.id, path: entry.path, entries: json });
}

async function* entriesOf(
  snapshot: TreeReader,
  entry: WalkedEntry,
  recursive: boolean,
): AsyncIterable<WalkedEntry> {
  if (entry.type === 'file') yield entry;
  else if (!recursive) yield* snapshot.list(entry.path);
  else for await (const below of snapshot.walk(entry.path)) if (below.path !== entry.path) yield below;
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
