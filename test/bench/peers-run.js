/**
 * One step of `npm run bench:peers` with this program's store: `node peers-run.js STEP '{"folder":…,"address":…,"from":…,"to":…}'`.
 * Only what the step needs is loaded, as the program does it.
 */
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { LocalBackend } from '../../dist/backend/local.js';
import { keepHeapSmall } from '../../dist/cli/app/memory.js';
import { systemClock } from '../../dist/clock.js';
import { silentMonitor } from '../../dist/monitor.js';
import { ensureIdentity } from '../../dist/store/access/identity.js';
import { openTrust } from '../../dist/store/access/trust.js';
import { createStore, withStore, withStoreWriter } from '../../dist/store/open-store.js';
import { filesBelow } from './files.js';
import { makeStore, openStore, openStoreWriter, storeBackend } from './workplace.js';

const product = {
  ...{ LocalBackend, createStore, ensureIdentity, openTrust },
  ...{ silentMonitor, systemClock, withStore, withStoreWriter },
};
// As the program does it.
keepHeapSmall();
const [name, text] = process.argv.slice(2);
const { folder, address, from, to } = JSON.parse(text);
const backend = address === undefined ? storeBackend(product, folder) : await remoteBackend();
/** One piece after the other lies here: what a store was given it has taken when it asks for more. */
const pieces = [Buffer.allocUnsafeSlow(1 << 20), Buffer.allocUnsafeSlow(1 << 20)];
const steps = { create, backup, list, check, restore };
await steps[name]();

async function remoteBackend() {
  const { backendAt } = await import('../../dist/backend/location/at-location.js');
  return backendAt(address);
}

function create() {
  return makeStore(product, folder, backend);
}

/** JSON as documents, everything else as media, each folder as a folder. */
function backup() {
  return openStoreWriter(product, folder, backend, async (store) => {
    const started = Date.now();
    const writer = await store.beginSnapshot();
    const open = [];
    for (const { path } of filesBelow(from)) {
      const names = path.slice(from.length + 1).split('/');
      const file = names.pop();
      await moveTo(writer, open, names);
      const content = path.endsWith('.json')
        ? await writer.writeDocument(readFileSync(path))
        : await writer.writeMedia(piecesOf(path));
      await writer.step({ type: 'file', name: file, modified: '2026-01-01T00:00:00.000Z', content });
    }
    await moveTo(writer, open, []);
    await writer.commit({
      ...{
        time: new Date(started).toISOString(),
        durationMs: Date.now() - started,
        source: 'bench',
        name: 'bench',
      },
      ...{ description: '', host: 'bench', tags: [], tool: 'bench', complete: true, errors: 0, counts: {} },
    });
  });
}

/** The next piece is read while the store works on this one, as the others read beside their work. */
async function* piecesOf(path) {
  const file = await open(path);
  try {
    let [piece, other] = pieces;
    let reading = file.read(piece, 0, piece.length);
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      reading = file.read(other, 0, other.length);
      yield piece.subarray(0, bytesRead);
      [piece, other] = [other, piece];
    }
  } finally {
    await file.close();
  }
}

/** Leaves and enters folders until those of `names` are open. */
async function moveTo(writer, open, names) {
  while (open.length > names.length || open.some((name, at) => name !== names[at])) {
    open.pop();
    await writer.step({ type: 'leave' });
  }
  for (const name of names.slice(open.length)) {
    open.push(name);
    await writer.step({ type: 'enter', name, modified: '2026-01-01T00:00:00.000Z' });
  }
}

function list() {
  return openStore(product, folder, backend, async (store) => {
    const snapshot = await store.openSnapshot((await store.resolveSnapshot('latest')).id);
    let lines = '';
    for await (const { path } of snapshot.walk('/')) lines += `${path}\n`;
    process.stdout.write(lines);
  });
}

function check() {
  return openStore(product, folder, backend, async (store) => {
    const { findings } = await store.check();
    if (findings.length > 0) throw new Error(`check found ${JSON.stringify(findings[0])}`);
  });
}

async function restore() {
  const { restoreToFolder } = await import('../../dist/operations/restore/restore-to-folder.js');
  await openStore(product, folder, backend, async (store) => {
    const snapshot = await store.openSnapshot((await store.resolveSnapshot('latest')).id);
    const { errors } = await restoreToFolder({
      snapshot,
      path: '/',
      folder: to,
      as: 'json',
      monitor: silentMonitor,
    });
    if (errors.length > 0) throw new Error(`${errors[0].path}: ${errors[0].reason}`);
  });
}
