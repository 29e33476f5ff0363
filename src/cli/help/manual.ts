/** A manual page (man(7)) of the program or of one command, from the same source as the help. */
import type { Command } from 'commander';
import { pathOf } from './find-command.ts';

/** The foot of a page. */
export interface ManualEdition {
  readonly version: string;
  /** YYYY-MM-DD. */
  readonly date: string;
}

/** `notion-kloset-key-add`, as `man` finds the page of `key add`. */
export function manualPageName(command: Command): string {
  const path = pathOf(command);
  return `notion-kloset${path === '' ? '' : `-${path.replaceAll(' ', '-')}`}`;
}

/** The page of `command`. */
export function manualPage(command: Command, { version, date }: ManualEdition): string {
  const name = manualPageName(command);
  const help = command.createHelp();
  const options = help.visibleOptions(command);
  const commands = help.visibleCommands(command);
  return [
    `.TH ${quoted(name.toUpperCase())} 1 ${quoted(date)} ${quoted(`notion-kloset ${version}`)} ${quoted('notion-kloset')}`,
    '.SH NAME',
    `${escaped(name)} \\- ${escaped(command.description())}`,
    '.SH SYNOPSIS',
    `.B ${escaped(help.commandUsage(command).replace(/^(?:notion-kloset )+/, 'notion-kloset '))}`,
    ...section(
      'OPTIONS',
      options.map((option) => [option.flags, help.optionDescription(option)]),
    ),
    ...section(
      'COMMANDS',
      commands.map((child) => [help.subcommandTerm(child), child.description()]),
    ),
    ...textSections(command),
    '',
  ].join('\n');
}

function section(title: string, entries: readonly (readonly [string, string])[]): string[] {
  if (entries.length === 0) return [];
  return [
    `.SH ${title}`,
    ...entries.flatMap(([term, about]) => ['.TP', `.B ${escaped(term)}`, escaped(about)]),
  ];
}

/** Examples and exit codes, as they end the help. */
function textSections(command: Command): string[] {
  const lines: string[] = [];
  const whole: string[] = [];
  command.configureOutput({ ...command.configureOutput(), writeOut: (text) => whole.push(text) });
  command.outputHelp();
  const end = whole.join('');
  for (const [, title = '', body = ''] of end.matchAll(/^(Examples|Exit codes):\n((?: {2}.*\n?)+)/gm))
    lines.push(
      `.SH ${title.toUpperCase()}`,
      '.nf',
      ...body
        .trimEnd()
        .split('\n')
        .map((line) => escaped(line.slice(2))),
      '.fi',
    );
  return lines;
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', "'")}"`;
}
