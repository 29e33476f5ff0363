/**
 * Ids as Notion creates them: the first digits count days since 2024, the next ones belong to the workspace, so that
 * ids created on one day share their beginning; the last group of some kinds begins with a mark of its own.
 */
import type { Random } from '../../workspace/random.ts';

export type IdKind = 'page' | 'data_source' | 'view' | 'comment' | 'discussion' | 'emoji' | 'user';

const marks: { readonly [kind in IdKind]: string } = {
  page: '',
  user: '',
  data_source: '000b',
  view: '000c',
  comment: '001d',
  discussion: '001c',
  emoji: '007a',
};

const dayMs = 24 * 60 * 60 * 1_000;
const firstDay = Date.UTC(2024, 0, 1);
/** The workspace's own digits. */
const workspaceHead = '7a4d1';
const workspaceTail = '6b2c';

/** An id of something created at `time` (milliseconds since 1970, 2024 or later). */
export function notionId(random: Random, kind: IdKind, time: number): string {
  const days = Math.max(0, Math.floor((time - firstDay) / dayMs));
  const day = days.toString(16).padStart(3, '0').slice(-3);
  const digits = random.uuid().replaceAll('-', '');
  // Version 8; the digit after it tells ids created in the app (0) from those created through the API (1).
  const creatorOf = digits.charCodeAt(0) % 4 === 0 ? '1' : '0';
  const last = marks[kind] + digits.slice(20 + marks[kind].length);
  return `${day}${workspaceHead}-${workspaceTail}-8${creatorOf}${digits.slice(0, 2)}-${digits.slice(16, 20)}-${last}`;
}

/** A user's id: a plain version 4 UUID, as in the real workspaces. */
export function userId(random: Random): string {
  const id = random.uuid();
  return `${id.slice(0, 14)}4${id.slice(15)}`;
}
