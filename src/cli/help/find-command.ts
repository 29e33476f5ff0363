/** Finds the command that words on the command line name, and the help it has. */
import type { Command } from 'commander';
import { KlosetError } from '../../errors.ts';
import { suggestionFor } from './suggestions.ts';

/**
 * The command `words` name, subcommands included; the program itself for none. Words after the command are its
 * arguments.
 * @throws KlosetError `usage` for an unknown command, with the right one in its hint
 */
export function findCommand(program: Command, words: readonly string[]): Command {
  let command = program;
  for (const word of words) {
    if (command.commands.length === 0) break;
    // Groups have a `help` of their own: `key help add`.
    if (word === 'help' && command !== program) continue;
    const found = command.commands.find((child) => namesOf(child).includes(word));
    if (found === undefined) throw unknownCommand(command, word);
    command = found;
  }
  return command;
}

/** `key add` for that subcommand; empty for the program. */
export function pathOf(command: Command): string {
  const above = command.parent;
  return above === null ? '' : `${pathOf(above)} ${command.name()}`.trim();
}

/** The sentence that points to the help of `command`. */
export function helpLineOf(command: Command): string {
  return `See \`${`notion-kloset help ${pathOf(command)}`.trim()}\`.`;
}

function unknownCommand(parent: Command, word: string): KlosetError {
  const path = pathOf(parent);
  return new KlosetError('usage', `Unknown command "${`${path} ${word}`.trim()}".`, {
    hint: suggestionFor(word, path, parent.commands.map(namesOf)) ?? helpLineOf(parent),
  });
}

function namesOf(command: Command): string[] {
  return [command.name(), ...command.aliases()];
}
