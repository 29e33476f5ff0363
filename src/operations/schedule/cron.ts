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

/** The crontab with these lines in place of those of the same schedule. */
export function withLines(
  crontab: string,
  schedule: Pick<Schedule, 'name'>,
  lines: readonly string[],
): string {
  const kept = withoutLines(crontab, schedule);
  return `${[...(kept === '' ? [] : [kept]), ...lines].join('\n')}\n`;
}

/** The crontab without the lines of the schedule, and without the newline at its end. */
export function withoutLines(crontab: string, schedule: Pick<Schedule, 'name'>): string {
  const [begin, end] = marksOf(schedule);
  const kept: string[] = [];
  let isInside = false;
  for (const line of crontab.split('\n')) {
    if (line === begin) isInside = true;
    if (!isInside) kept.push(line);
    if (line === end) isInside = false;
  }
  return kept.join('\n').replace(/\n+$/, '');
}

/** True when the crontab has the schedule. */
export function hasLines(crontab: string, schedule: Pick<Schedule, 'name'>): boolean {
  return crontab.split('\n').includes(marksOf(schedule)[0]);
}

function marksOf({ name }: Pick<Schedule, 'name'>): readonly [string, string] {
  return [`# BEGIN notion-kloset ${name}`, `# END notion-kloset ${name}`];
}

/** cron takes a percent sign for a newline. */
function escaped(line: string): string {
  return line.replaceAll('%', '\\%');
}

/** One word of a POSIX shell. */
export function shellWord(word: string): string {
  return /^[\w@:,./=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
