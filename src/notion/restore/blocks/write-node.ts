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
  /** The next best form, for the case that Notion refuses this one. */
  readonly fallback: Fallback | undefined;
}

/** A block that comes back in another form. */
export interface FormChange {
  /** The original. */
  readonly id: string;
  readonly kind: string;
  /** The form, as `written as a bookmark`. */
  readonly how: string;
}

export interface Fallback {
  readonly node: WriteNode;
  readonly change: FormChange;
}

export interface NodeOptions {
  readonly children?: readonly WriteNode[];
  readonly sourceId?: string;
  readonly files?: readonly PendingFile[];
  readonly isPlaceholder?: boolean;
  readonly fallback?: Fallback | undefined;
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
    fallback: options.fallback,
  };
}

/** A visible sign where something could not be written. */
export function markerNode(what: string): WriteNode {
  return writeNode('paragraph', {
    rich_text: textRuns(`⚠ Not restored: ${what}`.slice(0, 500), undefined, { italic: true, color: 'gray' }),
  });
}
