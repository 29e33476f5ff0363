/** `backup`: crawls the workspace and commits a snapshot. */
import type { Command } from 'commander';
import type { Selection } from '../../../document/selection/selection.ts';
import { KlosetError } from '../../../errors.ts';
import { backupNotion } from '../../../operations/backup/backup-notion.ts';
import { estimateBackup } from '../../../operations/backup/estimate.ts';
import type { CrawlScope } from '../../../operations/backup/notion-source.ts';
import { readWorkspace, sourceKeyOf } from '../../../operations/backup/notion-source.ts';
import { requireFirstUse, storeExists } from '../../../operations/stores/create-store.ts';
import { checkPlace } from '../../../operations/verify/check-place.ts';
import type { Store } from '../../../store/open-store.ts';
import type { App } from '../../app/app.ts';
import { expandPath } from '../../app/folders.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { givenOptions, warnOfOpenSecrets } from '../../session/given-options.ts';
import { jobOf } from '../../session/job.ts';
import { checkWorkspaceOf } from '../../session/night/known-workspaces.ts';
import { connectorOf, withLimitedNotion } from '../../session/notion-session.ts';
import { PolicyOfSource } from '../../session/policies.ts';
import type { NotionLimits } from '../../session/scope/limits.ts';
import { flagNames, plakarNames, selectionOf } from '../../session/scope/selection-options.ts';
import { hasSecret } from '../../session/secret.ts';
import { changedOptions } from '../../session/settings/connector-options.ts';
import type { Connector } from '../../session/settings/connectors.ts';
import {
  createNamedStore,
  requireNoFile,
  storeAt,
  withReadableStore,
  withWritableStore,
} from '../../session/store-session.ts';
import { plural } from '../../text/format.ts';
import { parsePercent } from '../../text/parse.ts';
import type { BackupFlags } from './backup-flags.ts';
import { addBackupOptions, limitsOfFlags, patternsOf, scopeOf, statedTime, tagsOf } from './backup-flags.ts';
import type { PrintedBackup } from './print-backup.ts';
import { printBackup } from './print-backup.ts';
import { printEstimate } from './print-estimate.ts';

/** Adds the command. */
export function registerBackup(program: Command, app: App): void {
  const command = addBackupOptions(
    program
      .command('backup [source]')
      .description('back up the Notion workspace of NOTION_TOKEN, or of a configured source ("@mynotion")'),
  ).action((source: string | undefined, flags: BackupFlags) => run(app, source, flags));
  teach(command, {
    examples: ['backup', 'at /var/backups backup "@mynotion" --exclude Private --tag nightly'],
    errors: ['incomplete', ...storeErrors],
  });
}

async function run(app: App, word: string | undefined, flags: BackupFlags): Promise<void> {
  const connector = changedOptions(connectorOf(app, 'source', word), await ownOptions(app, flags));
  requireNoFile(app);
  const policy = new PolicyOfSource(app, connector);
  const selection = selectionFor(app, flags, policy);
  const scope = { ...scopeOf(flags), selection };
  const limits = { ...policy.limits, ...given(limitsOfFlags(flags)) };
  const alarmLossPercent = parsePercent(flags.alarmLoss, '--alarm-loss');
  const options = {
    scope,
    name: flags.name,
    tags: tagsOf(flags),
    alarmLossPercent,
    time: statedTime(flags, app.io.clock.now()),
  };
  if (flags.dryRun === true) return await estimate(app, connector, scope, limits);
  await withLimitedNotion(app, connector, limits, async (api) => {
    const workspace = await readWorkspace(api);
    checkWorkspaceOf(app, word, workspace, flags.acceptWorkspace === true);
    await offerToCreate(app);
    await withWritableStore(app, 'backup', async (store) => {
      const report = await backupNotion(jobOf(app), { store, api, workspace, ...options });
      printBackup(app, report, flags.check === true ? await checked(app, store, report.snapshot.id) : {});
    });
  });
}

