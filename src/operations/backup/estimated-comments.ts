/** Requests for comments that a backup will send, guessed from the pages it reads and those that it takes over. */

import type { PreviousSnapshot } from '../../document/content.ts';
import { objectAt } from '../../document/json.ts';
import type { CommentSetting } from '../../notion/crawl/crawl.ts';
import { minSearchRequests } from '../../notion/crawl/discover/sweep-comments.ts';

export interface EstimatedComments {
  readonly comments: CommentSetting;
  /** Percent of the requests of a run that may ask pages taken over. */
  readonly commentShare: number;
  /** Pages that are read, and the mean number of their blocks. */
  readonly read: number;
  readonly blocks: number;
  /** Pages that are taken over. */
  readonly kept: number;
  /** Requests for all else. */
  readonly others: number;
  readonly known: PreviousSnapshot | null;
}

/** Each page and each of its blocks is a place to ask at. */
export function estimateComments(given: EstimatedComments): number {
  const { comments, read, blocks } = given;
  if (comments === 'none') return 0;
  const ofRead = comments === 'pages' ? read : Math.ceil(read * (1 + blocks));
  return ofRead + ofKept(given, ofRead);
}

/** All places where that is asked for; else those with comments, and others as far as the share goes. */
function ofKept({ comments, commentShare, kept, others, known }: EstimatedComments, ofRead: number): number {
  const places = comments === 'pages' ? kept : Math.ceil(kept * (1 + blocksOf(known)));
  if (comments === 'all' || commentShare >= 100) return places;
  const before = objectAt(known?.manifest, 'comments');
  const discussed = Number(objectAt(before, 'asked')?.discussed ?? 0) || 0;
  const share = Math.floor(((others + ofRead + discussed) * commentShare) / (100 - commentShare));
  const allowed = commentShare === 0 ? 0 : Math.max(minSearchRequests, share);
  return Math.min(places, discussed + allowed);
}

/** The mean number of blocks of a page of the previous backup. */
function blocksOf(known: PreviousSnapshot | null): number {
  const counts = objectAt(known?.manifest, 'counts');
  const of = (name: string) => Number(counts?.[name] ?? 0) || 0;
  return of('blocks') / Math.max(1, of('pages') + of('rows'));
}
