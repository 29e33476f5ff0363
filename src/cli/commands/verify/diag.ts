/** `diag`: shows how a store lies at its place: objects, packfiles, blobs, headers, entries, locks. It changes nothing. */
import type { Command } from 'commander';
import type { InspectedChunk } from '../../../operations/doctor/inspect.ts';
import { inspectEntry, inspectSnapshot } from '../../../operations/doctor/inspect.ts';
import type { Store } from '../../../store/open-store.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { formatBytes, formatTime, plural } from '../../text/format.ts';

/** Adds the command group. */
export function registerDiag(program: Command, app: App): void {
  const group = program.command('diag').description('show how the parts of a store lie at its place');
  const add = (
    usage: string,
    description: string,
    examples: readonly [string, string],
    show: (store: Store, word: string) => Promise<void>,
  ) =>
    teach(
      group
        .command(usage)
        .description(description)
        .action((word: string | undefined) => withReadableStore(app, (store) => show(store, word ?? ''))),
      { examples: [`diag ${examples[0]}`, `diag ${examples[1]}`], errors: storeErrors },
    );
  add(
    'state',
    'count the objects of each kind, and show how packfiles and index agree',
    ['state', 'state --json'],
    (store) => showState(app, store),
  );
  add(
    'packfile [id]',
    'list the packfiles, or what lies in one, which is read whole',
    ['packfile', 'packfile 3fa91c07'],
    (store, id) => (id === '' ? showPacks(app, store) : showPack(app, store, id)),
  );
  add(
    'object <id>',
    'show in which packfiles a blob lies, and whether it can be read there',
    ['object 3fa91c07', 'object 3fa91c07 --json'],
    (store, id) => showObject(app, store, id),
  );
  add(
    'snapshot <snapshot>',
    'show the header of a snapshot, and where its root lies',
    ['snapshot latest', 'snapshot 4cf5a3c0 --json'],
    (store, word) => showSnapshot(app, store, word),
  );
  add(
    'vfs <place>',
    'show the blobs of a file or folder, given as SNAPSHOT:PATH',
    ['vfs latest:/manifest.json', 'vfs latest:/ --json'],
    (store, word) => showEntry(app, store, word),
  );
  add('locks', 'list the locks, and who holds them', ['locks', 'locks --json'], (store) =>
    showLocks(app, store),
  );
  teach(group, { examples: ['diag state', 'diag packfile'], errors: storeErrors });
}

async function showState(app: App, store: Store): Promise<void> {
  const { kinds, deltas, packs, blobs } = await (await store.inspect()).state();
  const bad = deltas.filter(({ problem }) => problem !== undefined);
  app.result(
    {
      store: store.location,
      id: store.id,
      kinds,
      index: deltas.map(({ sizeBytes, ...delta }) => ({ ...delta, size: sizeBytes })),
      packfiles: packs,
      blobs,
    },
    [
      `Store: ${store.location}`,
      `Id: ${store.id}`,
      ...Object.entries(kinds).map(
        ([kind, { objects, bytes }]) => `${kind}: ${plural(objects, 'object')}, ${formatBytes(bytes)}`,
      ),
      `Blobs in the index: ${blobs}`,
      `Packfiles: ${packs.listed} in the index, ${packs.unlisted} not in it, ${packs.missing} gone`,
      ...bad.map(({ id, problem }) => `✘ index delta ${id}: ${problem}`),
    ],
  );
  if (bad.length > 0 || packs.missing > 0) app.finishedWith('integrity');
}

async function showPacks(app: App, store: Store): Promise<void> {
  const packs = await (await store.inspect()).packs();
  app.result(
    {
      packfiles: packs.map(({ id, sizeBytes = null, blobs = null }) => ({ id, size: sizeBytes, blobs })),
    },
    packs.map(({ id, sizeBytes, blobs }) => {
      const size = sizeBytes === undefined ? 'gone' : formatBytes(sizeBytes);
      return `${id} ${size}, ${blobs === undefined ? 'not in the index' : plural(blobs, 'blob')}`;
    }),
  );
  if (packs.some(({ sizeBytes }) => sizeBytes === undefined)) app.finishedWith('integrity');
}

