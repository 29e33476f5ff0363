/** The manual pages of all commands, in a folder. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { KlosetError, messageOf } from '../../errors.ts';
import type { ManualEdition } from './manual.ts';
import { manualPage, manualPageName } from './manual.ts';

/** Writes a page for the program and for each of its commands; returns their names. @throws KlosetError `usage` */
export function writePages(program: Command, folder: string, edition: ManualEdition): string[] {
  try {
    mkdirSync(folder, { recursive: true });
    return withDescendants(program).map((command) => {
      const name = `${manualPageName(command)}.1`;
      writeFileSync(join(folder, name), manualPage(command, edition));
      return name;
    });
  } catch (cause) {
    throw new KlosetError('usage', `Cannot write manual pages into ${folder}: ${messageOf(cause)}`, {
      cause,
    });
  }
}

function withDescendants(command: Command): Command[] {
  const shown = command.commands.filter((child) => child.name() !== 'help');
  return [command, ...shown.flatMap(withDescendants)];
}
