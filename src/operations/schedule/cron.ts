/** Lines of a crontab between two marks, so that they are found again and nothing else is touched. */
import type { Schedule } from './schedule.ts';
import { descriptionOf } from './schedule.ts';

/** Beyond this age of the last run, the hourly line catches up: the machine was off, or the run failed for a time. */
const catchUpAfter = '25h';

/**
 * cron knows neither catch-up nor delays nor other attempts, so the program does them: every hour it looks whether a run is due. Two
 * runs never overlap: the second ends at once (75).
 */
export function crontabLines(schedule: Schedule): string[] {
  const { command, hour, minute, delayMs, environment, logFile } = schedule;
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${shellWord(value)}`);
  const line = (more: readonly string[]) =>
    escaped([...variables, ...[...command, ...more, '--log', logFile, '--quiet'].map(shellWord)].join(' '));
  const delay = ['--delay', `${Math.round(delayMs / 1000)}s`];
  const [begin, end] = marksOf(schedule);
  return [
    begin,
    `# ${descriptionOf(schedule)}`,
    `${minute} ${hour} * * * ${line(delay)}`,
    `${(minute + 30) % 60} * * * * ${line(['--if-due', catchUpAfter])}`,
    end,
  ];
}

/** The crontab with these lines in place of those of the same schedule; every other byte stays. */
export function withLines(
  crontab: string,
  schedule: Pick<Schedule, 'name'>,
  lines: readonly string[],
): string {
  const kept = withoutLines(crontab, schedule);
  const end = kept === '' || kept.endsWith('\n') ? '' : '\n';
  return `${kept}${end}${lines.join('\n')}\n`;
}

/** The crontab without the lines of the schedule; every other byte stays. */
export function withoutLines(crontab: string, schedule: Pick<Schedule, 'name'>): string {
  return crontab.replace(linesOf(schedule), '');
}

/** The lines of the schedule in the crontab, marks included; empty when it has none. */
export function linesIn(crontab: string, schedule: Pick<Schedule, 'name'>): string {
  return (crontab.match(linesOf(schedule)) ?? []).join('');
}

/** From mark to mark. Where a mark is gone, nothing matches: what follows the other one may be somebody else's. */
function linesOf(schedule: Pick<Schedule, 'name'>): RegExp {
  const [begin, end] = marksOf(schedule);
  return new RegExp(`^${begin}\\n(?:(?!${begin}\\n)[^\\n]*\\n)*?${end}$\\n?`, 'gm');
}

function marksOf({ name }: Pick<Schedule, 'name'>): readonly [string, string] {
  return [`# BEGIN notion-kloset ${name}`, `# END notion-kloset ${name}`];
}

/**
 * cron takes a percent sign for a newline, and a backslash away from before a percent sign or another backslash. Two of them stand side by
 * side only within the quotes of a word, so quotes that close and open again part them.
 */
function escaped(line: string): string {
  return line.replace(/\\(?=[\\%])/g, "\\''").replaceAll('%', '\\%');
}

/** One word of a POSIX shell. */
export function shellWord(word: string): string {
  return /^[\w@:,./=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
