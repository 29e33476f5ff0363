/** docs/exit-codes.md, written from the table. */
import type { Impossible } from './pairs.ts';
import { impossible, pairs } from './pairs.ts';
import { situations } from './situations.ts';

export const exitCodes = [0, 1, 3, 64, 65, 66, 69, 75, 77, 78];
/** Codes of which the table says something. */
const told = exitCodes.filter((code) => ![0, 1, 64].includes(code));

/** The codes to which the situations of a command lead. */
export function codesOf(command: string): Set<number> {
  return new Set((pairs[command] ?? []).map((name) => situations[name]?.code ?? -1));
}

/** The reasons why `command` cannot end with `code`. */
export function reasonsFor(command: string, code: number): readonly Impossible[] {
  const isMeant = (name: string) => command === name || command.startsWith(`${name} `);
  return impossible.filter((each) => each.code === code && each.commands.some(isMeant));
}

export function exitCodesPage(): string {
  const commands = Object.keys(pairs);
  const rows = commands.map((command) => {
    const codes = codesOf(command);
    return `| \`${command}\` | ${told.map((code) => (codes.has(code) ? '✔' : '–')).join(' | ')} |`;
  });
  return [
    '# Exit codes, command by command',
    '',
    'The codes are those of [scripting](scripting.md#exit-codes). Every command ends with 0 when nothing is wrong, with 64 when its words are, and with 1 for a bug. The',
    'table is written from the test that brings each of the others about (`npm run exit-codes`).',
    '',
    `| Command | ${told.join(' | ')} |`,
    `| --- | ${told.map(() => '---').join(' | ')} |`,
    ...rows,
    '',
    '## Ways in which they come about',
    '',
    ...told.map((code) => `- **${code}**: ${[...new Set(aboutsOf(code))].join('; ')}.`),
    '',
    '## Codes that cannot come',
    '',
    ...told.flatMap((code) => impossible.filter((each) => each.code === code).map(impossibleLine)),
    '',
  ].join('\n');
}

function aboutsOf(code: number): string[] {
  const used = new Set(Object.values(pairs).flat());
  return Object.entries(situations)
    .filter(([name, each]) => used.has(name) && each.code === code)
    .map(([, { about }]) => about);
}

function impossibleLine({ code, reason, commands }: Impossible): string {
  return `- **${code}**, since ${reason}: ${commands.map((command) => `\`${command}\``).join(', ')}.`;
}
