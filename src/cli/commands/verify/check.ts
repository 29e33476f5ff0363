/** `check`: verifies that the store holds all data of its snapshots, or names the damage. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Option } from 'commander';
import { KlosetError, messageOf } from '../../../errors.ts';
import { isFiltered } from '../../../operations/look/filter.ts';
import type { PlaceReport } from '../../../operations/verify/check-place.ts';
import { checkPlace } from '../../../operations/verify/check-place.ts';
import type { CheckFinding, CheckOptions } from '../../../store/open-store.ts';
import type { App } from '../../app/app.ts';
import { expandPath } from '../../app/folders.ts';
import { refuseTogether } from '../../help/checked-options.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import type { FilterFlags } from '../../session/filters.ts';
import { addFilters, filterOf } from '../../session/filters.ts';
import { jobOf } from '../../session/job.ts';
import { withReadableStore } from '../../session/store-session.ts';
import { formatBytes, plural } from '../../text/format.ts';

/** A witness is one line; what else stands in a file that is given for one is not read whole. */
const maxWitnessBytes = 64 * 1024;

interface CheckFlags extends FilterFlags {
  readonly fast?: boolean;
  readonly verify: boolean;
  readonly subset?: string;
  readonly witness?: string;
}

/** Adds the command. */
export function registerCheck(program: Command, app: App): void {
  const command = program
    .command('check [snapshot]')
    .description('read and verify every byte of the store, or of SNAPSHOT[:PATH]')
    .option('--fast', 'verify structure, index, signatures and presence only')
    .option('--subset <share>', 'read only a share of the packfiles: 5% or 2/7')
    .option(
      '--witness <file>',
      'compare the store with a line of `status --witness` first; - reads it from stdin',
    )
    .addOption(new Option('--no-verify').hideHelp())
    .action((word: string | undefined, flags: CheckFlags) => run(app, word, flags));
  addFilters(command);
  refuseTogether(command, [['--fast', '--subset']]);
  teach(command, { examples: ['check', 'check -fast -since 7d'], errors: storeErrors });
}

async function run(app: App, word: string | undefined, flags: CheckFlags): Promise<void> {
  if (!flags.verify) {
    const message = '--no-verify changes nothing: a check always verifies the signatures.';
    app.progress.report({ type: 'notice', message });
  }
  const filter = filterOf(app, flags);
  const subset = flags.subset === undefined ? undefined : parseSubset(flags.subset);
  if (subset !== undefined && (word !== undefined || isFiltered(filter)))
    throw new KlosetError(
      'usage',
      '--subset reads a share of all packfiles: it cannot be that of a snapshot.',
      {
        hint: 'Leave out the snapshot or the filter; or leave out --subset, and all that the snapshot needs is read.',
      },
    );
  const witness = flags.witness === undefined ? undefined : await readWitness(app, flags.witness);
  await withReadableStore(app, async (store) => {
    if (witness !== undefined) await store.compareWitness(witness);
    print(app, await checkPlace(jobOf(app), store, { place: word, filter, fast: flags.fast, subset }));
  });
}

/** @throws KlosetError `usage` when the file or standard input cannot be read */
async function readWitness(app: App, word: string): Promise<string> {
  if (word === '-') return app.io.input(maxWitnessBytes);
  const path = expandPath(app.io, word);
  return readFile(path, 'utf8').catch((cause) => {
    throw new KlosetError('usage', `Cannot read the witness ${path}: ${messageOf(cause)}`, { cause });
  });
}

/** `5%` or `2/7`. @throws KlosetError `usage` */
function parseSubset(text: string): NonNullable<CheckOptions['subset']> {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  if (percent !== undefined && Number(percent) > 0 && Number(percent) <= 100)
    return { percent: Number(percent) };
  const [, part, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (part !== undefined && of !== undefined && Number(part) >= 1 && Number(part) <= Number(of))
    return { part: Number(part), of: Number(of) };
  throw new KlosetError('usage', `--subset takes a share like 5% or 2/7, not "${text}".`);
}

function print(app: App, { report, checked, parts }: PlaceReport): void {
  const errors = report.findings.filter(({ severity }) => severity === 'error');
  const summary = `${plural(report.snapshots, 'snapshot')}, ${report.packsRead} of ${plural(report.packs, 'packfile')} in full, ${formatBytes(report.bytesRead)} read`;
  for (const finding of report.findings) if (app.options.json !== true) app.warn(findingLine(finding));
  app.result({ ok: errors.length === 0, ...report, parts_by_choice: parts }, [
    errors.length === 0
      ? `check: verification of ${checked} completed successfully (${summary})`
      : `check: verification of ${checked} failed: ${plural(errors.length, 'problem')} (${summary})`,
    ...(parts === 0
      ? []
      : [
          `  ${plural(parts, 'snapshot')} of a part by choice: \`notion-kloset info SNAP\` says what it leaves out`,
        ]),
  ]);
  if (errors.some(({ kind }) => kind !== 'unreachable')) app.finishedWith('integrity');
  else if (errors.length > 0) app.finishedWith('unavailable');
}

function findingLine({ severity, object, problem, affects = [] }: CheckFinding): string {
  const paths =
    affects.length === 0
      ? ''
      : ` Affects ${affects.slice(0, 5).join(', ')}${affects.length > 5 ? ' and more' : ''}.`;
  return `${severity === 'error' ? '✘' : '•'} ${object}: ${problem}${paths}`;
}