async function showPack(app: App, store: Store, prefix: string): Promise<void> {
  const { id, sizeBytes, blobs, isWhole, contents } = await (await store.inspect()).pack(prefix);
  app.result(
    {
      packfile: id,
      size: sizeBytes,
      whole: isWhole,
      in_index: blobs !== undefined,
      blobs: contents.map((blob) => ({
        id: blob.id,
        type: blob.type,
        offset: blob.offset,
        sealed: blob.sealedBytes,
        size: blob.plainBytes,
      })),
    },
    [
      `Packfile: ${id}`,
      `Size: ${formatBytes(sizeBytes)}, ${plural(contents.length, 'blob')}`,
      `Its SHA-256 ${isWhole ? 'matches' : 'does not match'} its name`,
      `In the index: ${blobs === undefined ? 'no' : 'yes'}`,
      ...contents.map(
        (blob) =>
          `${blob.id} ${blob.type} at ${blob.offset}, ${blob.sealedBytes} bytes of ${blob.plainBytes}`,
      ),
    ],
  );
  if (!isWhole) app.finishedWith('integrity');
}

async function showObject(app: App, store: Store, prefix: string): Promise<void> {
  const { id, type, plainBytes, places } = await (await store.inspect()).blob(prefix);
  app.result(
    {
      object: id,
      type,
      size: plainBytes,
      places: places.map(({ packId, offset, sealedBytes, problem = null }) => ({
        packfile: packId,
        offset,
        sealed: sealedBytes,
        problem,
      })),
    },
    [
      `Object: ${id}`,
      `Type: ${type}, ${formatBytes(plainBytes)}`,
      ...places.map(
        ({ packId, offset, sealedBytes, problem }) =>
          `Packfile ${packId} at ${offset}, ${sealedBytes} bytes: ${problem ?? 'can be read'}`,
      ),
    ],
  );
  if (places.some(({ problem }) => problem !== undefined)) app.finishedWith('integrity');
}

async function showSnapshot(app: App, store: Store, word: string): Promise<void> {
  const { id, header, root } = await inspectSnapshot(store, word);
  app.result({ snapshot: id, header, root: root.map(chunkJson) }, [
    `Snapshot: ${id}`,
    ...Object.entries(header).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
    ...root.map((chunk) => `Root: ${chunkLine(chunk)}`),
  ]);
  tellMissing(app, root);
}

async function showEntry(app: App, store: Store, word: string): Promise<void> {
  const { snapshot, path, type, modified, size, object, chunks } = await inspectEntry(store, word);
  app.result(
    { snapshot, path, type, modified, size, object: object ?? null, chunks: chunks.map(chunkJson) },
    [
      `Snapshot: ${snapshot}`,
      `Path: ${path}`,
      `Type: ${type}, ${formatBytes(size)}, ${formatTime(modified)}`,
      ...(object === undefined ? [] : [`Notion: ${object.kind} ${object.id}, edited ${object.edited}`]),
      ...chunks.map(chunkLine),
    ],
  );
  tellMissing(app, chunks);
}

async function showLocks(app: App, store: Store): Promise<void> {
  const locks = await (await store.inspect()).locks();
  app.result(
    {
      locks: locks.map(({ id, record, isStale }) => ({
        id,
        stale: isStale,
        kind: record?.kind ?? null,
        command: record?.command ?? null,
        host: record?.host ?? null,
        pid: record?.pid ?? null,
        created: record?.created ?? null,
        refreshed: record?.refreshed ?? null,
      })),
    },
    locks.map(({ id, record, isStale }) => {
      const state = isStale ? ', its process has ended' : '';
      if (record === undefined) return `${id} cannot be read${state}`;
      const { kind, command, host, pid, refreshed } = record;
      return `${id} ${kind}, ${command} on ${host} (process ${pid}), refreshed ${formatTime(refreshed)}${state}`;
    }),
  );
}

function chunkJson({ id, pack, offset, sealedBytes, plainBytes }: InspectedChunk) {
  return {
    id,
    packfile: pack ?? null,
    offset: offset ?? null,
    sealed: sealedBytes ?? null,
    size: plainBytes ?? null,
  };
}

function chunkLine({ id, pack, offset, sealedBytes, plainBytes }: InspectedChunk): string {
  if (pack === undefined) return `${id} ✘ no packfile that is there holds it`;
  return `${id} in packfile ${pack} at ${offset}, ${sealedBytes} bytes of ${plainBytes}`;
}

function tellMissing(app: App, chunks: readonly InspectedChunk[]): void {
  if (chunks.some(({ pack }) => pack === undefined)) app.finishedWith('integrity');
}
