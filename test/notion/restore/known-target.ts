/** A conversion for tests: what the target knows is written down, and what was noted is kept. */
import type { JsonObject } from '../../../src/document/json.ts';
import { dashedId } from '../../../src/document/notion-id.ts';
import type { Conversion, PendingFile } from '../../../src/notion/restore/requests/conversion.ts';

export interface Noted {
  readonly outcome: string;
  readonly kind: string;
  readonly reason: string;
}

export interface KnownTarget extends Conversion {
  readonly notes: Noted[];
  readonly files: PendingFile[];
}

/** Knows `objects` (old id → new id) and `people`; everything else is unknown to it. */
export function knownTarget(
  known: {
    objects?: { [old: string]: string };
    people?: string[];
    emojis?: string[];
    markers?: boolean;
    wanted?: string[];
  } = {},
): KnownTarget {
  const notes: Noted[] = [];
  const files: PendingFile[] = [];
  return {
    notes,
    files,
    object: (id) => known.objects?.[id.replaceAll('-', '')],
    commentLink: (_block, comment) => {
      const copy = known.objects?.[comment.replaceAll('-', '')];
      if (copy === undefined) return undefined;
      return { payload: { type: 'comment_id', comment_id: copy }, toOriginal: copy === dashedId(comment) };
    },
    person: (id) => (known.people?.includes(id) ? id : undefined),
    customEmoji: (id) => (known.emojis?.includes(id) ? id : undefined),
    customEmojiFile: () => undefined,
    maxFileBytes: 1_000_000,
    markers: known.markers ?? false,
    note: (outcome, kind, _id, reason) => notes.push({ outcome, kind, reason }),
    unread: () => undefined,
    truncated: () => undefined,
    wantsId: (block) => known.wanted?.includes(block) ?? false,
    attach: (file) => files.push(file),
  };
}

/** A run of text as answers have it. */
export function run(content: string, more: { link?: string; annotations?: JsonObject } = {}): JsonObject {
  return {
    type: 'text',
    text: { content, link: more.link === undefined ? null : { url: more.link } },
    annotations: {
      bold: false,
      italic: false,
      strikethrough: false,
      underline: false,
      code: false,
      color: 'default',
      ...more.annotations,
    },
    plain_text: content,
    href: more.link ?? null,
  };
}

export const id = (digit: string): string => digit.repeat(32);
