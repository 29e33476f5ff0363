/** One block of a snapshot on its way into a request, and the steps common to all types. */
import type { BlockNode } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { textColours } from '../requests/colours.ts';
import type { Conversion, PendingFile } from '../requests/conversion.ts';
import { boundedRuns } from '../requests/rich-text.ts';
import type { WriteNode } from './write-node.ts';
import { markerNode, writeNode } from './write-node.ts';

export interface Source {
  readonly block: BlockNode;
  readonly type: string;
  readonly id: string;
  readonly payload: JsonObject;
  readonly conversion: Conversion;
  /** Files its own payload names. */
  readonly files: PendingFile[];
  /** Converts blocks below it. */
  readonly convert: (blocks: readonly BlockNode[]) => WriteNode[];
}

/** Notes the loss; leaves a marker where markers are wanted. */
export function lose(source: Source, reason: string, what: string): WriteNode[] {
  source.conversion.note('lost', `block ${source.type}`, source.id, reason);
  return source.conversion.markers ? [markerNode(`${what}: ${reason}`)] : [];
}

/** Notes that blocks below a block are not in the snapshot; leaves a marker for them where markers are wanted. */
export function unreadBelow(type: string, id: string, conversion: Conversion): WriteNode[] {
  const reason = conversion.unread(id);
  if (reason === undefined) return [];
  conversion.note('approximated', `block ${type}`, id, `blocks below it are not in the snapshot: ${reason}`);
  return conversion.markers ? [markerNode(`blocks that are not in the snapshot: ${reason}`)] : [];
}

/** `{color}` of a payload that has one of its own. */
export function colourOf(payload: JsonObject): JsonObject {
  const { color } = payload;
  return typeof color === 'string' && color !== 'default' && textColours.has(color) ? { color } : {};
}

/** The block itself, with its new payload. */
export function node(source: Source, payload: JsonObject, children: readonly WriteNode[]): WriteNode {
  return writeNode(source.type, payload, {
    children,
    files: source.files,
    ...(source.conversion.wantsId(source.id) ? { sourceId: source.id } : {}),
  });
}

/** The block itself, with its new payload and nothing below it. */
export function leaf(source: Source, payload: JsonObject): WriteNode {
  return node(source, payload, []);
}

/** `{caption}` of a payload that has one. */
export function captionOf(source: Source): JsonObject {
  const caption = boundedRuns(source.payload.caption, source.id, source.conversion);
  return caption.length === 0 ? {} : { caption };
}

/** Notes that the block does not come back as it was. */
export function approximate(source: Source, reason: string): void {
  source.conversion.note('approximated', `block ${source.type}`, source.id, reason);
}
