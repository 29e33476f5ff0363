/** `check`: proves that the store holds what its snapshots promise, or names what is damaged. */
import type { Command } from 'commander';
import { KlosetError } from '../../errors.ts';
import { parseSnapshotPath } from '../../operations/locate.ts';
import type { CheckOptions, CheckReport } from '../../store/check/check.ts';
import type { CheckFinding } from '../../store/check/check-findings.ts';
import type { App } from '../app.ts';
import { formatBytes, plural } from '../format.ts';
import { openPlace } from '../snapshot-session.ts';
import { withReadableStore } from '../store-session.ts';

interface CheckFlags {
  readonly fast?: boolean;
  readonly latest?: boolean;
  readonly subset?: string;
}

/** Adds the command. */
export function registerCheck(program: Command, app: App): void {
  program
    .command('check [snapshot]')
    .description('check every byte of the store, or what SNAPSHOT[:PATH] needs of it')
    .option('--fast', 'structure, index, signatures and presence only')
    .option('--latest', 'only what the newest snapshot needs')
    .option('--subset <share>', 'read only some packfiles: 5% or 2/7')
    .action((word: string | undefined, flags: CheckFlags) =>
      withReadableStore(app, async (store) => {
        const wanted = word ?? (flags.latest === true ? 'latest' : undefined);
        const place = wanted === undefined ? undefined : parseSnapshotPath(wanted);
        const path =
          place === undefined || place.path === '' || wanted === undefined
            ? undefined
            : (await openPlace(store, wanted)).entry.path;
        const report = await store.check({
          ...(flags.fast === true ? { fast: true } : {}),
          ...(flags.subset === undefined ? {} : { subset: parseSubset(flags.subset) }),
          ...(place === undefined ? {} : { snapshot: place.snapshot }),
          ...(path === undefined ? {} : { path }),
        });
        print(app, report, wanted ?? store.location);
      }),
    );
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

function print(app: App, report: CheckReport, what: string): void {
  const errors = report.findings.filter(({ severity }) => severity === 'error');
  const summary = `${plural(report.snapshots, 'snapshot')}, ${plural(report.packs, 'packfile')}, ${formatBytes(report.bytesRead)} read`;
  for (const finding of report.findings) if (app.options.json !== true) app.warn(findingLine(finding));
  app.result({ ok: errors.length === 0, ...report }, [
    errors.length === 0
      ? `check: verification of ${what} completed successfully (${summary})`
      : `check: verification of ${what} failed: ${plural(errors.length, 'problem')} (${summary})`,
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
