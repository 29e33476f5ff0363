/** One message about a run: what a person must know, and what to do. */

/** `alarm`: the backup was taken, and far less was visible than before. `incomplete`: finished, with something left out. */
export const runStates = ['success', 'incomplete', 'alarm', 'failure'] as const;
export type RunState = (typeof runStates)[number];

export interface RunMessage {
  readonly state: RunState;
  /** One line: "Backup of Acme failed on laptop". */
  readonly title: string;
  /** The steps and their results, one line each. */
  readonly lines: readonly string[];
  /** The next thing to do; absent when there is nothing. */
  readonly todo?: string;
  /** ISO time of the end of the run. */
  readonly time: string;
  readonly host: string;
  /** The location of the store. */
  readonly store: string;
  /** Id of the new snapshot, if there is one. */
  readonly snapshot?: string;
  readonly exitCode: number;
}

/** The message as plain text. */
export function messageText({ title, lines, todo }: RunMessage): string {
  return [title, ...lines.map((line) => `- ${line}`), ...(todo === undefined ? [] : [`To do: ${todo}`])].join(
    '\n',
  );
}
