/** The part of its scope that a snapshot leaves out by choice, as its manifest tells: neither a gap nor a loss. */
import type { JsonObject } from '../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../document/json.ts';
import type { SelectionTexts } from '../../document/selection/selection.ts';
import { selectionTextsIn, selectionWords } from '../../document/selection/selection.ts';

export interface LeftOut {
  readonly selection: SelectionTexts;
  /** Known objects that are left out; what lies below them is not counted where no listing shows it. */
  readonly pages: number;
  readonly databases: number;
  /** Patterns that name nothing that Notion lists. */
  readonly unmatched: SelectionTexts;
  /** Objects of the backup before that moved to where they are left out. */
  readonly moved: number;
  /** Ids of what is left out, as far as they are listed. */
  readonly ids: ReadonlySet<string>;
}

/** Undefined for a backup of everything in its scope. */
export function leftOutIn(manifest: JsonObject | undefined): LeftOut | undefined {
  const part = objectAt(manifest, 'left_out');
  if (part === undefined) return undefined;
  const unmatched = objectAt(part, 'unmatched');
  return {
    selection: selectionTextsIn(part),
    pages: Number(part.pages ?? 0),
    databases: Number(part.databases ?? 0),
    unmatched: {
      include: arrayAt(unmatched, 'include').map(String),
      exclude: arrayAt(unmatched, 'exclude').map(String),
    },
    moved: Number(objectAt(part, 'moved')?.count ?? 0),
    ids: new Set(arrayAt(part, 'list').map((each) => stringAt(each, 'id') ?? '')),
  };
}

/** One line: `by choice without Private: 12 pages and 1 database are left out`. */
export function leftOutLine({ selection, pages, databases }: LeftOut): string {
  const counted = [...(pages === 1 ? ['1 page'] : pages > 1 ? [`${pages} pages`] : [])];
  if (databases > 0) counted.push(databases === 1 ? '1 database' : `${databases} databases`);
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
