/** `repair`: gets back what can be got out of a damaged store. */
import type { Command } from 'commander';
import { ensureIdentity } from '../../store/access/identity.ts';
import { recoverConfig } from '../../store/access/recover-config.ts';
import { openTrust } from '../../store/access/trust.ts';
import type { App } from '../app.ts';
import { plural } from '../format.ts';
import { findSecret } from '../secret.ts';
import { configBackend, lockOptions, placeOf, withMaintainedStore } from '../store-session.ts';

/** Adds the command. */
export function registerRepair(program: Command, app: App): void {
  const group = program.command('repair').description('get back what can be got out of a damaged store');
  group
    .command('index')
    .description('write the index anew from the packfiles alone')
    .action(() =>
      withMaintainedStore(app, async (store) => {
        const report = await store.rebuildIndex(lockOptions(app));
        app.result(report, [
          `repair: the index was written anew from ${plural(report.packs, 'packfile')} with ${plural(report.blobs, 'blob')}`,
          ...report.unreadable.map(
            ({ packId, problem }) => `  ✘ packs/${packId.slice(0, 2)}/${packId}: ${problem}`,
          ),
        ]);
        if (report.unreadable.length > 0) app.finishedWith('integrity');
      }),
    );
  group
    .command('packs')
    .description(
      'save what still opens of damaged packfiles, and say which pages are lost; the next backup heals what it reads again',
    )
    .option('--apply', 'do it; without it only says what would be done')
    .action((flags: { readonly apply?: boolean }) => runSalvage(app, flags.apply === true));
  group
    .command('config')
    .description('bring back CONFIG and the list of key slots from any slot that opens')
    .action(() => runRescue(app));
}

async function runSalvage(app: App, apply: boolean): Promise<void> {
  await withMaintainedStore(app, async (store) => {
    const report = await store.recoverPacks({ apply, lock: lockOptions(app) });
    const { damagedPacks, missingPacks, savedBlobs, lostBlobs, losses } = report;
    app.result({ applied: apply, ...report }, [
      `repair: ${plural(damagedPacks.length, 'damaged packfile')}, ${plural(missingPacks.length, 'missing one')}; ${apply ? 'saved' : 'would save'} ${plural(savedBlobs, 'blob')}, ${plural(lostBlobs, 'blob')} lost`,
      ...losses.flatMap(({ snapshotId, paths, count, problem }) => [
        `${snapshotId.slice(0, 8)} loses ${problem ?? plural(count, 'path')}:`,
        ...paths.slice(0, 50).map((path) => `  ${path}`),
        ...(count > 50 ? [`  … and ${count - 50} more`] : []),
      ]),
      ...(apply ? [] : ['Nothing was changed. Run it again with --apply.']),
    ]);
    if (losses.length > 0) app.finishedWith('integrity');
  });
}

async function runRescue(app: App): Promise<void> {
  const place = await placeOf(app);
  const { secret } = await findSecret(app, place.settings);
  const folder = configBackend(app);
  const identity = await ensureIdentity(folder, new Date(app.io.clock.now()).toISOString());
  const trust = await openTrust(folder, place.location);
  const report = await recoverConfig({ backend: place.backend, secret, signers: [identity.signer], trust });
  app.result(report, [
    `repair: CONFIG ${report.isConfigRebuilt ? 'was written anew' : 'is sound'}, the list of key slots ${report.isRosterRebuilt ? 'was written anew' : 'is sound'}`,
  ]);
}
