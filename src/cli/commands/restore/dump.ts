/** `dump`: writes a snapshot, or part of it, into a tar or zip file. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { KlosetError } from '../../../errors.ts';
import { openPlace } from '../../../operations/look/open-place.ts';
import type { ArchiveFormat } from '../../../operations/restore/archive.ts';
import { archiveFormats } from '../../../operations/restore/archive.ts';
import { dumpToFile, dumpToStream } from '../../../operations/restore/dump.ts';
import type { App } from '../../app/app.ts';
import { expandPath } from '../../app/folders.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { jobOf } from '../../session/job.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { warnOfLoss } from '../../session/tell-loss.ts';
import { commentsHelp, commentsOf, viewOf } from '../../text/comment-place.ts';
import { parseChoice } from '../../text/parse.ts';
import { finishFolder, folderLines } from './into-folder.ts';
import { folderForms, formsWithTables } from './restore-flags.ts';

interface Flags {
  readonly to?: string;
  /** Plakar's word for `to`. */
  readonly output?: string;
  readonly format?: string;
  readonly as: string;
  readonly view?: string;
  readonly comments?: string;
  readonly force?: boolean;
}

/** Adds the command. */
export function registerDump(program: Command, app: App): void {
  const command = program
    .command('dump [snapshot]')
    .description('write SNAPSHOT[:PATH], by default the newest snapshot, into one tar or zip file')
    .alias('archive')
    .option('--to <file>', 'write into this file (.tar or .zip), or to stdout ("-")')
    .option('--format <format>', `write ${archiveFormats.join(' or ')}; default: by the name of the file`)
    .option('--as <form>', `write files as ${folderForms.join(', ')}`, 'json')
    .option('--view <name>', 'take columns, rows and order of CSV from this view, where a database has it')
    .option('--comments <place>', commentsHelp)
    .option('--force', 'replace a file that is there')
    .addOption(new Option('--output <file>').hideHelp().conflicts('to'))
    .action((word: string | undefined, flags: Flags) => run(app, word ?? 'latest', flags));
  teach(command, {
    examples: ['dump --to backup.tar', 'dump --to - --format tar -as html latest:/Home | gzip > home.tar.gz'],
    errors: ['incomplete', ...storeErrors],
  });
}

async function run(app: App, word: string, flags: Flags): Promise<void> {
  const to = flags.to ?? flags.output;
  if (to === undefined)
    throw new KlosetError('usage', 'No file to write into was named.', {
      hint: 'Give --to FILE, for example --to backup.tar, or --to - for stdout.',
    });
  const format = formatOf(to, flags.format);
  const isStreamed = to === '-';
  if (isStreamed) checkStream(app);
  await withReadableStore(app, async (store) => {
    const place = await openPlace(store, word);
    const { snapshot, entry } = place;
    warnOfLoss(app, place);
    const as = parseChoice(flags.as, folderForms, '--as');
    const options = { ...viewOf(flags, as, formsWithTables), ...commentsOf(flags, as) };
    const dump = { snapshot, path: entry.path, as, format, ...options, monitor: jobOf(app).monitor };
    const written = isStreamed
      ? await dumpToStream(dump, (bytes) => write(app, bytes))
      : await dumpToFile(dump, expandPath(app.io, to), { replace: flags.force === true });
    const { folder: archive, ...rest } = written;
    const result = { snapshot: snapshot.id, path: entry.path, archive, format, ...rest };
    const target = isStreamed ? 'stdout' : archive;
    const lines = folderLines(`dump: ${snapshot.id.slice(0, 8)}:${entry.path} to ${target}`, written);
    if (!isStreamed) app.result(result, lines);
    else if (!app.isQuiet) for (const line of lines) app.warn(line);
    finishFolder(app, written);
  });
}

/** @throws KlosetError `usage` where the format cannot be known */
function formatOf(to: string, format: string | undefined): ArchiveFormat {
  if (format !== undefined) return parseChoice(format, archiveFormats, '--format');
  const known = archiveFormats.find((each) => to.toLowerCase().endsWith(`.${each}`));
  if (known !== undefined) return known;
  const isPacked = /\.(tar\.\w+|tgz|tbz2?|txz)$/i.test(to);
  throw new KlosetError('usage', `The name ${JSON.stringify(to)} does not tell the format.`, {
    hint: isPacked
      ? 'Stream it through a compressor: `dump --to - --format tar | gzip > FILE`.'
      : 'Give --format tar or --format zip.',
  });
}

/** @throws KlosetError `usage` where the bytes of an archive are of no use */
function checkStream(app: App): void {
  if (app.options.json === true)
    throw new KlosetError('usage', 'With --json stdout has the result and cannot have the archive.', {
      hint: 'Give the name of a file.',
    });
  if (app.io.stdout.isTerminal)
    throw new KlosetError('usage', 'A terminal cannot show an archive.', {
      hint: 'Give the name of a file, or pipe stdout to another program.',
    });
}

async function write(app: App, bytes: Uint8Array): Promise<void> {
  app.io.stdout.write(bytes);
  await app.io.stdout.drained();
}