/** The selection of the flags; without any that of the policy of the source. @throws KlosetError `usage` */
function selectionFor(app: App, flags: BackupFlags, policy: PolicyOfSource): Selection | undefined {
  if (!flags.selection) return undefined;
  const absolute = (path: string) => expandPath(app.io, path);
  // What is wrong in the options that Plakar's users write is told by their names.
  const { ignore: exclude, ignoreFile = [] } = flags;
  selectionOf({ exclude, files: ignoreFile.map(absolute) }, plakarNames);
  const patterns = patternsOf(flags, absolute);
  return patterns === undefined ? policy.selection : selectionOf(patterns, flagNames);
}

/** The members that are given, which replace others. */
function given(limits: NotionLimits): NotionLimits {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}

/** The estimate of a dry run. Where there is no store yet, everything is new. */
async function estimate(
  app: App,
  connector: Connector,
  scope: CrawlScope,
  limits: NotionLimits,
): Promise<void> {
  await withLimitedNotion(app, connector, limits, async (api) => {
    const { comments, commentShare, full, roots, selection } = scope;
    const { requestsPerHour } = limits;
    const given = { api, comments, commentShare, full, roots, selection, requestsPerHour };
    const store = await storeAt(app);
    if (!(await storeExists(store))) return printEstimate(app, await estimateBackup(given));
    const workspace = await readWorkspace(api);
    const keys = [{ roots, selection }, { roots }].map((each) => sourceKeyOf(workspace, each));
    await withReadableStore(app, async (opened) => {
      const previous = { store: opened, keys };
      printEstimate(app, await estimateBackup({ ...given, previous }));
    });
  });
}

/** Options of the source for this run alone. @throws KlosetError `usage` */
async function ownOptions(app: App, { option: words = [] }: BackupFlags): Promise<Connector> {
  const named = words.find((word) => !word.includes('='));
  if (named !== undefined) throw new KlosetError('usage', `-o takes option=value, not "${named}".`);
  const kept = words.find((word) => /^token[-_]?keychain=-$/i.test(word));
  if (kept !== undefined)
    throw new KlosetError('usage', `-o is for one run: ${kept} keeps a token.`, {
      hint: 'Give -o token=-, or `source set` to keep it.',
    });
  if (words.length === 0) return {};
  const given = await givenOptions(app, 'source', '', words);
  warnOfOpenSecrets(app, given);
  return given.options;
}

/** Reads the new snapshot back. */
async function checked(app: App, store: Store, id: string): Promise<PrintedBackup> {
  const { report } = await checkPlace(jobOf(app), store, { place: id });
  const problems = report.findings.filter(({ severity }) => severity === 'error');
  // What could not be read back is not damaged for that.
  if (problems.some(({ kind }) => kind !== 'unreachable')) app.finishedWith('integrity');
  else if (problems.length > 0) app.finishedWith('unavailable');
  for (const { object, problem } of problems) app.warn(`✘ ${object}: ${problem}`);
  return {
    json: { check: { ok: problems.length === 0, ...report } },
    lines: [
      `  check: ${problems.length === 0 ? 'every byte of it is valid' : plural(problems.length, 'problem')}`,
    ],
  };
}

/** A first backup creates its store: at once where a secret is given, after a question on a terminal. */
async function offerToCreate(app: App): Promise<void> {
  const store = await storeAt(app);
  if (await storeExists(store)) return;
  await requireFirstUse(jobOf(app), store);
  if (!hasSecret(app, store.settings)) {
    if (!app.io.isInteractive) throw noStore(store.location);
    const answer = await app.io.ask(`There is no store at ${store.location} yet. Create it? [Y/n] `);
    if (/^n/i.test(answer.trim())) throw noStore(store.location);
  }
  await createNamedStore(app, store);
  app.line(`created store ${store.location}`);
  app.warn(
    `The passphrase or key of ${store.location} is the only way in: when it is lost, the backups cannot be read.`,
  );
}

function noStore(location: string): KlosetError {
  return new KlosetError('not-found', `There is no store at ${location}.`, {
    hint: 'Create one with `notion-kloset create`, or set a passphrase and run the backup: it creates the store.',
  });
}
