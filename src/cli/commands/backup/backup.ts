/** `backup`: crawls the workspace and commits a snapshot. */
import type { Command } from 'commander';
import { KlosetError } from '../../../errors.ts';
import { backupNotion } from '../../../operations/backup/backup-notion.ts';
import { estimateBackup } from '../../../operations/backup/estimate.ts';
import type { CrawlScope } from '../../../operations/backup/notion-source.ts';
import { readWorkspace } from '../../../operations/backup/notion-source.ts';
import { requireFirstUse, storeExists } from '../../../operations/stores/create-store.ts';
import { checkPlace } from '../../../operations/verify/check-place.ts';
import type { Store } from '../../../store/open-store.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { parseOptions } from '../../session/connector-options.ts';
import type { Connector } from '../../session/connectors.ts';
import { jobOf } from '../../session/job.ts';
import { checkWorkspaceOf } from '../../session/night/known-workspaces.ts';
import { connectorOf, withNotion } from '../../session/notion-session.ts';
import { hasSecret } from '../../session/secret.ts';
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
import { addBackupOptions, scopeOf, statedTime, tagsOf } from './backup-flags.ts';
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
    examples: ['backup', 'at /var/backups backup "@mynotion" --tag nightly'],
    errors: ['incomplete', ...storeErrors],
  });
}

async function run(app: App, word: string | undefined, flags: BackupFlags): Promise<void> {
  const connector = { ...connectorOf(app, 'source', word), ...ownOptions(flags) };
  requireNoFile(app);
  const scope = scopeOf(flags);
  const alarmLossPercent = parsePercent(flags.alarmLoss, '--alarm-loss');
  const options = {
    scope,
    name: flags.name,
    tags: tagsOf(flags),
    alarmLossPercent,
    time: statedTime(flags, app.io.clock.now()),
  };
  if (flags.dryRun === true) return await estimate(app, connector, scope);
  await withNotion(app, connector, async (api) => {
    const workspace = await readWorkspace(api);
    checkWorkspaceOf(app, word, workspace, flags.acceptWorkspace === true);
    await offerToCreate(app);
    await withWritableStore(app, 'backup', async (store) => {
      const report = await backupNotion(jobOf(app), { store, api, workspace, ...options });
      printBackup(app, report, flags.check === true ? await checked(app, store, report.snapshot.id) : {});
    });
  });
}

/** The estimate of a dry run. Where there is no store yet, everything is new. */
async function estimate(app: App, connector: Connector, scope: CrawlScope): Promise<void> {
  await withNotion(app, connector, async (api) => {
    const { comments, full } = scope;
    const given = { api, comments, full };
    const store = await storeAt(app);
    if (!(await storeExists(store))) return printEstimate(app, await estimateBackup(given));
    const { id } = await readWorkspace(api);
    await withReadableStore(app, async (opened) => {
      const previous = { store: opened, key: `notion:${id}` };
      printEstimate(app, await estimateBackup({ ...given, previous }));
    });
  });
}

/** Options of the source for this run alone. */
function ownOptions({ option: words = [] }: BackupFlags): Connector {
  const named = words.find((word) => !word.includes('='));
  if (named !== undefined) throw new KlosetError('usage', `-o takes option=value, not "${named}".`);
  return words.length === 0 ? {} : parseOptions('source', words);
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
