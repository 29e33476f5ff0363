/**
 * One of two machines that work on a store and its copy until they are killed: backups, removals, maintenance, copies,
 * repairs, changes of keys and identities, in an order that its seed decides. Says on stdout what it has finished, so that
 * the one who kills it knows what must be there afterwards.
 *
 *     node kill-worker.mjs <compiled src> <folder> <seed> <machine: a or b>
 */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , compiled, folder, seed, machine] = process.argv;
const load = (path) => import(pathToFileURL(join(compiled, path)).href);

const { LocalBackend } = await load('backend/local.js');
const { systemClock } = await load('clock.js');
const { silentMonitor } = await load('monitor.js');
const { endorse, ensureIdentity, rotateIdentity } = await load('store/access/identity.js');
const { unlockStore } = await load('store/access/key-slots.js');
const { openTrust } = await load('store/access/trust.js');
const { createStore, withStoreMaintenance, withStoreWriter } = await load('store/open-store.js');

/** xorshift32: the same for a seed everywhere. */
let state = (Number(seed) * 2654435761) >>> 0 || 1;
function below(limit) {
  state ^= state << 13;
  state >>>= 0;
  state ^= state >>> 17;
  state ^= state << 5;
  state >>>= 0;
  return state % limit;
}

const say = (...words) => writeSync(1, `${words.join(' ')}\n`);
const now = () => new Date().toISOString();
const configurationOf = (name) => new LocalBackend(join(folder, `config-${name}`));
const configuration = configurationOf(machine);
/** The other machine mostly holds a lock. */
const lock = { retryForMs: 1500 };
const places = {
  store: new LocalBackend(join(folder, 'store')),
  copy: new LocalBackend(join(folder, 'copy')),
};
const secrets = [1, 2].map((fill) => ({ kind: 'key-file', key: new Uint8Array(32).fill(fill) }));
const slot = { label: 'torture', created: now() };
const about = { host: 'torture', tool: 'torture 1' };

async function secretFor(backend, storeId) {
  try {
    await unlockStore(backend, storeId, secrets[0]);
    return secrets[0];
  } catch {
    return secrets[1];
  }
}

async function optionsFor(place) {
  const backend = places[place];
  return {
    backend,
    unlock: (storeId) => secretFor(backend, storeId),
    identity: await ensureIdentity(configuration, now()),
    trust: await openTrust(configuration, backend.location),
    cacheFolder: join(folder, `cache-${machine}`),
    clock: systemClock,
    monitor: silentMonitor,
    packBytes: 20_000,
  };
}

async function at(place, use) {
  return await withStoreMaintenance(await optionsFor(place), use);
}

/** The bytes of page `number`: what the test computes again to compare. */
function pageBytes(number) {
  const parts = [];
  for (let block = 0; block < 60; block++) {
    parts.push(createHash('sha256').update(`page ${number} block ${block}`).digest());
  }
  return Buffer.concat(parts);
}

async function backup(place) {
  const first = below(30);
  const pages = Array.from({ length: 1 + below(12) }, (_, index) => first + index);
  const id = await withStoreWriter({ ...(await optionsFor(place)), lock }, async (store) => {
    const writer = await store.beginSnapshot();
    for (const page of pages) {
      const content = await writer.writeDocument(pageBytes(page));
      const name = `${String(page).padStart(3, '0')}.json`;
      await writer.step({ type: 'file', name, modified: now(), content });
    }
    const { id: committed } = await writer.commit({
      time: now(),
      durationMs: 1,
      source: 'torture',
      name: 'torture',
      description: JSON.stringify(pages),
      tags: [],
      complete: true,
      errors: 0,
      counts: {},
      ...about,
    });
    return committed;
  });
  say('committed', place, id);
}

async function remove(place) {
  await at(place, async (store) => {
    const ids = (await store.listSnapshots()).map(({ id }) => id);
    const doomed = ids.filter((_, index) => index > 2 || below(6) === 0);
    if (doomed.length === 0) return;
    say('removing', place, ...doomed);
    await admitOwn(store);
    await store.removeSnapshots(doomed, about, lock);
  });
}

const maintenance = (place) =>
  at(place, (store) =>
    store.collectGarbage({ apply: true, lock, rules: { graceMs: 0, smallPackBytes: 10_000 } }),
  );

