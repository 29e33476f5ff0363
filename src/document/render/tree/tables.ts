/** Tables of a page: rows of cells, with the header that Notion shows. */
import type { RootContent, TableRow } from 'mdast';
import type { BlockNode } from '../../documents.ts';
import { arrayAt, objectAt, stringAt } from '../../json.ts';
import type { PageContext } from './context.ts';
import { noteOf } from './gap-notes.ts';
import { note, paragraph } from './nodes.ts';
import type { Part } from './part.ts';
import { phrasing } from './rich-text.ts';

/** The table, the marks of its comments, and notes on rows that are missing. */
export function table({ block, payload, context, marks }: Part): RootContent[] {
  const children = block.children ?? [];
  const rows = children.filter((row) => noteOf(row) === undefined).map((row) => tableRow(row, context));
  const notes = children.flatMap((row) => noteOf(row) ?? []).map((words) => paragraph([note(words)]));
  const data = {
    columnHeader: payload.has_column_header === true,
    rowHeader: payload.has_row_header === true,
  };
  const grid: RootContent[] = rows.length === 0 ? [] : [{ type: 'table', children: rows, data }];
  return [...grid, ...(marks.length === 0 ? [] : [paragraph(marks)]), ...notes];
}

function tableRow(row: BlockNode, context: PageContext): TableRow {
  const marks = context.comments.of(stringAt(row, 'id') ?? '');
  const cells = arrayAt(objectAt(row, 'table_row'), 'cells').map((cell) =>
    phrasing(Array.isArray(cell) ? cell : [], context.links),
  );
  cells.at(-1)?.push(...marks);
  return { type: 'tableRow', children: cells.map((children) => ({ type: 'tableCell', children })) };
}
