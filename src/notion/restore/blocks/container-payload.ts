/** Blocks made whole with what lies in them: columns, tables and tabs. */
import type { BlockNode } from '../../../document/documents.ts';
import { arrayAt, objectAt, stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import type { Conversion, PendingFile } from '../requests/conversion.ts';
import { writableIcon } from '../requests/files.ts';
import { boundedRuns } from '../requests/rich-text.ts';
import type { Source } from './block-source.ts';
import { colourOf, lose, node, unreadBelow } from './block-source.ts';
import type { WriteNode } from './write-node.ts';
import { writeNode } from './write-node.ts';

/** Columns with their widths; a list of one is not a column list: its contents stand alone. */
export function columns(source: Source): WriteNode[] {
  const given = (source.block.children ?? []).filter((child) => child.type === 'column');
  if (given.length < 2) return source.convert(source.block.children ?? []);
  return [
    node(
      source,
      {},
      given.map((column) => convertColumn(column, source)),
    ),
  ];
}

function convertColumn(column: BlockNode, { conversion, convert }: Source): WriteNode {
  const ratio = objectAt(column, 'column')?.width_ratio;
  const payload = typeof ratio === 'number' && ratio > 0 && ratio < 1 ? { width_ratio: ratio } : {};
  const id = compactId(stringAt(column, 'id') ?? '');
  return writeNode('column', payload, {
    children: [...convert(column.children ?? []), ...unreadBelow('column', id, conversion)],
    ...(conversion.wantsId(id) ? { sourceId: id } : {}),
  });
}

/** A table with its rows, each as wide as the table. */
export function table(source: Source): WriteNode[] {
  const rows = (source.block.children ?? []).filter((row) => row.type === 'table_row');
  const width = tableWidth(source, rows);
  const { has_column_header: columnHeader, has_row_header: rowHeader } = source.payload;
  const payload = {
    table_width: width,
    has_column_header: columnHeader === true,
    has_row_header: rowHeader === true,
  };
  const written = rows.map((row) => convertRow(row, width, source.conversion));
  if (written.length === 0)
    written.push(writeNode('table_row', { cells: Array.from({ length: width }, () => []) }));
  return [node(source, payload, written)];
}

function tableWidth(source: Source, rows: readonly BlockNode[]): number {
  const given = source.payload.table_width;
  const widest = Math.max(1, ...rows.map((row) => arrayAt(objectAt(row, 'table_row'), 'cells').length));
  return Math.min(100, typeof given === 'number' && given >= 1 ? given : widest);
}

function convertRow(row: BlockNode, width: number, conversion: Conversion): WriteNode {
  const id = compactId(stringAt(row, 'id') ?? '');
  const given = arrayAt(objectAt(row, 'table_row'), 'cells');
  const cells = Array.from({ length: width }, (_, index) => boundedRuns(given[index], id, conversion));
  return writeNode('table_row', { cells }, conversion.wantsId(id) ? { sourceId: id } : {});
}

/** Tabs with labels and icons. */
export function tabs(source: Source): WriteNode[] {
  const items = (source.block.children ?? []).filter((child) => child.type === 'paragraph');
  if (items.length === 0) return lose(source, 'a tab without items cannot be created', 'tab');
  return [
    node(
      source,
      {},
      items.map((item) => convertTabItem(item, source)),
    ),
  ];
}

function convertTabItem(item: BlockNode, { conversion, convert }: Source): WriteNode {
  const files: PendingFile[] = [];
  const collecting: Conversion = { ...conversion, attach: (file) => files.push(file) };
  const id = compactId(stringAt(item, 'id') ?? '');
  const payload = objectAt(item, 'paragraph') ?? {};
  const icon = writableIcon(payload.icon, id, collecting);
  const label = { rich_text: boundedRuns(payload.rich_text, id, collecting), ...colourOf(payload) };
  return writeNode('paragraph', icon === undefined ? label : { ...label, icon }, {
    children: [...convert(item.children ?? []), ...unreadBelow('paragraph', id, conversion)],
    files,
    ...(conversion.wantsId(id) ? { sourceId: id } : {}),
  });
}
