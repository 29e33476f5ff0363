/** A block on its way into a request, with what the request needs to know of it. */
import type { JsonObject } from '../../../document/json.ts';
import type { PendingFile } from '../requests/conversion.ts';
import { textRuns } from '../requests/rich-text.ts';

export interface WriteNode {
  readonly type: string;
  /** The payload without `children`. */
  readonly payload: JsonObject;
  readonly children: readonly WriteNode[];
  /** The original block (32 hex digits) when its copy's id must be known afterwards. */
  readonly sourceId: string | undefined;
  /** Uploads the payload waits for. */
  readonly files: readonly PendingFile[];
  /** Size of the payload as JSON, in bytes of UTF-8. */
  readonly bytes: number;
  /** Stands in only because its container may not be created empty; removed afterwards. */
  readonly isPlaceholder: boolean;
}

export interface NodeOptions {
  readonly children?: readonly WriteNode[];
  readonly sourceId?: string;
  readonly files?: readonly PendingFile[];
  readonly isPlaceholder?: boolean;
}

/** `{"object":"block","type":…}` and the braces around. */
const envelopeBytes = 60;

export function writeNode(type: string, payload: JsonObject, options: NodeOptions = {}): WriteNode {
  return {
    type,
    payload,
    children: options.children ?? [],
    sourceId: options.sourceId,
    files: options.files ?? [],
    bytes: Buffer.byteLength(JSON.stringify(payload)) + envelopeBytes + type.length * 2,
    isPlaceholder: options.isPlaceholder ?? false,
  };
}

/** A visible sign where something could not be written. */
export function markerNode(what: string): WriteNode {
  return writeNode('paragraph', {
    rich_text: textRuns(`⚠ Not restored: ${what}`.slice(0, 500), undefined, { italic: true, color: 'gray' }),
  });
}
