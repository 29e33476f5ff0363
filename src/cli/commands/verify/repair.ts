/** `repair`: recovers data from a damaged store. */
import type { Command } from 'commander';
import { printable } from '../../../document/names.ts';
import { KlosetError } from '../../../errors.ts';
import { repairConfig, repairFrom, repairIndex, repairPacks } from '../../../operations/verify/repair.ts';
import type { FoundSlot } from '../../../store/access/recover-config.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { jobOf } from '../../session/job.ts';
import type { OtherStoreFlags } from '../../session/other-store.ts';
import { addOtherStoreOptions, otherStoreAt } from '../../session/other-store.ts';
import { storeAt, withMaintainedStore } from '../../session/store-session.ts';
import { formatTime, plural } from '../../text/format.ts';
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
    .option('--yes', 'keep the slot that opens now and those this machine remembers, without questions')
    .option('--slot <id>', 'keep this key slot too, given by the beginning of its id; repeatable', collect)
    .action((flags: ConfigFlags) => runConfig(app, flags));
  for (const part of [index, packs, config]) part.hook('preAction', () => refuseFrom(group));
  teach(group, {
    examples: ['repair --from /mnt/disk/store', 'repair packs --apply'],
    errors: storeErrors,
  });
  teach(index, { examples: ['repair index', 'at /var/backups repair index'], errors: storeErrors });
  teach(packs, { examples: ['repair packs', 'repair packs --apply'], errors: storeErrors });
  teach(config, {
    examples: ['repair config', 'repair config --yes --slot 3fa9'],
    errors: storeErrors,
  });
}

/** @throws KlosetError `usage` for options of a repair from a copy before the name of another one */
function refuseFrom(group: Command): void {
  const given = group.options.find(
    (option) => option.long !== '--apply' && group.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (given === undefined) return;
  throw new KlosetError('usage', `${given.long} is for a repair from a copy alone.`, {
    hint: 'Run `repair --from STORE` without another word first, then the other repair.',
  });
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

interface ConfigFlags {
  readonly yes?: boolean;
  readonly slot?: readonly string[];
}

async function runConfig(app: App, flags: ConfigFlags): Promise<void> {
  const report = await repairConfig(jobOf(app), await storeAt(app), (slots) => choose(app, slots, flags));
  const outcome = (isRebuilt: boolean) => (isRebuilt ? 'was rebuilt' : 'is intact');
  const { storeId, isConfigRebuilt, isRosterRebuilt, slots } = report;
  const json = { storeId, configRebuilt: isConfigRebuilt, rosterRebuilt: isRosterRebuilt, slots };
  app.result(json, [
    `repair: CONFIG ${outcome(isConfigRebuilt)}, the list of key slots ${outcome(isRosterRebuilt)}`,
    ...slots.map((id) => `  key slot ${id.slice(0, 8)} counts`),
  ]);
}

/** Ids of the slots that count from now on: a removed one may have been put back, so each is named first. */
async function choose(app: App, slots: readonly FoundSlot[], flags: ConfigFlags): Promise<string[]> {
  const named = (flags.slot ?? []).map((word) => slotNamed(slots, word));
  if (flags.yes === true || named.length > 0) {
    return slots
      .filter(({ id, isOpened, isRemembered }) => isOpened || isRemembered || named.includes(id))
      .map(({ id }) => id);
  }
  app.warn('The list of key slots cannot be trusted. These key slots of the store were found:');
  for (const slot of slots) app.warn(`  ${slotText(slot)}`);
  if (!app.io.isInteractive) {
    throw new KlosetError('usage', 'Choose which of these key slots count; nothing was changed.', {
      hint: 'Run it again with --yes (the slot that opens now and those this machine remembers) or with --slot ID for each other one that you know.',
    });
  }
  const kept: string[] = [];
  for (const slot of slots) if (await isWanted(app, slot)) kept.push(slot.id);
  return kept;
}

async function isWanted(app: App, slot: FoundSlot): Promise<boolean> {
  const answer = await app.io.ask(`Does key slot ${printable(slotText(slot))} count? [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}

function slotText({ id, kind, label, created, isOpened, isRemembered }: FoundSlot): string {
  const known = isOpened
    ? 'opens now'
    : isRemembered
      ? 'this machine remembers it'
      : 'unknown to this machine';
  return `${id.slice(0, 8)} ${kind} "${label}" of ${formatTime(created)}: ${known}`;
}

function slotNamed(slots: readonly FoundSlot[], word: string): string {
  const found = slots.filter(({ id }) => id.startsWith(word.toLowerCase()));
  const [slot] = found;
  if (slot !== undefined && found.length === 1) return slot.id;
  throw new KlosetError(
    'not-found',
    `${found.length === 0 ? 'No key slot' : 'More than one key slot'} that is whole begins with "${word}".`,
  );
}

function collect(word: string, before: readonly string[] = []): string[] {
  return [...before, word];
}
