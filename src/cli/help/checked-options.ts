/** Checks that hold for the options of every command: a value is not empty, and two that contradict each other are refused. */
import type { Command } from 'commander';
import { KlosetError } from '../../errors.ts';

/** @throws KlosetError `usage` when an option or argument was given and is empty, as a variable of a shell that is not set is */
export function refuseEmptyValues(command: Command): void {
  const hint = 'Check that the environment variable you used is set.';
  for (const from of [command, ...ancestors(command)]) {
    for (const option of from.options) {
      const name = option.attributeName();
      if (from.getOptionValueSource(name) !== 'cli') continue;
      const value: unknown = from.getOptionValue(name);
      if (value === '' || (Array.isArray(value) && value.includes('')))
        throw new KlosetError('usage', `${option.long ?? name} is empty.`, { hint });
    }
  }
  for (const [at, argument] of command.registeredArguments.entries()) {
    const value: unknown = command.processedArgs[at];
    if (value === '' || (Array.isArray(value) && value.includes('')))
      throw new KlosetError('usage', `The argument "${argument.name()}" is empty.`, { hint });
  }
}

function ancestors(command: Command): Command[] {
  return command.parent === null ? [] : [command.parent, ...ancestors(command.parent)];
}

/** Makes the options of each pair exclude each other: `[['--fast', '--subset']]`. */
export function refuseTogether(command: Command, pairs: readonly (readonly [string, string])[]): Command {
  for (const [one, other] of pairs) {
    const [first, second] = [one, other].map((flag) => command.options.find(({ long }) => long === flag));
    if (first === undefined || second === undefined)
      throw new KlosetError('internal', `${command.name()} has no option ${one} or ${other}.`);
    first.conflicts(second.attributeName());
  }
  return command;
}
