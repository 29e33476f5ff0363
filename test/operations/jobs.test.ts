/** Every job without the command line: plain options in, plain results out, questions as callbacks. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LocalBackend } from '../../src/backend/local.ts';
import { systemClock } from '../../src/clock.ts';
import { silentMonitor } from '../../src/monitor.ts';
import type { NotionConnection } from '../../src/notion/api/client.ts';
import { connectNotion } from '../../src/notion/api/client.ts';
import { backupNotion, wholeWorkspace } from '../../src/operations/backup/backup-notion.ts';
import { readWorkspace } from '../../src/operations/backup/notion-source.ts';
import { ownIdentity, rotateKey, trustedKeys, trustKey } from '../../src/operations/configure/identity.ts';
import {
  addKeyFile,
  addPassphrase,
  addRecoveryKit,
  changePassphrase,
  listKeys,
  removeKey,
} from '../../src/operations/configure/keys.ts';
import type { JobContext } from '../../src/operations/job-context.ts';
import { exportSnapshots } from '../../src/operations/keep/export-snapshots.ts';
import { collectGarbage, removeLocks } from '../../src/operations/keep/maintain.ts';
import { prune } from '../../src/operations/keep/prune.ts';
import { removeSnapshots } from '../../src/operations/keep/remove-snapshots.ts';
import { syncStores } from '../../src/operations/keep/sync-stores.ts';
import { describeSnapshot, describeStore } from '../../src/operations/look/describe.ts';
import { beforeRestoreTag } from '../../src/operations/look/known-snapshots.ts';
import { listSnapshots } from '../../src/operations/look/list.ts';
import { listPlace } from '../../src/operations/look/list-place.ts';
import { openPlace } from '../../src/operations/look/open-place.ts';
import { readJsonFile, readPlace } from '../../src/operations/look/read-place.ts';
import { restoreInPlace } from '../../src/operations/restore/restore-in-place.ts';
import {
  planNotionRestore,
  restoreIntoNotion,
  undoNotionRestore,
} from '../../src/operations/restore/restore-into-notion.ts';
import { statusOf } from '../../src/operations/status/status.ts';
import { createStoreAt, storeExists } from '../../src/operations/stores/create-store.ts';
import type { StoreAccess } from '../../src/operations/stores/open-store.ts';
import {
  withMaintainedStore,
  withReadableStore,
  withWritableStore,
} from '../../src/operations/stores/open-store.ts';
import { checkPlace } from '../../src/operations/verify/check-place.ts';
import { repairConfig, repairIndex, repairPacks } from '../../src/operations/verify/repair.ts';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Secret } from '../../src/store/format/key-slot.ts';

const secret: Secret = { kind: 'key-file', key: new Uint8Array(32).fill(3) };

let home: string;
let simulator: Simulator;
let api: NotionConnection;
let job: JobContext;
let store: StoreAccess;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kloset-jobs-'));
  simulator = await startSimulator({ state: sampleWorkspace({ small: true }), clock: 'real' });
  api = connectNotion({
    token: simulator.token,
    apiUrl: simulator.url,
    clock: systemClock,
    monitor: silentMonitor,
  });
  job = {
    clock: systemClock,
    monitor: silentMonitor,
    signal: new AbortController().signal,
    tool: 'test 1',
    host: 'here',
    settings: new LocalBackend(join(home, 'settings'), Date.now),
    cacheFolder: join(home, 'cache'),
    journalFolder: join(home, 'journals'),
    lockWaitMs: 0,
  };
  store = accessTo('store');
  await createStoreAt(job, store, secret);
  await backUp('nightly');
});

afterAll(async () => {
  api.close();
  await simulator.close();
  rmSync(home, { recursive: true, force: true });
});

function accessTo(name: string): StoreAccess {
  const location = join(home, name);
  return {
    location,
    backend: new LocalBackend(location, Date.now),
    unlock: async () => secret,
    accept: {},
  };
}

function backUp(tag: string) {
  return withWritableStore(job, store, 'backup', (open) =>
    backupNotion(job, { store: open, api, scope: wholeWorkspace, tags: [tag] }),
  );
}

test('a store is looked into: snapshots, entries, documents, descriptions', async () => {
  expect(await storeExists(store)).toBe(true);
  await withReadableStore(job, store, async (open) => {
    const { snapshots: found } = await listSnapshots(open, { words: '--tag nightly', tags: ['nightly'] });
    const [snapshot] = found;
    expect(snapshot?.header).toMatchObject({ tool: 'test 1', host: 'here', complete: true });
    const other = await listSnapshots(open, { words: '--tag other', tags: ['other'] });
    expect(other).toMatchObject({ snapshots: [], loss: undefined });
    const root = await openPlace(open, 'latest');
    const paths: string[] = [];
    for await (const { path } of root.snapshot.walk(root.entry.path))
      if (path !== root.entry.path) paths.push(path);
    const listed = await listPlace(root, { depth: Number.POSITIVE_INFINITY });
    expect(
      listed
        .filter(({ kind }) => kind !== 'view')
        .map(({ path }) => path)
        .sort(),
    ).toEqual(paths.sort());
    expect(paths).toContain('/manifest.json');
    const page = await openPlace(open, `latest:${paths.find((path) => path.endsWith('/page.json'))}`);
    expect(await readJsonFile(page)).toMatchObject({ document: { kind: 'page' } });
    let text = '';
    for await (const part of readPlace({ ...page, entry: directoryOf(root, paths) }, 'md')) text += part;
    expect(text).toMatch(/^# /);
    expect(await describeStore(open)).toMatchObject({ location: store.location, badSnapshots: 0 });
    expect((await describeSnapshot(open, root.snapshot)).manifest).toHaveProperty('counts');
  });

  function directoryOf(root: Awaited<ReturnType<typeof openPlace>>, paths: readonly string[]) {
    const path = paths.find((one) => paths.includes(`${one}/page.json`)) ?? '';
    return { ...root.entry, type: 'directory' as const, path, object: pageInfo };
  }
});

const pageInfo = { id: '0'.repeat(32), kind: 'page', edited: '' } as const;

test('a store is verified and repaired', async () => {
  await withMaintainedStore(job, store, async (open) => {
    expect(await statusOf(job, open)).toMatchObject({ problems: 0, sources: [{ gaps: [] }] });
    const { checked, report } = await checkPlace(job, open, {});
    expect([checked, report.findings]).toEqual([store.location, []]);
    expect((await repairIndex(job, open)).unreadable).toEqual([]);
    expect(await repairPacks(job, open, { apply: false })).toMatchObject({ damagedPacks: [], losses: [] });
  });
  expect(await repairConfig(job, store, async () => [])).toMatchObject({ isConfigRebuilt: false });
});

test('a restore into Notion is planned, verified and undone', async () => {
  await withReadableStore(job, store, async (open) => {
    const place = await openPlace(open, 'latest');
    const destination = { type: 'page', id: [...simulator.state.shared].at(-1) ?? '' } as const;
    const options = { api, place, destination, markers: false, comments: true };
    const plan = await planNotionRestore(job, options);
    expect(plan.requests).toBeGreaterThan(plan.objects.page ?? 0);
    const { result, comparison } = await restoreIntoNotion(job, { ...options, verify: 'full' });
    expect(result).toMatchObject({ complete: true, errors: [] });
    expect(comparison?.counts).toMatchObject({ approximated: 0, lost: 0, extra: 0 });
    const undone = await undoNotionRestore(job, { api });
    expect(undone).toMatchObject({ trashed: result.roots.length, journalFile: result.journalFile });
  });
});

test('a restore in place changes nothing before it is confirmed', async () => {
  await withWritableStore(job, store, 'restore', async (open) => {
    const place = await openPlace(open, 'latest');
    const settings = { markers: false, comments: true, verify: 'full', part: {}, pruneAdded: false } as const;
    const { id: workspace } = await readWorkspace(api);
    const restore = { store: open, api, workspace, place, ...settings };
    const backups: string[] = [];
    const onBackup = ({ snapshot }: { readonly snapshot: { readonly id: string } }) =>
      void backups.push(snapshot.id);
    const writes = () =>
      simulator.log.filter(({ method }) => method === 'PATCH' || method === 'DELETE').length;
    const before = writes();
    const refused = await restoreInPlace(job, { ...restore, onBackup, confirm: async () => false });
    expect(refused).toMatchObject({ before: backups[0], restored: undefined });
    expect(writes()).toBe(before);
    const agreed = await restoreInPlace(job, {
      ...restore,
      confirm: async ({ counts }) => counts.compare > 0,
    });
    expect(agreed.restored?.result).toMatchObject({ complete: true });
    expect(agreed.restored?.comparison?.counts).toMatchObject({ lost: 0 });
    const { snapshots: kept } = await listSnapshots(open, { words: '--tag x', tags: [beforeRestoreTag] });
    expect(kept.map(({ id }) => id)).toEqual([refused.before, agreed.before]);
  });
});

test('snapshots are copied, exported, pruned and removed; what they held is collected', async () => {
  await backUp('second');
  await withMaintainedStore(job, store, async (open) => {
    const all = (await listSnapshots(open)).snapshots.length;
    const other = accessTo('other');
    const sync = { direction: 'to', other, snapshots: [], heal: false } as const;
    expect((await syncStores(job, open, sync)).copied).toHaveLength(all);
    expect((await syncStores(job, open, { ...sync, direction: 'from' })).copied).toEqual([]);
    const path = join(home, 'export.kloset');
    expect((await exportSnapshots(job, open, { path, snapshots: [] })).copied).toHaveLength(1);
    const planned = await prune(job, open, { policy: { last: 1 }, apply: false });
    expect(planned.decisions).toHaveLength(all);
    expect((await listSnapshots(open)).snapshots).toHaveLength(all);
    const pruned = await prune(job, open, { policy: { last: 1 }, apply: true });
    expect(pruned.removed).toEqual(planned.removed);
    expect((await listSnapshots(open)).snapshots).toHaveLength(all - pruned.removed.length);
    const [oldest] = (await listSnapshots(open)).snapshots;
    const snapshots = [oldest?.id.slice(0, 10) ?? ''];
    expect(await removeSnapshots(job, open, { snapshots, apply: false })).toEqual([oldest?.id]);
    await expect(removeSnapshots(job, open, { snapshots: ['latest'], apply: true })).rejects.toMatchObject({
      code: 'usage',
    });
    expect(await collectGarbage(job, open, { apply: true, graceMs: 0 })).toMatchObject({ missingBlobs: 0 });
    expect(await removeLocks(open, { all: true })).toEqual([]);
  });
});

test('keys and identities are changed; secrets are asked for through a callback', async () => {
  await withMaintainedStore(job, store, async (open) => {
    const ask = async (): Promise<Secret> => ({
      kind: 'passphrase',
      passphrase: 'a long passphrase of seven words',
    });
    const slot = await addPassphrase(job, open, { ask, label: 'one' });
    const { removed, added } = await changePassphrase(job, open, { word: undefined, ask });
    expect(removed.id).toBe(slot.id);
    const file = await addKeyFile(job, open, { path: join(home, 'new.key'), label: 'two' });
    const { page, words } = await addRecoveryKit(job, open, { label: 'three' });
    expect(page).toContain(words.slice(0, 4));
    expect(await removeKey(job, open, file.id.slice(0, 12))).toMatchObject({ label: 'two' });
    expect((await listKeys(open)).map(({ id }) => id)).toContain(added.id);
    const other = 'ab'.repeat(32);
    expect(await trustKey(job, open, other.toUpperCase())).toBe(other);
    await expect(trustKey(job, open, 'abc')).rejects.toMatchObject({ code: 'usage' });
  });
  const old = await ownIdentity(job);
  await withMaintainedStore(job, store, async (open) => {
    const fresh = await rotateKey(job, open);
    expect(fresh.signer.publicKey).not.toBe(old.signer.publicKey);
  });
  await withReadableStore(job, store, async (open) => {
    const { publicKey } = (await ownIdentity(job)).signer;
    expect(trustedKeys(open).map((each) => each.key)).toEqual(
      expect.arrayContaining([old.signer.publicKey, publicKey]),
    );
  });
});