async function sync(from, to) {
  const report = await at(from, (source) =>
    at(to, async (target) => {
      await admitOwn(target);
      return await source.replica.copyTo(target.replica, { host: 'torture', lock, heal: below(2) === 0 });
    }),
  );
  for (const id of report.copied) say('committed', to, id);
}

async function changeKeys(place) {
  await at(place, (store) =>
    store.withKeySlots(lock, async (slots) => {
      const current = await secretFor(places[place], store.id);
      const { slot: old } = await unlockStore(places[place], store.id, current);
      const next = current === secrets[0] ? secrets[1] : secrets[0];
      await slots.exchange([old.id], next, slot);
    }),
  );
}

/** A kill may have come between the new key and its admission. */
const admitOwn = async (store) =>
  store.admitSigners((await ensureIdentity(configuration, now())).lineage, lock);

/** Rotates this machine's key. A store takes 100 signers: a few are enough here. */
async function changeIdentity(place) {
  const { lineage } = await ensureIdentity(configuration, now());
  if (lineage.length < 12) await rotateIdentity(configuration, now());
  await at(place, admitOwn);
}

const repairIndex = (place) => at(place, (store) => store.rebuildIndex(lock));
const repairPacks = (place) => at(place, (store) => store.recoverPacks({ apply: true, lock }));

async function prepare() {
  if (machine !== 'a') return await isPrepared();
  const identity = await ensureIdentity(configuration, now());
  const trust = (place) => openTrust(configuration, places[place].location, { isNewStore: true });
  if (!(await exists('store'))) {
    const [secret] = secrets;
    const options = {
      backend: places.store,
      secret,
      label: 'torture',
      identity,
      trust: await trust('store'),
    };
    await createStore({ ...options, clock: systemClock });
  }
  if (!(await exists('copy'))) {
    await at('store', async (store) =>
      store.replica.create({ backend: places.copy, trust: await trust('copy') }),
    );
  }
  const other = await ensureIdentity(configurationOf('b'), now());
  const endorsed = endorse(identity, other.lineage[0].publicKey);
  for (const place of ['store', 'copy']) {
    await at(place, async (store) => {
      await admitOwn(store);
      await store.admitSigners([endorsed], lock);
    });
  }
}

/** Machine b begins when machine a has let both places accept it. */
async function isPrepared() {
  while (!(await isAccepted())) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function isAccepted() {
  const { lineage } = await ensureIdentity(configuration, now());
  return (
    (await acceptsKey('store', lineage[0].publicKey)) && (await acceptsKey('copy', lineage[0].publicKey))
  );
}

/** Read in clear text: the keys may be changing. */
async function acceptsKey(place, publicKey) {
  const file = await places[place].read('CONFIG').catch(() => new Uint8Array());
  return Buffer.from(file).includes(publicKey);
}

async function exists(place) {
  return await places[place].size('CONFIG').then(
    () => true,
    () => false,
  );
}

const works = [
  () => backup('store'),
  () => backup('store'),
  () => backup('copy'),
  () => remove('store'),
  () => remove('copy'),
  () => maintenance('store'),
  () => maintenance('copy'),
  () => sync('store', 'copy'),
  () => sync('copy', 'store'),
  () => changeKeys('store'),
  () => changeKeys('copy'),
  () => changeIdentity('store'),
  () => changeIdentity('copy'),
  () => repairIndex('store'),
  () => repairPacks('store'),
  () => repairPacks('copy'),
];

/** The other machine was faster: it holds a lock, has just changed CONFIG or the keys, or removed what was to be removed. */
const isInTheWay = ({ code }) => ['locked', 'temporary', 'not-found', 'credentials'].includes(code);

/** True when the work was done. */
async function attempt(work) {
  try {
    await work();
    return true;
  } catch (error) {
    if (!isInTheWay(error)) throw error;
    say('gave-way', error.code);
    return false;
  }
}

// From this word on the time is counted: first for the preparation itself, later for the works alone. Machine b counts as
// long as it is not accepted: machine a, which it waits for, may be killed in its preparation.
const isNew = machine === 'a' ? !(await exists('store')) || !(await exists('copy')) : !(await isAccepted());
if (isNew) say('ready');
while (!(await attempt(prepare)));
if (!isNew) say('ready');
for (;;) await attempt(works[below(works.length)]);
