/** `repair`: recovers data from a damaged store. */
import type { Command } from 'commander';
import { KlosetError } from '../../../errors.ts';
import { repairConfig, repairFrom, repairIndex, repairPacks } from '../../../operations/verify/repair.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { jobOf } from '../../session/job.ts';
import type { OtherStoreFlags } from '../../session/other-store.ts';
import { addOtherStoreOptions, otherStoreAt } from '../../session/other-store.ts';
import { findSecret } from '../../session/secret.ts';
import { storeAt, withMaintainedStore } from '../../session/store-session.ts';
import { plural } from '../../text/format.ts';
import { healLines } from '../../text/heal-lines.ts';

/** Paths of lost content printed for each snapshot; the JSON has more. */
const maxPrintedPaths = 50;

interface FromFlags extends OtherStoreFlags {
  readonly from?: string;
  readonly apply?: boolean;
}

/** Adds the command group. */
export function registerRepair(program: Command, app: App): void {
  const group = addOtherStoreOptions(
    program
      .command('repair')
      .description('recover data from a damaged store')
      .option('--from <store>', 'take what is damaged or missing from this copy of the store')
      .option('--apply', 'apply the changes (default: dry run)'),
  ).action((flags: FromFlags) => runFrom(app, flags));
  const index = group
    .command('index')
    .description('rebuild the index from the packfiles')
    .action(() => runIndex(app));
  const packs = group
    .command('packs')
    .description('save what is readable in damaged packfiles, and list the pages that are lost')
    .option('--apply', 'apply the changes (default: dry run)')
    .action((_flags: object, command: Command) => runPacks(app, command.optsWithGlobals().apply === true));
  const config = group
    .command('config')
    .description('rebuild CONFIG and the list of key slots from a key slot that still opens')
    .action(() => runConfig(app));
  teach(group, {
    examples: ['repair --from /mnt/disk/store', 'repair packs --apply'],
    errors: storeErrors,
  });
  teach(index, { examples: ['repair index', 'at /var/backups repair index'], errors: storeErrors });
  teach(packs, { examples: ['repair packs', 'repair packs --apply'], errors: storeErrors });
  teach(config, { examples: ['repair config', 'at /var/backups repair config'], errors: storeErrors });
}

async function runFrom(app: App, flags: FromFlags): Promise<void> {
  const { from, apply = false } = flags;
  if (from === undefined) {
    throw new KlosetError('usage', '`repair` needs to be told what to repair.', {
      hint: 'Give --from STORE, a copy of the store, or one of `repair index`, `repair packs`, `repair config`.',
    });
  }
  const copy = await otherStoreAt(app, from, flags);
  const report = await repairFrom(jobOf(app), await storeAt(app), { from: copy, apply });
  app.result({ applied: apply, ...report }, [
    ...healLines(report, apply).map((line, at) => (at === 0 ? `repair: ${line}` : line)),
    ...(apply ? [] : ['Dry run: nothing was changed. Run it again with --apply.']),
  ]);
  if (report.remaining.length + report.losses.length > 0) app.finishedWith('integrity');
}

async function runIndex(app: App): Promise<void> {
  await withMaintainedStore(app, async (store) => {
    const report = await repairIndex(jobOf(app), store);
    app.result(report, [
      `repair: rebuilt the index from ${plural(report.packs, 'packfile')} with ${plural(report.blobs, 'blob')}`,
      ...report.unreadable.map(
        ({ packId, problem }) => `  ✘ packs/${packId.slice(0, 2)}/${packId}: ${problem}`,
      ),
    ]);
    if (report.unreadable.length > 0) app.finishedWith('integrity');
  });
}

async function runPacks(app: App, apply: boolean): Promise<void> {
  await withMaintainedStore(app, async (store) => {
    const report = await repairPacks(jobOf(app), store, { apply });
    const { damagedPacks, missingPacks, savedBlobs, lostBlobs, losses } = report;
    app.result({ applied: apply, ...report }, [
      `repair: ${plural(damagedPacks.length, 'damaged packfile')}, ${plural(missingPacks.length, 'missing packfile')}; ${apply ? 'saved' : 'would save'} ${plural(savedBlobs, 'blob')}, ${plural(lostBlobs, 'blob')} lost`,
      ...losses.flatMap(({ snapshotId, paths, count, problem }) => [
        `${snapshotId.slice(0, 8)} loses ${problem ?? plural(count, 'path')}:`,
        ...paths.slice(0, maxPrintedPaths).map((path) => `  ${path}`),
        ...(count > maxPrintedPaths ? [`  … and ${count - maxPrintedPaths} more`] : []),
      ]),
      ...(losses.length > 0 ? ['The next backup stores again what it can still read from Notion.'] : []),
      ...(apply ? [] : ['Dry run: nothing was changed. Run it again with --apply.']),
    ]);
    if (losses.length > 0) app.finishedWith('integrity');
  });
}

async function runConfig(app: App): Promise<void> {
  const place = await storeAt(app);
  const { secret } = await findSecret(app, place.settings);
  const report = await repairConfig(jobOf(app), place, secret);
  const outcome = (isRebuilt: boolean) => (isRebuilt ? 'was rebuilt' : 'is intact');
  app.result(report, [
    `repair: CONFIG ${outcome(report.isConfigRebuilt)}, the list of key slots ${outcome(report.isRosterRebuilt)}`,
  ]);
}
