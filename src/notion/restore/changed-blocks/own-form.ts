/** The form of one block by itself, as a request writes it: two blocks that a request writes alike say the same. */
import { blockType } from '../../../document/block-types.ts';
import type { BlockNode } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import { withoutSignature } from '../../../document/volatile.ts';
import { convertBlock } from '../blocks/block-payload.ts';
import type { WriteNode } from '../blocks/write-node.ts';
import { writeNode } from '../blocks/write-node.ts';
import type { Conversion } from '../requests/conversion.ts';
import { asItStands, asWritten } from '../requests/conversion.ts';
import { boundedRuns } from '../requests/rich-text.ts';

/** True when both blocks say the same, the present one as it stands. */
export function isSameForm(was: BlockNode, now: BlockNode, conversion: Conversion): boolean {
  return formOf(was, asWritten(conversion)) === formOf(now, asItStands(conversion));
}

/** A block's own contents as one text; files by where they lie. */
function formOf(block: BlockNode, conversion: Conversion): string {
  const payload = objectAt(block, stringAt(block, 'type') ?? '') ?? {};
  const nodes = ownNodes(block, conversion).map(({ type, payload: written }) => [
    type,
    type === 'table' ? [written.has_column_header === true, written.has_row_header === true] : written,
  ]);
  return JSON.stringify([nodes, fileForm(payload), fileForm(objectAt(payload, 'icon'))]);
}

/** The block itself as a request has it, without what lies in it; losses are noted when `noting`. */
export function ownNodes(block: BlockNode, conversion: Conversion, noting = false): WriteNode[] {
  const { children, ...alone } = block;
  const type = stringAt(block, 'type') ?? '';
  const quiet: Conversion = noting ? conversion : { ...conversion, note: () => {} };
  if (type === 'table_row' || type === 'column') return partOf(type, block, quiet);
  // Containers are asked about themselves: their contents are compared by themselves.
  if (blockType(type)?.children === 'required' && type !== 'table') return [];
  return convertBlock(alone, quiet);
}

/** A row or a column: they are created with what they are part of, and updated by themselves. */
function partOf(type: string, block: BlockNode, conversion: Conversion): WriteNode[] {
  const payload = objectAt(block, type) ?? {};
  if (type === 'column') {
    const ratio = payload.width_ratio;
    return typeof ratio === 'number' && ratio > 0 && ratio < 1
      ? [writeNode('column', { width_ratio: ratio })]
      : [];
  }
  const id = compactId(stringAt(block, 'id') ?? '');
  const cells = arrayAt(payload, 'cells').map((cell) => boundedRuns(cell, id, conversion));
  return [writeNode('table_row', { cells })];
}

/** A hosted file by its contents, or, where they are not known, by where it lies. */
function fileForm(value: JsonObject | undefined): string | null {
  const file = objectAt(value, 'file');
  const url = stringAt(file, 'url');
  return stringAt(file, 'sha256') ?? (url === undefined ? null : withoutSignature(url));
}
