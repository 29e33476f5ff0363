/** Words and JSON for what a snapshot leaves out by choice. */
import type { JsonObject } from '../../document/json.ts';
import type { LeftOut } from '../../document/selection/left-out.ts';
import type { SelectionTexts } from '../../document/selection/texts.ts';
import { selectionWords } from '../../document/selection/texts.ts';

/** One line: `a part by choice (without Private): 12 pages and 1 database known and left out`. */
export function leftOutLine({ selection, pages, databases }: LeftOut): string {
  const counted = (
    [
      [pages, 'page'],
      [databases, 'database'],
    ] as const
  )
    .filter(([count]) => count > 0)
    .map(([count, noun]) => `${count} ${noun}${count === 1 ? '' : 's'}`);
  const of = counted.length === 0 ? 'nothing' : counted.join(' and ');
  return `a part by choice (${selectionWords(selection)}): ${of} known and left out`;
}

/** Patterns that leave nothing out because they name nothing, as sentences. */
export function unmatchedLines({ unmatched }: LeftOut): string[] {
  const line = (option: string) => (text: string) =>
    `${option} ${JSON.stringify(text)} names nothing that Notion lists.`;
  return [...unmatched.include.map(line('include')), ...unmatched.exclude.map(line('exclude'))];
}

/** JSON of it for people's scripts; null for everything. */
export function leftOutJson(leftOut: LeftOut | undefined): JsonObject | null {
  if (leftOut === undefined) return null;
  const { selection, pages, databases, unmatched, moved } = leftOut;
  const texts = ({ include, exclude }: SelectionTexts) => ({ include: [...include], exclude: [...exclude] });
  return { selection: texts(selection), pages, databases, unmatched: texts(unmatched), moved };
}
