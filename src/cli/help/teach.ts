/** The end of every command's help: two examples and the exit codes. */
import type { Command } from 'commander';
import type { ErrorCode } from '../../errors.ts';
import { exitCodeLines } from '../app/exit-codes.ts';

export interface Lesson {
  /** Command lines, without the name of the program. */
  readonly examples: readonly [string, string];
  /** Errors the command may end with, besides wrong usage. */
  readonly errors: readonly ErrorCode[];
}

/** Errors of every command that opens a store. */
export const storeErrors: readonly ErrorCode[] = [
  'integrity',
  'not-found',
  'unavailable',
  'temporary',
  'credentials',
  'incompatible',
];

/** Adds examples and exit codes to the help of `command`. */
export function teach(command: Command, { examples, errors }: Lesson): Command {
  return command.addHelpText('after', () =>
    [
      '',
      'Examples:',
      ...examples.map((example) => `  notion-kloset ${example}`),
      '',
      'Exit codes:',
      ...exitCodeLines(errors).map((line) => `  ${line}`),
    ].join('\n'),
  );
}
