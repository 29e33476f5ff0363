/** A nightly run as every scheduler needs it: the command line, the time, and variables that hold no secret. */

/** Forms of schedules. */
export const scheduleKinds = ['systemd', 'systemd-system', 'cron', 'launchd', 'windows', 'github'] as const;
export type ScheduleKind = (typeof scheduleKinds)[number];

export interface Schedule {
  /** Tells one schedule of this machine from another: letters, digits, dashes. */
  readonly name: string;
  /** The program and its words, each as it is. */
  readonly command: readonly string[];
  readonly hour: number;
  readonly minute: number;
  /** The run begins at a random moment within this time. */
  readonly delayMs: number;
  /** Paths and addresses; never a secret. */
  readonly environment: { readonly [name: string]: string };
  /** The file that a scheduler without a journal writes to. */
  readonly logFile: string;
}

/** A file to be written. */
export interface ScheduleFile {
  readonly name: string;
  readonly text: string;
}

/** The description for people. */
export function descriptionOf({ name }: Schedule): string {
  return `Nightly backup of Notion by notion-kloset (${name})`;
}
