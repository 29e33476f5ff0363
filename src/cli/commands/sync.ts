/** `sync`: copies snapshots between replicas of one store. */
import { hostname } from 'node:os';
import type { Command } from 'commander';
import { openTrust } from '../../store/access/trust.ts';
import type { SnapshotId } from '../../store/open-store.ts';
import { withStoreMaintenance } from '../../store/open-store.ts';
import type { SyncReport } from '../../store/replicas/sync.ts';
import type { App } from '../app.ts';
import { formatBytes, plural } from '../format.ts';
import {
  configBackend,
  lockOptions,
  openOptions,
  placeOf,
  storeExists,
  withMaintainedStore,
} from '../store-session.ts';

interface SyncFlags {
  readonly heal?: boolean;
}

/** Adds the command. */
export function registerSync(program: Command, app: App): void {
  const group = program
    .command('sync')
    .description(
      'copy snapshots to or from a replica of this store; signatures survive, only what is missing travels',
    );
  for (const direction of ['to', 'from'] as const) {
    group
      .command(`${direction} <store> [snapshots...]`)
      .description(
        direction === 'to' ? 'copy to that store, which is made when missing' : 'copy from that store',
      )
      .option('--heal', 'also copy what snapshots on both sides have lost')
      .action((other: string, words: string[], flags: SyncFlags) => run(app, direction, other, words, flags));
  }
}

async function run(
  app: App,
  direction: 'to' | 'from',
  word: string,
  words: readonly string[],
  flags: SyncFlags,
): Promise<void> {
  const place = await placeOf(app, word);
  await withMaintainedStore(app, async (here) => {
    if (direction === 'to' && !storeExists(place)) {
      const trust = await openTrust(configBackend(app), place.location, { trustNew: true });
      await here.replica.create({ backend: place.backend, trust });
    }
    await withStoreMaintenance(await openOptions(app, place), async (there) => {
      const [source, target] = direction === 'to' ? [here, there] : [there, here];
      const snapshots: SnapshotId[] = [];
      for (const prefix of words) snapshots.push((await source.resolveSnapshot(prefix)).id);
      const report = await source.replica.copyTo(target.replica, {
        host: hostname(),
        lock: lockOptions(app),
        ...(snapshots.length === 0 ? {} : { snapshots }),
        ...(flags.heal === true ? { heal: true } : {}),
      });
      printSync(app, report, `sync ${direction} ${place.location}`);
    });
  });
}

/** What was copied; snapshots that could not be read make the run incomplete. */
export function printSync(app: App, report: SyncReport, what: string): void {
  app.result(report, [
    `${what}: copied ${plural(report.copied.length, 'snapshot')}, ${plural(report.blobsCopied, 'blob')}, ${formatBytes(report.bytesCopied)}`,
    ...report.copied.map((id) => `  ${id.slice(0, 8)}`),
    ...report.failed.map(({ id, problem }) => `  ✘ ${id.slice(0, 8)}: ${problem}`),
  ]);
  if (report.failed.length > 0) app.finishedWith('incomplete');
}
